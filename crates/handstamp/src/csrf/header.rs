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

/// Formats the value for the log: quoted, and no longer than an origin.
impl fmt::Display for Header<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("absent"),
            Self::Several => f.write_str("more than one"),
            Self::One(value) => {
                let start = value.get(..MAX_LOGGED).unwrap_or(value);
                write!(f, "{:?}", String::from_utf8_lossy(start))
            }
        }
    }
}

/// The length of a scheme, the longest host name, and a port.
const MAX_LOGGED: usize = 270;
