use std::fs;
use std::path::PathBuf;

use super::*;
use crate::storage::testing::TempDir;

/// Returns the lines of an intact log, and the heads after each.
fn log(count: usize) -> (Vec<String>, Vec<Head>) {
    let (mut lines, mut heads, mut head) = (Vec::new(), Vec::new(), Head::NONE);
    for number in 0..count {
        let members = format!("\"event\":\"log_in\",\"account\":\"user{number}\"");
        let (line, next) = head.line("2026-01-31T08:15:00.250Z", &members);
        lines.push(line);
        heads.push(next.clone());
        head = next;
    }
    (lines, heads)
}

fn write(dir: &TempDir, lines: &[String]) -> [PathBuf; 1] {
    let path = dir.path().join("audit.log");
    fs::write(&path, lines.concat()).unwrap();
    [path]
}

type Break = fn(&mut Vec<String>);

#[test]
fn a_broken_chain_is_found_with_its_line() {
    let dir = TempDir::new();
    let (good, heads) = log(9);
    let intact = verify(&write(&dir, &good), None).unwrap();
    assert_eq!(
        (intact.records, intact.ends),
        (9, Some((1, heads[8].clone())))
    );

    let breaks: &[(&str, Break, &str)] = &[
        (
            "a line that was changed",
            |lines| lines[4] = lines[4].replace("user4", "user5"),
            "line 5: it was changed",
        ),
        (
            "a line that was changed, with its hash made again",
            |lines| lines[4] = again(&lines[3], &lines[4].replace("user4", "user5")),
            "line 6: it does not continue the line before it",
        ),
        (
            "a line that was removed",
            |lines| drop(lines.remove(4)),
            "line 5: 1 records are missing before it, from 5 on",
        ),
        (
            "a copy of the log at its end",
            |lines| {
                let copy = lines.clone();
                lines.extend(copy);
            },
            "line 10: record 1 stands where record 10 belongs",
        ),
        (
            "a line that was inserted",
            |lines| lines.insert(4, lines[1].clone()),
            "line 5: record 2 stands where record 5 belongs",
        ),
        (
            "a line of one's own that was inserted",
            |lines| lines.insert(4, again(&lines[3], &lines[4])),
            "line 6: record 5 stands where record 6 belongs",
        ),
        (
            "two lines in another order",
            |lines| lines.swap(3, 4),
            "line 4: 1 records are missing before it, from 4 on",
        ),
        (
            "a line cut off in the middle",
            |lines| lines[4] = format!("{}\n", &lines[4][..60]),
            "line 5: it is no record",
        ),
        (
            "a line whose end was taken, with its line break",
            |lines| lines[4].truncate(60),
            "line 5: it was changed",
        ),
        (
            "an empty line",
            |lines| lines.insert(4, "\n".to_owned()),
            "line 5: it is no record",
        ),
        (
            "the last line cut off",
            |lines| lines[8].truncate(60),
            "line 9: the last line was cut off after 60 bytes",
        ),
        (
            "a first line that continues nothing",
            |lines| lines[0] = again(&lines[3], &lines[0]),
            "line 1: it does not continue",
        ),
        (
            "a line without end",
            |lines| lines.insert(4, "x".repeat(3 * 1024 * 1024)),
            "line 5: it is no record",
        ),
    ];
    for (name, change, said) in breaks {
        let mut lines = good.clone();
        change(&mut lines);
        let broken = verify(&write(&dir, &lines), None).unwrap_err().to_string();
        assert!(broken.contains(said), "{name}: {broken}");
    }
}

/// Returns a line with another content, and the hash of that.
fn again(before: &str, line: &str) -> String {
    let before = Line::read(before.trim_end().as_bytes()).unwrap().head();
    let wanted = Line::read(line.trim_end().as_bytes()).unwrap().sequence;
    let (start, _) = line.split_once(",\"previous\"").unwrap();
    let (_, members) = start.split_once("Z\",").unwrap();
    let head = Head {
        sequence: wanted - 1,
        ..before
    };
    head.line("2026-01-31T08:15:00.250Z", members).0
}

#[test]
fn a_head_that_was_noted_must_be_in_the_log() {
    let dir = TempDir::new();
    let (good, heads) = log(9);
    let (mut other, mut members) = (Head::NONE, Vec::new());
    for number in 0..9 {
        let (line, next) = other.line("", &format!("\"event\":\"log_out\",\"count\":{number}"));
        members.push(line);
        other = next;
    }
    let fifth = &heads[4];
    for (name, lines, said) in [
        ("it grew", &good[..], None),
        ("it is the same", &good[..5], None),
        ("the file after it", &good[5..], None),
        ("a file from before it on", &good[2..], None),
        (
            "the last records are removed",
            &good[..4],
            Some("the log ends with record 4, and record 5, which was noted, is missing"),
        ),
        ("nothing is left", &[], Some("ends with record 0")),
        (
            "a new chain of the same length",
            &members[..],
            Some("line 5: the hash of this record was another one"),
        ),
        (
            "a later file of a new chain",
            &members[5..],
            Some("line 1: the hash of this record was another one"),
        ),
        (
            "a later file",
            &good[6..],
            Some("begins with record 7, after record 5, which was noted"),
        ),
    ] {
        let verified = verify(&write(&dir, lines), Some(fifth));
        match said {
            None => assert!(verified.is_ok(), "{name}: {verified:?}"),
            Some(said) => {
                let broken = verified.unwrap_err().to_string();
                assert!(broken.contains(said), "{name}: {broken}");
            }
        }
    }
}
