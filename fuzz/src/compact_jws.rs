//! The compact serialization: any header before a good payload, and any text before its signature.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::peer::{NOW, authenticate_bearer, decode, encode, sign_input};

/// `input` is what is signed, as it stands, or if it has a line end, a header in JSON and a payload in JSON to be
/// encoded. What is accepted has three segments, each the canonical base64url of its bytes, and a header that says
/// HS256 and nothing that changes what the signature means; no other signature is accepted for it.
///
/// # Panics
/// If the property does not hold.
pub fn check(input: &[u8]) -> bool {
    let mut lines = input.splitn(2, |byte| *byte == b'\n');
    let signed = match (lines.next(), lines.next()) {
        (Some(header), Some(b"")) => format!("{}.{}", encode(header), encode(&payload())),
        (Some(header), Some(payload)) => format!("{}.{}", encode(header), encode(payload)),
        _ => String::from_utf8_lossy(input).into_owned(),
    };
    let token = sign_input(&signed);
    if authenticate_bearer(&token).is_err() {
        return false;
    }

    let segments: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = segments[..] else {
        panic!("accepted with {} segments", segments.len());
    };
    let header = decode(header).expect("canonical header");
    decode(payload).expect("canonical payload");
    decode(signature).expect("canonical signature");

    // Members that mean nothing are skipped unread, so they are here.
    let header: BTreeMap<String, &RawValue> =
        serde_json::from_slice(&header).expect("a header in JSON");
    let text = |name: &str| -> Option<String> {
        let value = header.get(name)?;
        Some(serde_json::from_str(value.get()).expect("a text"))
    };
    assert_eq!(text("alg").as_deref(), Some("HS256"));
    let typ = text("typ");
    assert!(
        typ.as_ref()
            .is_none_or(|typ| typ.eq_ignore_ascii_case("JWT")),
        "typ {typ:?}"
    );
    for extension in ["crit", "b64"] {
        assert!(!header.contains_key(extension), "accepted with {extension}");
    }

    // The last character holds bits that are not used: only one of the texts for the same bytes may be accepted.
    let (before, last) = token.split_at(token.len() - 1);
    for other in ALPHABET.iter().map(|byte| char::from(*byte)) {
        if !last.starts_with(other) {
            let forged = format!("{before}{other}");
            assert!(authenticate_bearer(&forged).is_err(), "another signature");
        }
    }
    assert!(authenticate_bearer(before).is_err(), "a shorter signature");
    for padded in [
        format!("{token}="),
        format!("{token}A"),
        format!("{token}."),
    ] {
        assert!(authenticate_bearer(&padded).is_err(), "a longer signature");
    }
    true
}

fn payload() -> Vec<u8> {
    let exp = NOW + 60;
    format!(r#"{{"sub":"user1","jti":"id","type":"access","iat":{NOW},"exp":{exp}}}"#).into_bytes()
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
