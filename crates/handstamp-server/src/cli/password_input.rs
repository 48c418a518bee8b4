//! Where a new password comes from: never from an argument, which everybody on the machine can read.

use std::fmt;
use std::io::{self, ErrorKind, IsTerminal as _, Read as _};

use crate::accounts::password::{NewPassword, NotAPassword};

/// Reads a password from the terminal, twice and without showing it.
///
/// Ctrl-C must not end the process at once, or the terminal would stay as it is meanwhile: silent.
pub(crate) fn from_terminal() -> Result<NewPassword, AskError> {
    if !io::stdin().is_terminal() {
        return Err(AskError::NoTerminal);
    }
    let password = rpassword::prompt_password("Password: ").map_err(AskError::of)?;
    // What is no password need not be typed again.
    let chosen = NewPassword::try_from(password.clone()).map_err(AskError::NotAPassword)?;
    if rpassword::prompt_password("Again: ").map_err(AskError::of)? == password {
        Ok(chosen)
    } else {
        Err(AskError::Different)
    }
}

/// Reads a password from standard input: all of it, but for the last line break.
pub(crate) fn from_standard_input() -> Result<NewPassword, AskError> {
    let mut text = String::new();
    let mut input = io::stdin().lock().take(LARGEST);
    input.read_to_string(&mut text).map_err(AskError::Io)?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    NewPassword::try_from(text).map_err(AskError::NotAPassword)
}

/// There is no new password.
#[derive(Debug)]
pub(crate) enum AskError {
    NoTerminal,
    NotAPassword(NotAPassword),
    Different,
    Interrupted,
    Io(io::Error),
}

impl AskError {
    fn of(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::Interrupted => Self::Interrupted,
            _ => Self::Io(error),
        }
    }
}

impl fmt::Display for AskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTerminal => f.write_str(
                "there is no terminal to ask for the password; with --password-stdin it is read from standard input",
            ),
            Self::NotAPassword(error) => error.fmt(f),
            Self::Different => f.write_str("the two passwords are not the same; nothing was changed"),
            Self::Interrupted => f.write_str("interrupted"),
            Self::Io(error) => write!(f, "cannot read the password: {error}"),
        }
    }
}

impl std::error::Error for AskError {}

/// More than any password has.
const LARGEST: u64 = 64 * 1024;
