//! Standard output, which has what a command was asked for. Everything else goes to the log.

use std::io::{self, ErrorKind, Write as _};

use super::failure::Failure;

/// Prints to standard output. A reader that has closed it, such as `head`, is not an error.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::new(error)),
        _ => Ok(()),
    }
}
