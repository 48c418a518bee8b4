use std::{error::Error, fmt};

/// The claims of a genuine token do not have the shape the application asks for.
#[derive(Debug, Clone)]
pub struct ClaimsError(pub(crate) String);

impl fmt::Display for ClaimsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the token's claims have another shape: {}", self.0)
    }
}

impl Error for ClaimsError {}
