//! Names of new users, by the rules of [UTS 39] against names that people confuse.
//!
//! It is stricter than [`UserName`], because users of earlier releases keep their names.
//!
//! [UTS 39]: https://www.unicode.org/reports/tr39/

use std::fmt;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization as _;
use unicode_security::{
    GeneralSecurityProfile as _, RestrictionLevel, RestrictionLevelDetection as _, skeleton,
};

use super::user_name::{InvalidUserName, UserName};

/// The name of a user who is added now, in normalization form C.
#[derive(Debug, Clone)]
pub(crate) struct NewUserName(UserName);

impl NewUserName {
    pub(crate) fn name(&self) -> &UserName {
        &self.0
    }

    pub(crate) fn into_name(self) -> UserName {
        self.0
    }

    /// Returns whether people would confuse it with this name of another user: it differs at most
    /// by case, or by characters that look alike (UTS 39, [section 4]).
    ///
    /// [section 4]: https://www.unicode.org/reports/tr39/#Confusable_Detection
    pub(crate) fn looks_like(&self, other: &str) -> bool {
        // Only in capitals looks `I` like `l`, and only in lower case is `A` an `a`. A zero looks
        // like an `O`, which is an `o` once more in lower case.
        let folded = |name: &str| {
            skeleton(&name.to_lowercase())
                .collect::<String>()
                .to_lowercase()
        };
        let name = self.0.as_str();
        skeleton(name).eq(skeleton(other)) || folded(name) == folded(other)
    }
}

impl FromStr for NewUserName {
    type Err = InvalidNewUserName;

    fn from_str(text: &str) -> Result<Self, InvalidNewUserName> {
        let text: String = text.nfc().collect();
        let name: UserName = text.parse().map_err(InvalidNewUserName::Invalid)?;
        if text.contains(' ') {
            return Err(InvalidNewUserName::Blank);
        }
        // Of ASCII every visible character is allowed: people have addresses as names.
        let mut others = text.chars().filter(|character| !character.is_ascii());
        if let Some(character) = others.find(|character| !character.identifier_allowed()) {
            return Err(InvalidNewUserName::Character(character));
        }
        // The level is one of letters, and signs of ASCII are in no identifier.
        let letters: String = text
            .chars()
            .filter(|character| !character.is_ascii() || character.is_ascii_alphanumeric())
            .collect();
        if !letters
            .as_str()
            .check_restriction_level(RestrictionLevel::HighlyRestrictive)
        {
            return Err(InvalidNewUserName::Scripts);
        }
        Ok(Self(name))
    }
}

/// The text cannot be the name of a new user.
#[derive(Debug)]
pub(crate) enum InvalidNewUserName {
    Invalid(InvalidUserName),
    Blank,
    Character(char),
    Scripts,
}

impl fmt::Display for InvalidNewUserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(error) => error.fmt(f),
            Self::Blank => f.write_str(
                "a name has no blanks: write a dot or a hyphen instead, as in alice.liddell",
            ),
            Self::Character(character) => write!(
                f,
                "the character U+{:04X} is not for names: it is invisible, or people confuse it with another",
                u32::from(*character)
            ),
            Self::Scripts => f.write_str(
                "it has letters of several scripts, which people confuse: use those of one, or of Chinese, Japanese or \
                 Korean together with Latin",
            ),
        }
    }
}

impl std::error::Error for InvalidNewUserName {}

#[cfg(test)]
mod tests {
    use super::NewUserName;

    fn refusal(text: &str) -> Option<String> {
        let name = text.parse::<NewUserName>();
        name.err().map(|error| error.to_string())
    }

    #[test]
    fn names_are_of_one_script_and_of_visible_characters() {
        for (name, text, problem) in [
            ("ASCII", "o'Neil+x@example.com", None),
            ("accents", "Zo\u{eb}N\u{fa}\u{f1}ez", None),
            ("an apostrophe of printers", "O\u{2019}Neil", None),
            ("Cyrillic", "Алиса2", None),
            ("a blank", "Alice B. Liddell", Some("as in alice.liddell")),
            ("Greek", "Ελένη", None),
            ("Arabic", "سارة", None),
            ("Devanagari", "आलिया", None),
            ("Japanese and Latin", "ユーザーB", None),
            ("Korean and Latin", "김B", None),
            (
                "Latin and Cyrillic",
                "\u{430}lice",
                Some("letters of several scripts"),
            ),
            (
                "Greek and Latin",
                "B\u{3bf}b",
                Some("letters of several scripts"),
            ),
            ("a filler", "bo\u{3164}b", Some("U+3164")),
            ("a wide letter", "\u{ff42}ob", Some("U+FF42")),
            ("a letter of mathematics", "\u{1d41b}ob", Some("U+1D41B")),
            ("a ligature", "\u{fb01}n", Some("U+FB01")),
            ("a blank that does not break", "a\u{a0}b", Some("U+00A0")),
            ("a smile", "bob\u{1f600}", Some("U+1F600")),
            ("a zero-width joiner", "b\u{200d}ob", Some("invisible")),
            ("nothing", "", Some("at least one character")),
        ] {
            let message = refusal(text);
            assert_eq!(message.is_some(), problem.is_some(), "{name}: {message:?}");
            let message = message.unwrap_or_default();
            assert!(
                message.contains(problem.unwrap_or_default()),
                "{name}: {message}"
            );
        }
    }

    #[test]
    fn names_that_look_alike_are_found() {
        for (name, new, other, alike) in [
            ("the same", "alice", "alice", true),
            ("case", "Alice", "aLICE", true),
            ("a capital i and an l", "BiIl", "Bill", true),
            ("a digit", "a1ice", "alice", true),
            ("a zero", "b0b", "bob", true),
            (
                "whole words of two scripts",
                "\u{441}\u{43e}\u{440}\u{435}",
                "cope",
                true,
            ),
            ("forms of one letter", "jos\u{e9}", "jose\u{301}", true),
            ("an accent", "jos\u{e9}", "jose", false),
            ("another name", "alice", "alicia", false),
        ] {
            let new: NewUserName = new.parse().unwrap();
            assert_eq!(new.looks_like(other), alike, "{name}");
        }
    }
}
