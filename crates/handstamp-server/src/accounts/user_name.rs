//! Names of users.
//!
//! A text becomes a name once, where it is read. Names are not looked up here.

use std::fmt;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization as _;

/// The name of a user, and the subject of the tokens that are made for it.
///
/// It has 1 to 64 visible characters and no blank at either end. No two users have names that
/// differ by case alone, because people would confuse them, so a log-in takes a name in any case;
/// [`NewUserName`](super::new_user_name::NewUserName) has the other rules of new names.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct UserName(Box<str>);

impl UserName {
    /// Reads what was typed to log in, without the blanks at its ends, which phones add.
    pub(crate) fn typed(text: &str) -> Result<Self, InvalidUserName> {
        text.trim().parse()
    }

    /// Returns the name of a row. Its rules were those of the release that wrote it.
    pub(crate) fn from_database(name: String) -> Self {
        Self(name.into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name in normalization form C, as new names are kept. What is typed may be in
    /// another, which looks the same.
    pub(crate) fn composed(&self) -> String {
        self.0.nfc().collect()
    }

    /// Returns the name in lower case, which is the same for names that differ by case alone.
    pub(crate) fn folded(&self) -> String {
        self.0.to_lowercase()
    }

    /// Returns the name in lower case and in normalization form C.
    pub(crate) fn composed_and_folded(&self) -> String {
        self.composed().to_lowercase().nfc().collect()
    }
}

impl FromStr for UserName {
    type Err = InvalidUserName;

    fn from_str(text: &str) -> Result<Self, InvalidUserName> {
        if text.is_empty() {
            Err(InvalidUserName("a name has at least one character"))
        } else if text.chars().count() > MAX_CHARS {
            Err(InvalidUserName("a name has at most 64 characters"))
        } else if text.trim() != text {
            Err(InvalidUserName("a name has no blank at either end"))
        } else if text.chars().any(is_invisible) {
            Err(InvalidUserName("a name has no invisible characters"))
        } else {
            Ok(Self(text.into()))
        }
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// The text cannot be a name.
#[derive(Debug)]
pub(crate) struct InvalidUserName(&'static str);

impl fmt::Display for InvalidUserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for InvalidUserName {}

/// Finds control characters, and those that reorder, join or hide the characters next to them: with
/// these, two names could look the same.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
        )
}

const MAX_CHARS: usize = 64;

#[cfg(test)]
mod tests {
    use super::UserName;

    #[test]
    fn names_are_short_and_visible() {
        let longest = "é".repeat(64);
        let too_long = "é".repeat(65);
        for (name, text, problem) in [
            ("a name", "alice", None),
            ("an address", "alice@example.com", None),
            ("a blank inside", "Alice Liddell", None),
            ("another script", "Алиса", None),
            ("64 characters", longest.as_str(), None),
            (
                "65 characters",
                &too_long,
                Some("a name has at most 64 characters"),
            ),
            ("nothing", "", Some("a name has at least one character")),
            (
                "a blank at the start",
                " alice",
                Some("a name has no blank at either end"),
            ),
            (
                "a line break at the end",
                "alice\n",
                Some("a name has no blank at either end"),
            ),
            (
                "a wide blank at the end",
                "alice\u{3000}",
                Some("a name has no blank at either end"),
            ),
            (
                "a NUL",
                "al\0ice",
                Some("a name has no invisible characters"),
            ),
            (
                "an escape",
                "al\u{1b}[2Jice",
                Some("a name has no invisible characters"),
            ),
            (
                "right to left",
                "\u{202e}ecila",
                Some("a name has no invisible characters"),
            ),
            (
                "a character without width",
                "alice\u{200b}s",
                Some("a name has no invisible characters"),
            ),
        ] {
            let message = text
                .parse::<UserName>()
                .err()
                .map(|error| error.to_string());
            assert_eq!(message.as_deref(), problem, "{name}");
        }
    }
}
