//! The chain of lines: each ends with the hash of the line before it and with its own.
//!
//! A line is an object of JSON that begins with `sequence` and ends with `previous` and `hash`, so
//! all three are found in the bytes as they stand. `hash` is the SHA-256 of the bytes before
//! `,"hash":`. It is not keyed: who can change the file can read a key of the service as well, and
//! an auditor needs no secret to verify a copy.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use crate::storage::hex::hex;

/// The end of a chain: how many records it has, and the hash of the last one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(super) sequence: u64,
    pub(super) hash: Hash,
}

/// A SHA-256.
pub(super) type Hash = [u8; 32];

impl Head {
    /// The head of a chain without records.
    pub(super) const NONE: Self = Self {
        sequence: 0,
        hash: [0; 32],
    };

    pub(crate) fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Returns the line that follows, with its line break, and the head that it makes.
    pub(super) fn line(&self, time: &str, members: &str) -> (String, Self) {
        let sequence = self.sequence + 1;
        let previous = hex(&self.hash);
        let mut line = format!(
            "{{\"sequence\":{sequence},\"time\":\"{time}\",{members}{PREVIOUS}{previous}\""
        );
        let hash = Hash::from(Sha256::digest(&line));
        line.extend([HASH, &hex(&hash), "\"}\n"]);
        (line, Self { sequence, hash })
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.sequence, hex(&self.hash))
    }
}

impl FromStr for Head {
    type Err = InvalidHead;

    fn from_str(text: &str) -> Result<Self, InvalidHead> {
        let (sequence, hash) = text.split_once(':').ok_or(InvalidHead)?;
        Ok(Self {
            sequence: sequence.parse().map_err(|_| InvalidHead)?,
            hash: unhex(hash.as_bytes()).ok_or(InvalidHead)?,
        })
    }
}

/// The text is no head.
#[derive(Debug)]
pub(crate) struct InvalidHead;

impl fmt::Display for InvalidHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a head as `handstamp audit verify` prints it, NUMBER:HASH")
    }
}

impl std::error::Error for InvalidHead {}

/// A line of a file, without its line break.
#[derive(Debug)]
pub(super) struct Line<'l> {
    pub(super) sequence: u64,
    pub(super) previous: Hash,
    pub(super) hash: Hash,
    /// What is hashed.
    content: &'l [u8],
}

impl<'l> Line<'l> {
    /// Reads a line, or returns `None` if it is no record. Its hash is not compared.
    pub(super) fn read(line: &'l [u8]) -> Option<Self> {
        let (content, hash) = before_hash(line.strip_suffix(b"\"}")?, HASH)?;
        let (start, previous) = before_hash(content.strip_suffix(b"\"")?, PREVIOUS)?;
        let start = start.strip_prefix(b"{\"sequence\":")?;
        let digits = start.split(|byte| *byte == b',').next()?;
        Some(Self {
            sequence: std::str::from_utf8(digits).ok()?.parse().ok()?,
            previous,
            hash,
            content,
        })
    }

    /// Returns whether the content is the one that was hashed.
    pub(super) fn is_unchanged(&self) -> bool {
        self.hash == Hash::from(Sha256::digest(self.content))
    }

    /// Returns the name of the event, if it stands where this program writes it.
    pub(super) fn event(&self) -> Option<&'l [u8]> {
        let mut words = self.content.split(|byte| *byte == b'"').skip(7);
        let is_named = words.next() == Some(b"event");
        words.nth(1).filter(|_| is_named)
    }

    pub(super) fn head(&self) -> Head {
        Head {
            sequence: self.sequence,
            hash: self.hash,
        }
    }
}

/// Splits a text that ends with this name and a hash.
fn before_hash<'t>(text: &'t [u8], name: &str) -> Option<(&'t [u8], Hash)> {
    let (rest, hash) = text.split_at_checked(text.len().checked_sub(64)?)?;
    Some((rest.strip_suffix(name.as_bytes())?, unhex(hash)?))
}

fn unhex(digits: &[u8]) -> Option<Hash> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = digits.as_chunks::<2>();
    if pairs.len() != 32 || !rest.is_empty() {
        return None;
    }
    let mut hash = [0; 32];
    for (byte, [high, low]) in hash.iter_mut().zip(pairs) {
        *byte = value(*high)? << 4 | value(*low)?;
    }
    Some(hash)
}

const PREVIOUS: &str = ",\"previous\":\"";
const HASH: &str = ",\"hash\":\"";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_was_made() {
        let (first, head) = Head::NONE.line("2026-01-31T08:15:00.250Z", "\"event\":\"log_in\"");
        let zeros = "0".repeat(64);
        let content = format!(
            "{{\"sequence\":1,\"time\":\"2026-01-31T08:15:00.250Z\",\"event\":\"log_in\",\
             \"previous\":\"{zeros}\""
        );
        let hash = hex(&Sha256::digest(&content));
        assert_eq!(first, format!("{content},\"hash\":\"{hash}\"}}\n"));
        assert_eq!(head.to_string(), format!("1:{hash}"));
        assert_eq!(head.to_string().parse::<Head>().unwrap(), head);
        let (second, next) = head.line("", "\"event\":\"log_out\"");
        let line = Line::read(second.trim_end().as_bytes()).unwrap();
        assert_eq!((line.previous, line.head()), (head.hash, next));
        assert!(line.is_unchanged());
    }

    #[test]
    fn what_is_no_record_is_not_read() {
        let (line, _) = Head::NONE.line("", "\"event\":\"log_in\"");
        let line = line.trim_end();
        assert!(Line::read(line.as_bytes()).is_some());
        for (name, text) in [
            ("nothing", String::new()),
            ("another line", "127.0.0.1 - - GET /".to_owned()),
            ("the start of a line", line[..line.len() / 2].to_owned()),
            ("the end of a line", line[5..].to_owned()),
            ("a letter in the number", line.replace("\":1,", "\":l,")),
            ("capital digits", line.to_uppercase()),
            ("blanks", line.replace(',', ", ")),
        ] {
            assert!(Line::read(text.as_bytes()).is_none(), "{name}: {text}");
        }
    }

    #[test]
    fn a_head_has_a_number_and_a_hash() {
        let hash = "0a".repeat(32);
        for (name, text) in [
            ("no hash", "7".to_owned()),
            ("a short hash", format!("7:{}", &hash[1..])),
            ("a long hash", format!("7:{hash}0a")),
            ("other digits", format!("7:{}", hash.to_uppercase())),
            ("no number", format!(":{hash}")),
        ] {
            assert!(text.parse::<Head>().is_err(), "{name}");
        }
        assert!(format!("7:{hash}").parse::<Head>().is_ok());
    }
}
