//! Tests in rows: a sentence, an input, the result.

mod header;
#[cfg(feature = "asymmetric")]
mod jwk;
#[cfg(feature = "asymmetric")]
pub(crate) mod pem;
mod secret;
pub(crate) mod vectors;

use super::{Algorithm, KeyId};

#[test]
fn key_ids() {
    let longest = "k".repeat(128);
    let too_long = "k".repeat(129);
    let rows = [
        ("a date", "2026-01", true),
        (
            "a thumbprint",
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
            true,
        ),
        ("blanks and punctuation", " key #1 (old)~", true),
        ("the longest", longest.as_str(), true),
        ("one longer", too_long.as_str(), false),
        ("nothing", "", false),
        ("a quote", "a\"b", false),
        ("a backslash", "a\\b", false),
        ("a line break", "a\nb", false),
        ("delete", "a\x7fb", false),
        ("beyond ASCII", "clé", false),
    ];
    for (sentence, text, good) in rows {
        assert_eq!(KeyId::try_from(text).is_ok(), good, "{sentence}");
    }
    assert_eq!(
        KeyId::try_from("").unwrap_err().to_string(),
        "a key id has 1 to 128 characters of printable ASCII, without \" and \\"
    );
}

#[test]
fn unknown_algorithms() {
    for name in ["", "none", "hs256", "HS256 ", "ES256k", "Ed25519", "HS2567"] {
        assert!(Algorithm::named(name).is_none(), "{name}");
    }
}
