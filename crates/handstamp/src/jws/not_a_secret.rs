//! Detects keys that are given as an HMAC secret by mistake. A public key used as a secret lets
//! everyone sign: the algorithm confusion of CVE-2016-10555, CVE-2017-11424, CVE-2022-29217 and
//! CVE-2024-33663.

use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use serde_json::Value;

use super::der::{self, Reader};

/// Returns the format of the key that this "secret" is, or `None`.
pub(super) fn key_format(secret: &[u8]) -> Option<&'static str> {
    let text = without_blanks(secret);
    if contains_pem(text) {
        Some("PEM")
    } else if is_openssh(text) {
        Some("OpenSSH")
    } else if is_der(secret) {
        Some("DER")
    } else if let Some(decoded) = decode_loosely(text) {
        base64_format(&decoded)
    } else {
        let json = serde_json::from_slice(text).ok()?;
        jwk_format(&json)
    }
}

/// Decodes base64 of any form: wrapped, quoted, with a literal `\n`, of either alphabet, padded or
/// not. Keys are pasted in all these forms.
fn decode_loosely(text: &[u8]) -> Option<Vec<u8>> {
    let text = str::from_utf8(text).ok()?.replace("\\n", "");
    let digits: String = text
        .chars()
        .filter(|letter| !letter.is_ascii_whitespace() && !matches!(letter, '"' | '\'' | '='))
        .map(|letter| match letter {
            '-' => '+',
            '_' => '/',
            other => other,
        })
        .collect();
    BASE64_STANDARD_NO_PAD.decode(digits).ok()
}

fn base64_format(decoded: &[u8]) -> Option<&'static str> {
    if is_der(decoded) {
        Some("base64 of DER")
    } else if contains_pem(decoded) {
        Some("base64 of PEM")
    } else {
        // The blob in the middle of an OpenSSH line: the key type follows its length (RFC 4253,
        // section 6.6).
        let kind = decoded.get(4..)?;
        OPENSSH
            .iter()
            .any(|prefix| kind.starts_with(prefix))
            .then_some("OpenSSH")
    }
}

/// Searches the whole text: explanatory text may precede a block (RFC 7468, section 2).
fn contains_pem(text: &[u8]) -> bool {
    contains(text, b"-----BEGIN") || contains(text, b"---- BEGIN")
}

/// Detects a line of `authorized_keys` or `known_hosts`: options or a host may precede the type.
fn is_openssh(text: &[u8]) -> bool {
    text.split(u8::is_ascii_whitespace)
        .any(|word| OPENSSH.iter().any(|prefix| word.starts_with(prefix)))
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

/// Detects a SEQUENCE over all bytes, filled exactly by elements of which the first is an INTEGER
/// (PKCS#1, PKCS#8, SEC 1) or a SEQUENCE (SPKI, certificate). Of random inputs of 40 bytes or more,
/// fewer than one in 2^32 match.
fn is_der(bytes: &[u8]) -> bool {
    let Some(mut inner) = Reader::whole_sequence(bytes).filter(|_| bytes.len() >= 40) else {
        return false;
    };
    let first = inner.next();
    while inner.next().is_some() {}
    inner.at_end() && first.is_some_and(|(tag, _)| matches!(tag, der::INTEGER | der::SEQUENCE))
}

fn jwk_format(json: &Value) -> Option<&'static str> {
    match json {
        Value::Object(members) if members.contains_key("kty") => Some("JWK"),
        Value::Object(members) => members.contains_key("keys").then_some("JWK Set"),
        Value::Array(items) => items.iter().find_map(jwk_format),
        Value::String(text) => key_format(text.as_bytes()),
        _ => None,
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
