//! The textual encoding of keys (RFC 7468): label and DER of the first block.
//!
//! Forty lines here instead of a dependency: PEM is read at start-up only and comes from the
//! operator, and the errors name the remedy.

use base64::{Engine, prelude::BASE64_STANDARD};

use super::PemError;

pub(super) struct Block<'a> {
    pub(super) label: &'a str,
    pub(super) der: Vec<u8>,
}

/// Returns the first block. Text before it is allowed (RFC 7468, section 2), and so are the
/// parameters that `openssl ecparam` writes.
pub(super) fn first_block(pem: &[u8]) -> Result<Block<'_>, PemError> {
    let mut rest = str::from_utf8(pem).map_err(|_| PemError::NotPem)?;
    loop {
        let (_, opened) = rest.split_once("-----BEGIN ").ok_or(PemError::NotPem)?;
        let (label, opened) = opened.split_once("-----").ok_or(PemError::Damaged)?;
        let (body, closed) = opened.split_once("-----END ").ok_or(PemError::Damaged)?;
        rest = closed
            .strip_prefix(label)
            .and_then(|closed| closed.strip_prefix("-----"))
            .ok_or(PemError::Damaged)?;
        if label == "EC PARAMETERS" {
            continue;
        }
        // The legacy encryption of keys (RFC 1421, section 4.6).
        if body.contains("ENCRYPTED") && body.contains(':') {
            return Err(PemError::Encrypted);
        }
        // In files of variables a key stands on one line, with `\n` for its line breaks. Neither
        // character of it is base64.
        let body = body.replace("\\r", "").replace("\\n", "\n");
        let base64: String = body.split_ascii_whitespace().collect();
        let der = BASE64_STANDARD
            .decode(base64)
            .map_err(|_| PemError::Damaged)?;
        return Ok(Block { label, der });
    }
}
