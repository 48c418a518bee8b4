//! Keys that somebody gives as an HMAC secret by mistake. A public key as secret lets everyone sign:
//! the confusion of algorithms behind CVE-2016-10555, CVE-2017-11424, CVE-2022-29217 and CVE-2024-33663.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Map, Value};

use super::der::{self, Reader};

/// The format of the key that this "secret" is, or None.
pub(super) fn key_format(secret: &[u8]) -> Option<&'static str> {
    let text = without_blanks(secret);
    // Anywhere, not only in front: explanatory text may stand before a block (RFC 7468, section 2).
    if contains(text, b"-----BEGIN") || contains(text, b"---- BEGIN") {
        Some("PEM")
    } else if OPENSSH.iter().any(|prefix| text.starts_with(prefix)) {
        Some("OpenSSH")
    } else if is_der(secret) {
        Some("DER")
    } else if BASE64_STANDARD.decode(text).is_ok_and(|der| is_der(&der)) {
        Some("base64 of DER")
    } else {
        jwk_format(text)
    }
}

fn without_blanks(mut text: &[u8]) -> &[u8] {
    const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
    text = text.trim_ascii();
    while let Some(rest) = text.strip_prefix(BYTE_ORDER_MARK) {
        text = rest.trim_ascii();
    }
    text
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// A SEQUENCE over all bytes, filled exactly by elements of which the first is an INTEGER (PKCS#1, PKCS#8, SEC 1) or a
/// SEQUENCE (SPKI, certificate). Random bytes of 40 and more get here less than once in 2^32.
fn is_der(bytes: &[u8]) -> bool {
    let Some(mut inner) = Reader::whole_sequence(bytes).filter(|_| bytes.len() >= 40) else {
        return false;
    };
    let first = inner.next();
    while inner.next().is_some() {}
    inner.at_end() && first.is_some_and(|(tag, _)| matches!(tag, der::INTEGER | der::SEQUENCE))
}

fn jwk_format(text: &[u8]) -> Option<&'static str> {
    let members: Map<String, Value> = serde_json::from_slice(text).ok()?;
    if members.contains_key("kty") {
        Some("JWK")
    } else {
        members.contains_key("keys").then_some("JWK Set")
    }
}

/// The key types of `authorized_keys` (RFC 4253, RFC 5656, RFC 8709 and OpenSSH's PROTOCOL.u2f).
const OPENSSH: [&[u8]; 6] = [
    b"ssh-rsa",
    b"ssh-dss",
    b"ssh-ed25519",
    b"ecdsa-sha2-",
    b"sk-ssh-",
    b"sk-ecdsa-",
];
