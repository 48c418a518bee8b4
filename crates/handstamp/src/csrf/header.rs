//! A request header that browsers send once.

use std::fmt;

use crate::request::RequestHead;

pub(super) enum Header<'r> {
    Absent,
    One(&'r [u8]),
    /// Two lines or more, equal or not. A proxy may have used any of them, so none counts.
    Several,
}

impl<'r> Header<'r> {
    pub(super) fn of(head: &'r impl RequestHead, name: &str) -> Self {
        let mut values = head.header_values(name);
        match (values.next(), values.next()) {
            (None, _) => Self::Absent,
            (Some(value), None) => Self::One(value.trim_ascii()),
            (Some(_), Some(_)) => Self::Several,
        }
    }
}

/// Shown to clients and in the log: in ASCII, and no longer than an origin is.
impl fmt::Display for Header<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("absent"),
            Self::Several => f.write_str("more than one"),
            Self::One(b"") => f.write_str("empty"),
            Self::One(value) => {
                let start = value.get(..LONGEST_SHOWN).unwrap_or(value);
                write!(f, "{}", start.escape_ascii())
            }
        }
    }
}

/// Scheme, the longest name there is, and a port.
const LONGEST_SHOWN: usize = 270;
