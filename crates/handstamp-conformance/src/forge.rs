//! Forges tokens that the library would not issue: any header, any claims, signed or not.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Sha256, Sha512};

/// How a forged token is signed.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Signature<'k> {
    /// Not signed: the third segment is empty.
    None,
    /// HMAC with SHA-256 and this key.
    Hs256(&'k str),
    /// HMAC with SHA-512 and this key.
    Hs512(&'k str),
}

/// Returns a token with these bytes as header and claims.
///
/// ```
/// use handstamp_conformance::{Signature, forge};
///
/// assert_eq!(forge(r#"{"alg":"none"}"#, "{}", Signature::None), "eyJhbGciOiJub25lIn0.e30.");
/// ```
#[must_use]
pub fn forge(
    header: impl AsRef<[u8]>,
    claims: impl AsRef<[u8]>,
    signature: Signature<'_>,
) -> String {
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let signature = match signature {
        Signature::None => String::new(),
        Signature::Hs256(key) => {
            let mut mac =
                Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes any key");
            mac.update(signed.as_bytes());
            URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
        }
        Signature::Hs512(key) => {
            let mut mac =
                Hmac::<Sha512>::new_from_slice(key.as_bytes()).expect("HMAC takes any key");
            mac.update(signed.as_bytes());
            URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
        }
    };
    format!("{signed}.{signature}")
}

/// Returns the claims of a token as JSON, unverified; `Null` if it has none.
#[must_use]
pub fn peek(token: &str) -> serde_json::Value {
    let payload = token.split('.').nth(1).unwrap_or_default();
    let payload = URL_SAFE_NO_PAD.decode(payload).unwrap_or_default();
    serde_json::from_slice(&payload).unwrap_or_default()
}
