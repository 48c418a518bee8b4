//! What users are called.

use std::fmt;
use std::str::FromStr;

/// The name of a user, and the subject of the tokens that are made for it.
///
/// 1 to 64 characters, all of them visible, with no blank at either end. Log-in compares names exactly. Two users never
/// have names that differ by case alone: people would take one for the other.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct UserName(Box<str>);

impl UserName {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The same for names that differ by case alone.
    pub(crate) fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl FromStr for UserName {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        if text.is_empty() {
            Err(NotAName("a name has at least one character"))
        } else if text.chars().count() > LONGEST {
            Err(NotAName("a name has at most 64 characters"))
        } else if text.trim() != text {
            Err(NotAName("a name has no blank at either end"))
        } else if text.chars().any(is_invisible) {
            Err(NotAName("a name has no invisible characters"))
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

/// Why a text is no name.
#[derive(Debug)]
pub(crate) struct NotAName(&'static str);

impl fmt::Display for NotAName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for NotAName {}

/// Control characters, and those that reorder, join or hide what stands beside them: two names that look alike.
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

const LONGEST: usize = 64;

#[cfg(test)]
mod tests {
    use super::UserName;

    #[test]
    fn what_a_name_is() {
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
                "a blank in front",
                " alice",
                Some("a name has no blank at either end"),
            ),
            (
                "a line break behind",
                "alice\n",
                Some("a name has no blank at either end"),
            ),
            (
                "a wide blank behind",
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
                "no width",
                "alice\u{200b}s",
                Some("a name has no invisible characters"),
            ),
        ] {
            let said = text
                .parse::<UserName>()
                .err()
                .map(|error| error.to_string());
            assert_eq!(said.as_deref(), problem, "{name}");
        }
    }
}
