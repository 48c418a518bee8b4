//! Passwords: as they are typed, as they are chosen, and how they are kept and checked.

mod hash;
mod queue;

use std::fmt;

use handstamp_axum::handstamp::secret::Secret;
use serde::Deserialize;

pub(crate) use hash::{HashError, StoredHash};
pub(crate) use queue::{CheckError, Checked, Queue};

/// A password as somebody typed it at a log-in: any text.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
pub(crate) struct Password(Secret);

impl Password {
    /// What is hashed. A text that cannot be a password stands for no password at all: long ones are no way to keep the
    /// server busy, and are refused after the same work as every wrong one.
    fn secret_bytes(&self) -> &[u8] {
        let bytes = self.0.secret_bytes();
        if bytes.len() > LONGEST { &[] } else { bytes }
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

/// A password that somebody chose: 8 bytes to 1 KiB, without control characters.
#[derive(Debug)]
pub(crate) struct NewPassword(Secret);

impl TryFrom<String> for NewPassword {
    type Error = NotAPassword;

    fn try_from(text: String) -> Result<Self, NotAPassword> {
        if text.len() < SHORTEST {
            Err(NotAPassword("a password has at least 8 bytes"))
        } else if text.len() > LONGEST {
            Err(NotAPassword("a password has at most 1024 bytes"))
        } else if text.chars().any(char::is_control) {
            // Browsers send none, so that nobody could log in.
            Err(NotAPassword("a password has no control characters"))
        } else {
            Ok(Self(text.into()))
        }
    }
}

/// Why a text is no password.
#[derive(Debug)]
pub(crate) struct NotAPassword(&'static str);

impl fmt::Display for NotAPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for NotAPassword {}

const SHORTEST: usize = 8;
const LONGEST: usize = 1024;

#[cfg(test)]
mod tests {
    use super::{NewPassword, Password};

    #[test]
    fn what_a_password_is() {
        for (name, text, problem) in [
            ("8 bytes", "12345678".to_owned(), None),
            (
                "7 bytes",
                "1234567".to_owned(),
                Some("a password has at least 8 bytes"),
            ),
            (
                "nothing",
                String::new(),
                Some("a password has at least 8 bytes"),
            ),
            ("blanks", "  two words  ".to_owned(), None),
            ("1 KiB", "x".repeat(1024), None),
            (
                "more",
                "x".repeat(1025),
                Some("a password has at most 1024 bytes"),
            ),
            (
                "two lines",
                "password\n1".to_owned(),
                Some("a password has no control characters"),
            ),
        ] {
            let said = NewPassword::try_from(text)
                .err()
                .map(|error| error.to_string());
            assert_eq!(said.as_deref(), problem, "{name}");
        }
    }

    #[test]
    fn no_password_is_shown() {
        let typed = Password::from("correct horse".to_owned());
        let chosen = NewPassword::try_from("correct horse".to_owned()).unwrap();
        let shown = format!("{typed:?} {chosen:?}");
        assert!(!shown.contains("horse"), "{shown}");
    }
}
