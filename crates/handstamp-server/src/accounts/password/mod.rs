//! Passwords: sent at a log-in, chosen for an account, kept as a hash, and compared.
//!
//! Types decide what may be hashed and compared, both in normalization form C: keyboards
//! write one accented letter as one code point or as two
//! ([RFC 8265, section 4.2](https://www.rfc-editor.org/rfc/rfc8265#section-4.2)). No password is
//! shown by `Debug`.

mod hash;
mod memory;
mod queue;

use std::fmt;

use handstamp_axum::handstamp::secret::Secret;
use serde::de::{self, Deserialize, Deserializer, Unexpected, Visitor};
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

pub(crate) use hash::{HashError, StoredHash};
pub(crate) use queue::{CompareError, Comparison, Queue, Slot};

/// A password that was sent to log in: any text.
#[derive(Debug)]
pub(crate) struct Password(Secret);

impl Password {
    /// Returns what is hashed. A text that is too long for a password counts as an empty one: it
    /// is refused after the same work as every wrong password, and takes no more of it.
    fn secret_bytes(&self) -> &[u8] {
        let bytes = self.0.secret_bytes();
        if bytes.len() > MAX_LEN { &[] } else { bytes }
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(composed(text))
    }
}

/// Returns a text in normalization form C.
fn composed(text: String) -> Secret {
    if is_nfc(&text) {
        text.into()
    } else {
        text.nfc().collect::<String>().into()
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_text(deserializer).map(Self::from)
    }
}

/// Returns the text that was sent as a password. Of what is no text the error tells the type alone:
/// it may be a password of digits.
fn deserialize_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    struct Text;

    impl Visitor<'_> for Text {
        type Value = String;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a password in quotes")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
            Ok(text.to_owned())
        }

        fn visit_string<E: de::Error>(self, text: String) -> Result<String, E> {
            Ok(text)
        }

        fn visit_bool<E: de::Error>(self, _: bool) -> Result<String, E> {
            Err(E::invalid_type(Unexpected::Other("a truth value"), &self))
        }

        fn visit_i64<E: de::Error>(self, _: i64) -> Result<String, E> {
            Err(E::invalid_type(Unexpected::Other("a number"), &self))
        }

        fn visit_u64<E: de::Error>(self, _: u64) -> Result<String, E> {
            self.visit_i64(0)
        }

        fn visit_f64<E: de::Error>(self, _: f64) -> Result<String, E> {
            self.visit_i64(0)
        }
    }

    // Not `deserialize_str`, which compares the types itself and shows the value.
    deserializer.deserialize_any(Text)
}

/// A password that was chosen for an account: 8 bytes to 1 KiB, without control characters.
#[derive(Debug)]
pub(crate) struct NewPassword(Secret);

impl NewPassword {
    /// Returns whether this is the password that was sent.
    pub(crate) fn is(&self, sent: &Password) -> bool {
        self.0.secret_bytes() == sent.0.secret_bytes()
    }
}

impl TryFrom<String> for NewPassword {
    type Error = InvalidPassword;

    fn try_from(text: String) -> Result<Self, InvalidPassword> {
        if text.len() < MIN_LEN {
            Err(InvalidPassword("a password has at least 8 bytes"))
        } else if text.len() > MAX_LEN {
            Err(InvalidPassword("a password has at most 1024 bytes"))
        } else if text.chars().any(char::is_control) {
            // Browsers send none, so the user could not log in.
            Err(InvalidPassword("a password has no control characters"))
        } else {
            Ok(Self(composed(text)))
        }
    }
}

impl<'de> Deserialize<'de> for NewPassword {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = deserialize_text(deserializer)?;
        Self::try_from(text).map_err(de::Error::custom)
    }
}

/// The text cannot be a password.
#[derive(Debug)]
pub(crate) struct InvalidPassword(&'static str);

impl fmt::Display for InvalidPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for InvalidPassword {}

const MIN_LEN: usize = 8;
const MAX_LEN: usize = 1024;

#[cfg(test)]
mod tests {
    use super::{NewPassword, Password};

    #[test]
    fn passwords_have_a_length_and_no_control_characters() {
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
            let message = NewPassword::try_from(text)
                .err()
                .map(|error| error.to_string());
            assert_eq!(message.as_deref(), problem, "{name}");
        }
    }

    #[test]
    fn one_password_by_two_keyboards_is_the_same() {
        for typed in ["caf\u{e9} 1234", "cafe\u{301} 1234"] {
            let typed = typed.to_owned();
            let chosen = NewPassword::try_from(typed.clone()).unwrap();
            let expected = "caf\u{e9} 1234".as_bytes();
            assert_eq!(chosen.0.secret_bytes(), expected, "{typed}");
            assert_eq!(Password::from(typed).secret_bytes(), expected);
        }
        // Not by compatibility: these are two passwords.
        assert_ne!(Password::from("\u{fb01}".to_owned()).secret_bytes(), b"fi");
    }

    #[test]
    fn no_password_is_shown() {
        let typed = Password::from("correct horse".to_owned());
        let chosen = NewPassword::try_from("correct horse".to_owned()).unwrap();
        let shown = format!("{typed:?} {chosen:?}");
        assert!(!shown.contains("horse"), "{shown}");
    }
}
