//! Tests of parsing `Cookie` lines.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::Value;

use super::{
    super::{
        Lifetime, SetCookie,
        read::{find, values},
    },
    CookieName, array, cookie_value, name, plain, vectors,
};

#[test]
fn every_row_of_cookie_parse_is_read_as_written() {
    let rows = vectors("cookie_parse.jsonl");
    let rows: Vec<Value> = rows
        .lines()
        .map(|row| serde_json::from_str(row).unwrap())
        .collect();
    assert_eq!(rows.len(), 136);
    for row in rows {
        let lines: Vec<Vec<u8>> = array(&row["header"]).iter().map(latin1).collect();
        let read: Vec<(&[u8], &[u8])> = lines.iter().flat_map(|line| simplest(line)).collect();
        let expected: Vec<(Vec<u8>, Vec<u8>)> = array(&row["pairs"])
            .iter()
            .map(|pair| (latin1(&pair[0]), latin1(&pair[1])))
            .collect();
        assert!(
            read.iter()
                .copied()
                .eq(expected.iter().map(|(n, v)| (&n[..], &v[..]))),
            "{}: {} {:?}",
            row["id"],
            row["note"],
            read
        );
        let names = read
            .iter()
            .filter_map(|(name, _)| str::from_utf8(name).ok());
        for name in names
            .chain(["a", "b"])
            .filter_map(|name| CookieName::try_from(name).ok())
        {
            assert_eq!(
                of_name(&lines, &name),
                expected_of(&read, &name),
                "{}: {name}",
                row["id"]
            );
        }
    }
}

#[test]
fn candidates() {
    type Row<'a> = (&'a str, &'a [&'a [u8]], &'a [&'a [u8]], bool);
    let rows: [Row; 17] = [
        ("no line", &[], &[], false),
        ("another name", &[b"b=1"], &[], false),
        ("one", &[b"b=2; a=1; c=3"], &[b"1"], false),
        (
            "equal values count once",
            &[b"a=1; a=1", b"a=1"],
            &[b"1"],
            false,
        ),
        (
            "differing ones keep their order",
            &[b"a=2; a=1", b"a=3; a=2"],
            &[b"2", b"1", b"3"],
            false,
        ),
        (
            "one is the beginning of the other",
            &[b"a=1; a=12; a=1"],
            &[b"1", b"12"],
            false,
        ),
        ("an empty value is none", &[b"a=; a= ; a=1"], &[b"1"], false),
        (
            "four",
            &[b"a=1; a=2; a=3; a=4; a=2"],
            &[b"1", b"2", b"3", b"4"],
            false,
        ),
        (
            "five",
            &[b"a=1; a=2; a=3; a=4; a=5"],
            &[b"1", b"2", b"3", b"4"],
            true,
        ),
        (
            "a value in quotes is read without them",
            &[b"a=\"1\"; a=1"],
            &[b"1"],
            false,
        ),
        (
            "one that only begins or ends with a quote keeps it",
            &[b"a=\"1; a=2\"; a=\""],
            &[b"\"1", b"2\"", b"\""],
            false,
        ),
        (
            "nothing in quotes is nothing",
            &[b"a=\"\"; a=1"],
            &[b"1"],
            false,
        ),
        (
            "a semicolon in quotes separates",
            &[b"$Version=1; b=\"x; a=1; y\"; a=2"],
            &[b"1", b"2"],
            false,
        ),
        (
            "a client by RFC 2109",
            &[b"$Version=\"1\"; a=\"1\"; $Path=\"/\"; $Domain=\"a\""],
            &[b"1"],
            false,
        ),
        ("names are compared with case", &[b"A=1"], &[], false),
        (
            "names are not decoded",
            &[b"%61=1; \"a\"=1; =a=1; \xc2\xa0a=1"],
            &[],
            false,
        ),
        (
            "bytes beyond ASCII elsewhere do no harm",
            &[b"x=\xff; a=1; \xfe"],
            &[b"1"],
            false,
        ),
    ];
    for (case, lines, expected, too_many) in rows {
        let found = find(lines.iter().copied(), &name("a"));
        assert_eq!(found.as_slice(), expected, "{case}");
        assert_eq!(found.too_many(), too_many, "{case}");
    }
}

#[test]
fn hostile_lines_are_read_in_linear_time() {
    // A linear scan takes milliseconds, a quadratic one minutes.
    let mut same_value = b"a=".to_vec();
    same_value.extend([b'1'; 4000]);
    same_value.push(b';');
    for (case, line) in [
        ("semicolons", b";".repeat(1 << 20)),
        ("equals signs", b"=".repeat(1 << 20)),
        ("spaces", b" ".repeat(1 << 20)),
        ("spaces in pairs", b" = ;".repeat(1 << 18)),
        (
            "spaces inside",
            [b"a=", &b" x".repeat(1 << 19)[..]].concat(),
        ),
        ("short cookies", b"a=b; ".repeat(10_000)),
        ("the name in a value", b"a=".repeat(1 << 22)),
        ("the name and a space", b"a =".repeat(1 << 22)),
        ("the name without an end", b"a".repeat(1 << 22)),
        ("equal long cookies", same_value.repeat(256)),
        (
            "distinct cookies of the wanted name",
            (0..100_000)
                .flat_map(|n| format!("a={n};").into_bytes())
                .collect(),
        ),
    ] {
        let start = Instant::now();
        let _ = find([&line[..]].into_iter(), &name("a")).too_many();
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{case}: {:?}",
            start.elapsed()
        );
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        cookie in "[!#%&'*+.^_`|~0-9A-Za-z-][!#$%&'*+.^_`|~0-9A-Za-z-]{0,29}",
        value in cookie_value(),
        before in junk(),
        after in junk(),
    ) {
        let cookie = name(&cookie);
        let line = SetCookie::set(&super::cookie(cookie.as_str(), &plain()), &value, Lifetime::Session).unwrap().to_header_value();
        let sent = line.split("; ").next().unwrap();
        let header = [&before[..], b"; ", sent.as_bytes(), b";", &after[..]].concat();

        prop_assert!(values(&header, &cookie).any(|found| found == value.as_bytes()));
        let found = find([&header[..]].into_iter(), &cookie);
        prop_assert_eq!(found.as_slice().contains(&value.as_bytes()), !value.is_empty());
        prop_assert!(!found.too_many());
    }

    #[test]
    fn any_bytes_are_read_as_the_simplest_reader_would(
        lines in prop::collection::vec(header_bytes(), 0..4),
    ) {
        let lines: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
        let pairs: Vec<(&[u8], &[u8])> = lines.iter().flat_map(|line| simplest(line)).collect();
        let long = "aab".repeat(20);
        for name in ["a", "aa", "aab", "aabaab", &long].map(name) {
            prop_assert_eq!(of_name(&lines, &name), expected_of(&pairs, &name));
        }
        let mut expected: Vec<&[u8]> = Vec::new();
        for (cookie, value) in pairs {
            let value = match value {
                [b'"', inner @ .., b'"'] => inner,
                value => value,
            };
            if cookie == b"a" && !value.is_empty() && !expected.contains(&value) {
                expected.push(value);
            }
        }
        let found = find(lines.iter().copied(), &name("a"));
        prop_assert_eq!(found.too_many(), expected.len() > 4);
        expected.truncate(4);
        prop_assert_eq!(found.as_slice(), &expected[..]);
    }
}

fn of_name<'a>(lines: &'a [impl AsRef<[u8]>], name: &CookieName) -> Vec<&'a [u8]> {
    lines
        .iter()
        .flat_map(|line| values(line.as_ref(), name))
        .collect()
}

fn expected_of<'a>(pairs: &[(&[u8], &'a [u8])], name: &CookieName) -> Vec<&'a [u8]> {
    pairs
        .iter()
        .filter(|(cookie, _)| *cookie == name.as_str().as_bytes())
        .map(|(_, value)| *value)
        .collect()
}

/// All cookies of a line, written for clarity alone.
fn simplest(line: &[u8]) -> Vec<(&[u8], &[u8])> {
    let trim = |text: &'_ [u8]| -> (usize, usize) {
        let blank = |byte: &u8| *byte == b' ' || *byte == b'\t';
        let start = text.iter().take_while(|byte| blank(byte)).count();
        let end = text.iter().rev().take_while(|byte| blank(byte)).count();
        (start, text.len().saturating_sub(end).max(start))
    };
    line.split(|byte| *byte == b';')
        .filter_map(|item| {
            let mut parts = item.splitn(2, |byte| *byte == b'=');
            let (name, value) = (parts.next()?, parts.next()?);
            let (n, v) = (trim(name), trim(value));
            Some((&name[n.0..n.1], &value[v.0..v.1]))
        })
        .filter(|(name, _)| !name.is_empty())
        .collect()
}

/// Any byte that does not end its item.
fn junk() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(
        any::<u8>().prop_filter("ends the item", |byte| *byte != b';'),
        0..60,
    )
}

/// Any bytes, and more often those with a meaning.
fn header_bytes() -> impl Strategy<Value = Vec<u8>> {
    let telling = prop::sample::select(&b";;;==aab \t\",\\\x0b\xa0"[..]);
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        prop::collection::vec(telling, 0..200),
    ]
}

/// Each character is one byte.
fn latin1(text: &Value) -> Vec<u8> {
    let text = text.as_str().unwrap();
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect()
}
