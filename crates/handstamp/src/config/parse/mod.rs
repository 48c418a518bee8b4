//! Parses the text of a setting into its type, or explains why it cannot.
//!
//! [`FromText`] parses one type and checks what depends on the type alone; the rules check what
//! depends on other settings.

pub(super) mod choice;
mod cookie;
pub(crate) mod duration;
mod list;
pub(super) mod nearest;
pub(super) mod text;

use std::fmt;

/// A type that a setting can be parsed into.
pub(super) trait FromText: Sized {
    /// Whether the empty text is a valid value.
    const TAKES_EMPTY: bool = false;

    /// Parses a text, which is empty only if [`Self::TAKES_EMPTY`]. Call [`read`], which ensures
    /// it.
    fn from_text(text: &str) -> Result<Self, Invalid>;
}

/// Parses one value. An empty text is refused, because a variable that is set is expected to have
/// an effect.
pub(super) fn read<T: FromText>(text: &str) -> Result<T, Invalid> {
    if text.is_empty() && !T::TAKES_EMPTY {
        return Err(Invalid::new("empty", "Remove it"));
    }
    T::from_text(text)
}

/// Why a text is not a valid value, and what would be.
#[derive(Debug)]
pub(super) struct Invalid {
    pub(super) reason: String,
    pub(super) help: String,
}

impl Invalid {
    pub(super) fn new(reason: impl fmt::Display, help: impl Into<String>) -> Self {
        Self {
            reason: reason.to_string(),
            help: help.into(),
        }
    }
}
