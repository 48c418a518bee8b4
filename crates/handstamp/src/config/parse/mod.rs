//! Parses the text of a setting into its type, or explains why it cannot, and back.
//!
//! [`FromText`] parses one type and checks what depends on the type alone; the rules check what
//! depends on other settings.

pub(super) mod choice;
mod cookie;
pub(crate) mod duration;
mod list;
pub(super) mod nearest;
mod number;
pub(super) mod text;
mod to_text;

use std::fmt;

/// A type that a setting can be parsed into.
pub(super) trait FromText: Sized {
    /// Whether the empty text is a valid value.
    const TAKES_EMPTY: bool = false;

    /// Whether it is a list, whose items are read one by one.
    const IS_LIST: bool = false;

    /// Parses a text, which is empty only if [`Self::TAKES_EMPTY`]. Call [`read`], which ensures
    /// it.
    fn from_text(text: &str) -> Result<Self, Invalid>;
}

/// A type whose values can be written as [`FromText`] parses them.
pub(super) trait ToText {
    /// Returns the text that sets this value, or `None` for one that is not set.
    fn to_text(&self) -> Option<String>;
}

/// Parses one value. An empty text is refused, because a variable that is set is expected to have
/// an effect, and so is what a file of variables adds to a value by mistake: `docker --env-file`
/// keeps quotes, and the line ends of Windows.
pub(super) fn read<T: FromText>(text: &str) -> Result<T, Invalid> {
    if text.is_empty() && !T::TAKES_EMPTY {
        return Err(Invalid::new("empty", "Remove it"));
    }
    if !T::IS_LIST {
        check_ends(text)?;
        if text.len() > LONGEST_VALUE {
            let reason = format!("longer than {LONGEST_VALUE} bytes");
            return Err(Invalid::new(reason, "Use a shorter one"));
        }
    }
    T::from_text(text)
}

fn check_ends(text: &str) -> Result<(), Invalid> {
    let (reason, help) = if text.ends_with('\r') {
        (
            "ends with a carriage return",
            "Save the file of variables with the line ends of Unix",
        )
    } else if text.trim() != text {
        ("begins or ends with white space", "Remove the white space")
    } else if is_quoted(text.as_bytes()) {
        (
            "in quotes, which are part of the value",
            "Remove the quotes",
        )
    } else {
        return Ok(());
    };
    Err(Invalid::new(reason, help))
}

/// Returns whether a value begins and ends with the same quote.
pub(super) fn is_quoted(value: &[u8]) -> bool {
    matches!(value, [first @ (b'"' | b'\''), .., last] if first == last)
}

/// The longest value, or item of a list. It is that of an attribute of a cookie, and of names and
/// claims a cookie has room for no more.
const LONGEST_VALUE: usize = 1024;

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
