//! The compact serialization: three segments, split without copying (RFC 7515, section 7.1).

use std::fmt;

use super::base64url;

/// The longest token that is read, in bytes. A longer one is rejected unread.
pub(crate) const MAX_TOKEN_LEN: usize = 8192;

/// The segments of a token, not yet decoded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compact<'a> {
    pub(crate) header: &'a [u8],
    payload: &'a [u8],
    pub(crate) signature: &'a [u8],
    /// Header, dot and payload: the input of the signature.
    pub(crate) signing_input: &'a [u8],
}

impl<'a> Compact<'a> {
    pub(crate) fn split(token: &'a [u8]) -> Result<Self, JwsError> {
        if token.len() > MAX_TOKEN_LEN {
            return Err(JwsError::TooLarge);
        }
        let not_three = JwsError::Malformed("not three segments");
        let (signing_input, signature) = memchr::memrchr(b'.', token)
            .and_then(|dot| token.split_at_checked(dot))
            .ok_or(not_three)?;
        let (header, payload) = memchr::memchr(b'.', signing_input)
            .and_then(|dot| signing_input.split_at_checked(dot))
            .ok_or(not_three)?;
        let (payload, signature) = (after_dot(payload), after_dot(signature));
        if memchr::memchr(b'.', payload).is_some() {
            return Err(not_three);
        }
        Ok(Self {
            header,
            payload,
            signature,
            signing_input,
        })
    }

    /// Decodes the payload of a token that nothing vouches for.
    #[cfg(feature = "asymmetric")]
    pub(crate) fn unverified_payload(token: &[u8]) -> Result<Vec<u8>, JwsError> {
        Compact::split(token)?.payload()
    }

    /// Decodes the payload. Call it only after the signature is verified.
    pub(crate) fn payload(&self) -> Result<Vec<u8>, JwsError> {
        base64url::decode(self.payload)
            .ok_or(JwsError::Malformed("payload is not canonical base64url"))
    }
}

/// The reason why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JwsError {
    TooLarge,
    /// The text is for logs only.
    Malformed(&'static str),
    /// No configured key has the algorithm that the header names.
    UnsupportedAlgorithm,
    /// No configured key with that algorithm has the id that the header names.
    UnknownKeyId,
    InvalidSignature,
}

impl fmt::Display for JwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => write!(f, "token longer than {MAX_TOKEN_LEN} bytes"),
            Self::Malformed(what) => write!(f, "malformed token: {what}"),
            Self::UnsupportedAlgorithm => f.write_str("no key for the token's algorithm"),
            Self::UnknownKeyId => f.write_str("no key with the token's key id"),
            Self::InvalidSignature => f.write_str("the signature does not hold"),
        }
    }
}

impl std::error::Error for JwsError {}

fn after_dot(dot_and_segment: &[u8]) -> &[u8] {
    dot_and_segment
        .split_first()
        .map_or(&[], |(_dot, segment)| segment)
}
