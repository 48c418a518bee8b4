//! Reading the text of a setting as its type: what a text may be, and what is wrong with it.
//!
//! A type is read by its [`FromText`]; what belongs to the type alone is checked here, and what
//! depends on other settings is checked by the rules.

pub(super) mod choice;
mod cookie;
pub(crate) mod duration;
mod list;
pub(super) mod nearest;
pub(super) mod text;

use std::fmt;

/// What a setting can be read from.
pub(super) trait FromText: Sized {
    /// Whether the empty text means something.
    const TAKES_EMPTY: bool = false;

    /// Reads a text that is empty only if [`Self::TAKES_EMPTY`]. Call [`read`], which sees to that.
    fn from_text(text: &str) -> Result<Self, Invalid>;
}

/// Reads one value. An empty text is refused: a variable that was left without a value is expected
/// to have an effect.
pub(super) fn read<T: FromText>(text: &str) -> Result<T, Invalid> {
    if text.is_empty() && !T::TAKES_EMPTY {
        return Err(Invalid::new("empty", "Remove it"));
    }
    T::from_text(text)
}

/// Why a text is not a value, and what would be.
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
