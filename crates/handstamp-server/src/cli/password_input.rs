//! New passwords, from the terminal or from standard input.
//!
//! They are never taken from an argument, which other users of the host could read.

use std::fmt;
use std::io::{self, ErrorKind, IsTerminal as _, Read as _};

use crate::accounts::password::{InvalidPassword, NewPassword};

/// Asks for a password on the terminal, twice and without showing it.
///
/// The caller must keep Ctrl-C from ending the process at once, because the terminal would then
/// continue to hide what is typed.
pub(super) fn from_terminal() -> Result<NewPassword, PasswordInputError> {
    if !io::stdin().is_terminal() {
        return Err(PasswordInputError::NoTerminal);
    }
    let password = prompt("Password: ")?;
    // An invalid password is refused before it is typed again.
    let chosen =
        NewPassword::try_from(password.clone()).map_err(PasswordInputError::InvalidPassword)?;
    if prompt("Again: ")? == password {
        Ok(chosen)
    } else {
        Err(PasswordInputError::Mismatch)
    }
}

/// Reads a password from standard input: all of it but the last line break, and the byte order mark
/// with which some editors and shells of Windows begin a file.
pub(super) fn from_standard_input() -> Result<NewPassword, PasswordInputError> {
    let mut text = String::new();
    let mut input = io::stdin().lock().take(MAX_INPUT);
    input
        .read_to_string(&mut text)
        .map_err(PasswordInputError::Io)?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    let password = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
    NewPassword::try_from(password).map_err(PasswordInputError::InvalidPassword)
}

fn prompt(text: &str) -> Result<String, PasswordInputError> {
    rpassword::prompt_password(text).map_err(|error| match error.kind() {
        ErrorKind::Interrupted => PasswordInputError::Interrupted,
        _ => PasswordInputError::Io(error),
    })
}

/// No new password was given.
#[derive(Debug)]
pub(super) enum PasswordInputError {
    NoTerminal,
    InvalidPassword(InvalidPassword),
    Mismatch,
    Interrupted,
    Io(io::Error),
}

impl fmt::Display for PasswordInputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTerminal => f.write_str(
                "there is no terminal to ask for the password; with --password-stdin it is read from standard input",
            ),
            Self::InvalidPassword(error) => error.fmt(f),
            Self::Mismatch => f.write_str("the two passwords differ; nothing was changed"),
            Self::Interrupted => f.write_str("interrupted"),
            Self::Io(error) => write!(f, "cannot read the password: {error}"),
        }
    }
}

impl std::error::Error for PasswordInputError {}

/// Longer than any valid password.
const MAX_INPUT: u64 = 64 * 1024;
