//! The error of deserializing the claims of a token into a type of the application.

use std::{error::Error, fmt};

/// The claims of a verified token do not have the shape that the application expects.
///
/// ```
/// # use handstamp::{Authenticated, error::ClaimsError, purpose::Access};
/// #[derive(serde::Deserialize)]
/// struct Member { tenant: u32 }
///
/// fn tenant(token: &Authenticated<Access>) -> Result<u32, ClaimsError> {
///     Ok(token.claims::<Member>()?.tenant)
/// }
/// ```
///
/// # Security
/// For the programmer: the message may quote the claim that does not fit, so do not send it to
/// clients.
#[derive(Debug, Clone)]
pub struct ClaimsError(pub(crate) String);

impl fmt::Display for ClaimsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the token's claims have another shape: {}", self.0)
    }
}

impl Error for ClaimsError {}
