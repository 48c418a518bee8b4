//! The values of a request under one name in one location.

use std::borrow::Cow;

/// The values of a request under one name in one location.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Values<'r> {
    Missing,
    Single(Cow<'r, [u8]>),
    /// Values that differ.
    Conflicting,
}

impl<'r> FromIterator<Cow<'r, [u8]>> for Values<'r> {
    fn from_iter<I: IntoIterator<Item = Cow<'r, [u8]>>>(values: I) -> Self {
        let mut values = values.into_iter();
        match values.next() {
            None => Self::Missing,
            Some(value) if values.all(|other| other == value) => Self::Single(value),
            Some(_) => Self::Conflicting,
        }
    }
}
