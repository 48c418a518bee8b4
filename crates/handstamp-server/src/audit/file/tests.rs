use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::PathBuf;

use super::*;
use crate::audit::verify::{Intact, verify};
use crate::storage::testing::TempDir;

const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

fn record(name: &str) -> Record {
    Record::new(Event::LogIn, By::User).of_user(name)
}

fn append(file: &mut AuditFile, count: usize) {
    for number in 0..count {
        file.append(&[record(&format!("user{number}"))], NOW)
            .unwrap();
    }
}

fn intact(files: &[&PathBuf]) -> Intact {
    let files: Vec<PathBuf> = files.iter().map(|path| (*path).clone()).collect();
    verify(&files, None).unwrap_or_else(|broken| panic!("{broken}"))
}

fn records(files: &[&PathBuf]) -> u64 {
    intact(files).records
}

#[test]
fn a_file_is_for_its_user_alone_and_goes_on_when_it_is_opened_again() {
    let dir = TempDir::new();
    let path = dir.path().join("audit.log");
    append(&mut AuditFile::open(&path).unwrap(), 2);
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    append(&mut AuditFile::open(&path).unwrap(), 3);
    assert_eq!(records(&[&path]), 5);
    // What root creates is of whom the folder is.
    let owner = if own_id().unwrap() == 0 {
        4711
    } else {
        own_id().unwrap()
    };
    let folder = dir.path().join("folder");
    fs::create_dir(&folder).unwrap();
    chown(&folder, Some(owner), None).unwrap();
    AuditFile::open(&folder.join("audit.log")).unwrap();
    assert_eq!(fs::metadata(folder.join("audit.log")).unwrap().uid(), owner);
    assert!(AuditFile::check(&path).unwrap());
    assert!(!AuditFile::check(&dir.path().join("other.log")).unwrap());
}

#[test]
fn a_file_that_may_not_be_continued_is_refused_and_left_as_it_is() {
    let dir = TempDir::new();
    let path = |name: &str| dir.path().join(name);
    for (name, text, mode, said) in [
        ("of others", "", 0o622, "has mode 622: other users"),
        ("of a group", "", 0o660, "chmod go-w"),
        ("notes", "bread\nmilk\n", 0o600, "is no record of handstamp"),
        ("a secret", "swordfish", 0o600, "is no record of handstamp"),
    ] {
        fs::write(path(name), text).unwrap();
        fs::set_permissions(path(name), fs::Permissions::from_mode(mode)).unwrap();
        let error = AuditFile::open(&path(name)).unwrap_err().to_string();
        assert!(error.contains(said), "{name}: {error}");
        let error = AuditFile::check(&path(name)).unwrap_err().to_string();
        assert!(error.contains(said), "{name}: {error}");
        assert_eq!(fs::read_to_string(path(name)).unwrap(), text, "{name}");
    }
    fs::create_dir(path("folder")).unwrap();
    symlink("/dev/null", path("device")).unwrap();
    for (name, said) in [
        ("folder", "Is a directory"),
        ("device", "is not a regular file"),
        ("none/audit.log", "its folder does not exist"),
    ] {
        let error = AuditFile::open(&path(name)).unwrap_err().to_string();
        assert!(error.contains(said), "{name}: {error}");
        let error = AuditFile::check(&path(name)).map(|_| ());
        assert!(error.is_err(), "{name}");
    }
}

#[test]
fn two_that_append_at_once_make_one_chain() {
    let dir = TempDir::new();
    let path = dir.path().join("audit.log");
    let open = || AuditFile::open(&path).unwrap();
    let (mut one, mut two) = (open(), open());
    thread::scope(|scope| {
        scope.spawn(|| append(&mut one, 200));
        scope.spawn(|| append(&mut two, 200));
    });
    assert_eq!(records(&[&path]), 400);
}

#[test]
fn a_torn_line_is_removed_and_told_of() {
    let dir = TempDir::new();
    for (number, (name, torn)) in [
        ("a whole line without its end", "{\"sequence\":3}"),
        ("a part", "{\"seq"),
        ("blocks that were not written", "\0\0\0\0\0\0\0\0\0\0"),
    ]
    .into_iter()
    .enumerate()
    {
        for is_open in [true, false] {
            let path = dir.path().join(format!("{number} {is_open}"));
            let mut file = AuditFile::open(&path).unwrap();
            append(&mut file, 2);
            let mut other = OpenOptions::new().append(true).open(&path).unwrap();
            other.write_all(torn.as_bytes()).unwrap();
            let files = [path.clone()];
            let broken = verify(&files, None).unwrap_err().to_string();
            let said = format!(
                "line 3: the last line was cut off after {} bytes",
                torn.len()
            );
            assert!(broken.contains(&said), "{name}: {broken}");
            if !is_open {
                file = AuditFile::open(&path).unwrap();
            }
            append(&mut file, 1);
            let intact = intact(&[&path]);
            assert_eq!((intact.records, intact.torn), (4, 1), "{name}");
            let text = fs::read_to_string(&path).unwrap();
            let told = format!(
                "\"event\":\"torn\",\"by\":\"service\",\"bytes\":{}",
                torn.len()
            );
            assert!(text.lines().nth(2).unwrap().contains(&told), "{text}");
        }
    }
}

#[test]
fn the_chain_goes_on_in_the_file_that_follows_one_that_was_moved() {
    let dir = TempDir::new();
    let path = |name: &str| dir.path().join(name);
    let (log, former, oldest) = (path("audit.log"), path("audit.log.1"), path("audit.log.2"));
    let mut file = AuditFile::open(&log).unwrap();
    append(&mut file, 2);

    fs::rename(&log, &oldest).unwrap();
    append(&mut file, 2);
    assert_eq!(records(&[&oldest, &log]), 4);
    // A command that starts then, and has not seen the former one.
    fs::rename(&log, &former).unwrap();
    append(&mut AuditFile::open(&log).unwrap(), 1);
    append(&mut file, 1);
    let intact = intact(&[&oldest, &former, &log]);
    assert_eq!((intact.records, intact.ends.unwrap().0), (6, 1));

    for (name, files, said) in [
        (
            "in another order",
            [&former, &oldest, &log],
            "a new chain begins",
        ),
        (
            "one is missing",
            [&oldest, &log, &log],
            "line 1: 2 records are missing",
        ),
    ] {
        let files = files.map(Clone::clone);
        let broken = verify(&files, None).unwrap_err().to_string();
        assert!(broken.contains(said), "{name}: {broken}");
    }
    assert_eq!(records(&[&former, &log]), 4, "later files alone");

    // A line that was cut off in the file that is moved.
    let mut other = OpenOptions::new().append(true).open(&log).unwrap();
    other.write_all(b"{\"seq").unwrap();
    fs::rename(&log, path("audit.log.0")).unwrap();
    append(&mut file, 1);
    let files = [&oldest, &former, &path("audit.log.0"), &log];
    assert_eq!((records(&files), self::intact(&files).torn), (8, 1));
}

#[test]
fn a_file_that_is_emptied_is_continued() {
    let dir = TempDir::new();
    let path = dir.path().join("audit.log");
    let copy = dir.path().join("copy");
    let mut file = AuditFile::open(&path).unwrap();
    append(&mut file, 3);
    fs::copy(&path, &copy).unwrap();
    OpenOptions::new()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(0)
        .unwrap();
    append(&mut file, 2);
    assert_eq!(records(&[&copy, &path]), 5);
}

#[test]
fn lines_that_are_removed_under_a_service_are_missing_in_its_chain() {
    let dir = TempDir::new();
    let path = dir.path().join("audit.log");
    let mut file = AuditFile::open(&path).unwrap();
    append(&mut file, 3);
    let text = fs::read_to_string(&path).unwrap();
    let first = text.lines().next().unwrap();
    fs::write(&path, format!("{first}\n")).unwrap();
    append(&mut file, 1);
    let broken = verify(&[path], None).unwrap_err().to_string();
    assert!(
        broken.contains("line 2: 2 records are missing before it, from 2 on"),
        "{broken}"
    );
}
