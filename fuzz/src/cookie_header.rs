//! The header `Cookie`: any lines, with tokens anywhere in them.

use std::collections::BTreeSet;

use handstamp::Authenticated;
use handstamp::error::Rejection;

use crate::peer::{COOKIE, HEADER, NOW, authenticate, sign};

/// The lines of `input` are header lines; control characters in them stand for tokens that an
/// attacker has: 1 and 2 for tokens of user1 and user2, 3 for one that has expired, 4 for a newer
/// one of user1. What is accepted is a token that stands under the cookie's name in a plain reading
/// of RFC 6265bis, and no second user's does; if it stands there alone, it is accepted.
///
/// # Panics
/// If the property does not hold.
#[must_use]
pub fn check(input: &[u8]) -> bool {
    let tokens = [
        (1, token("user1", NOW - 5, NOW + 60)),
        (2, token("user2", NOW - 5, NOW + 60)),
        (3, token("user1", NOW - 90, NOW - 60)),
        (4, token("user1", NOW - 1, NOW + 60)),
    ];
    let mut text = Vec::new();
    for byte in input {
        match tokens.iter().find(|(stands_for, _)| stands_for == byte) {
            Some((_, token)) => text.extend_from_slice(token.as_bytes()),
            None => text.push(*byte),
        }
    }
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    let found: BTreeSet<&[u8]> = lines.iter().flat_map(|line| values(line)).collect();
    let known: Vec<u8> = (tokens.iter())
        .filter(|(_, token)| found.contains(token.as_bytes()))
        .map(|(stands_for, _)| *stands_for)
        .collect();

    let answer = authenticate("cookie", &lines);
    let seen = answer
        .as_ref()
        .map(Authenticated::subject)
        .map_err(Rejection::code);
    let expected = match known[..] {
        _ if found.is_empty() => Err("missing_token"),
        _ if found.len() > MOST => return unless_accepted(seen),
        [1 | 4] | [1 | 3, 4] | [1, 3] | [1, 3, 4] => Ok("user1"),
        [2] => Ok("user2"),
        // Nothing genuine, two users, or one that has expired.
        _ => return unless_accepted(seen),
    };
    assert_eq!(seen, expected, "tokens {known:?} of {} values", found.len());
    seen.is_ok()
}

fn unless_accepted(seen: Result<&str, &str>) -> bool {
    assert!(seen.is_err(), "accepted for {seen:?}");
    false
}

/// The values of the cookie in one line, read as plainly as possible.
fn values(line: &[u8]) -> Vec<&[u8]> {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let mut values = Vec::new();
    for item in line.split(|byte| *byte == b';') {
        let Some(equals) = item.iter().position(|byte| *byte == b'=') else {
            continue;
        };
        let trimmed = |text: &'_ [u8]| -> std::ops::Range<usize> {
            let start = text.iter().take_while(|byte| blank(byte)).count();
            let end = text.len()
                - text[start..]
                    .iter()
                    .rev()
                    .take_while(|byte| blank(byte))
                    .count();
            start..end
        };
        let (name, value) = (&item[..equals], &item[equals + 1..]);
        let (name, value) = (&name[trimmed(name)], &value[trimmed(value)]);
        if name == COOKIE.as_bytes() && !value.is_empty() {
            values.push(value);
        }
    }
    values
}

fn token(subject: &str, iat: u64, exp: u64) -> String {
    let payload =
        format!(r#"{{"sub":"{subject}","jti":"id","type":"access","iat":{iat},"exp":{exp}}}"#);
    sign(HEADER.as_bytes(), payload.as_bytes())
}

/// More different values than these are not looked at.
const MOST: usize = 4;
