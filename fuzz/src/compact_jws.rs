//! The compact serialization: any header before a good payload, and any text before its signature.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::peer::{NOW, authenticate_bearer, decode, encode, sign_input};

/// `input` is what is signed, as it stands, or if it has a line end, a header in JSON and a payload
/// in JSON to be encoded. What is accepted has three segments, each the canonical base64url of its
/// bytes, and a header that says HS256 and nothing that changes what the signature means; no other
/// signature is accepted for it.
///
/// # Panics
/// If the property does not hold.
#[must_use]
pub fn check(input: &[u8]) -> bool {
    let mut lines = input.splitn(2, |byte| *byte == b'\n');
    let signed = match (lines.next(), lines.next()) {
        (Some(header), Some(b"")) => format!("{}.{}", encode(header), encode(&payload())),
        (Some(header), Some(payload)) => format!("{}.{}", encode(header), encode(payload)),
        _ => String::from_utf8_lossy(input).into_owned(),
    };
    if !is_accepted(&signed) {
        return false;
    }

    let token = sign_input(&signed);
    let (header, _) = signed.split_once('.').expect("two segments");
    let header = decode(header).expect("canonical header");
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

    // The last character of a segment may hold bits that are not used: one text only is accepted
    // for the same bytes.
    for segment in signed.split_inclusive('.') {
        let end = segment.trim_end_matches('.').len();
        let at = segment.as_ptr().addr() - signed.as_ptr().addr() + end;
        for other in alphabet() {
            is_accepted(&format!("{}{other}{}", &signed[..at - 1], &signed[at..]));
        }
    }
    let (before, last) = token.split_at(token.len() - 1);
    for other in alphabet().filter(|other| !last.starts_with(*other)) {
        let forged = format!("{before}{other}");
        assert!(authenticate_bearer(&forged).is_err(), "another signature");
    }
    assert!(authenticate_bearer(before).is_err(), "a shorter signature");
    for longer in ["=", "A", "."].map(|more| format!("{token}{more}")) {
        assert!(authenticate_bearer(&longer).is_err(), "a longer signature");
    }
    true
}

/// Whether this text is accepted when it was signed.
fn is_accepted(signed: &str) -> bool {
    let token = sign_input(signed);
    if authenticate_bearer(&token).is_err() {
        return false;
    }
    let segments: Vec<&str> = token.split('.').collect();
    assert_eq!(segments.len(), 3, "segments");
    for segment in segments {
        assert!(decode(segment).is_some(), "not canonical: {segment}");
    }
    true
}

fn payload() -> Vec<u8> {
    let exp = NOW + 60;
    format!(r#"{{"sub":"user1","jti":"id","type":"access","iat":{NOW},"exp":{exp}}}"#).into_bytes()
}

fn alphabet() -> impl Iterator<Item = char> {
    (b'A'..=b'Z')
        .chain(b'a'..=b'z')
        .chain(b'0'..=b'9')
        .chain(*b"-_")
        .map(char::from)
}
