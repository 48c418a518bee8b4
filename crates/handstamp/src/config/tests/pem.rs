//! Tests of key pairs: the use of each key, and keys that do not fit.

use super::values::Variables;
use super::{Row, SECRET, from, problems};

const RSA: &str = include_str!("../../../tests/keys/rsa2048.private.pem");
const RSA_PUBLIC: &str = include_str!("../../../tests/keys/rsa2048.public.pem");
const RSA_OTHER_PUBLIC: &str = include_str!("../../../tests/keys/rsa2048.e3.public.pem");
const RSA_SMALL: &str = include_str!("../../../tests/keys/rsa1024.private.pem");
const EC: &str = include_str!("../../../tests/keys/p256.private.pem");
const EC_PUBLIC: &str = include_str!("../../../tests/keys/p256.public.pem");

#[test]
fn pairs() {
    for (name, variables, expected) in PAIRS {
        assert_eq!(problems(from(variables)), *expected, "{name}");
    }
}

/// Returns the other settings that a PEM needs, and a good value.
pub(super) fn good(key: &str) -> Option<(Variables, &'static str)> {
    const RS256: (&str, &str) = ("JWT_ALGORITHM", "RS256");
    match key {
        "JWT_PRIVATE_KEY" => Some((&[RS256], RSA)),
        "JWT_PUBLIC_KEY" => Some((&[RS256], RSA_PUBLIC)),
        "JWT_PREVIOUS_PUBLIC_KEY" => {
            Some((&[RS256, ("JWT_PUBLIC_KEY", RSA_PUBLIC)], RSA_OTHER_PUBLIC))
        }
        _ => None,
    }
}

#[test]
fn a_key_on_one_line_as_in_files_of_variables() {
    let one_line = |pem: &str, line_end| pem.trim_end().replace('\n', line_end);
    for (name, line_end, quote) in [
        ("with a literal \\n for each line break", "\\n", ""),
        ("with literal line breaks of Windows", "\\r\\n", ""),
        ("in quotes", "\\n", "\""),
        ("in single quotes", "\\n", "'"),
        ("with blanks for line breaks", " ", ""),
    ] {
        let private = format!("{quote}{}{quote}", one_line(EC, line_end));
        let public = format!("{quote}{}{quote}", one_line(EC_PUBLIC, line_end));
        let config = from(&[
            ("JWT_ALGORITHM", "ES256"),
            ("JWT_PRIVATE_KEY", &private),
            ("JWT_PUBLIC_KEY", &public),
        ]);
        assert_eq!(problems(config), [""; 0], "{name}");
    }
}

const PAIRS: &[Row] = &[
    (
        "a private key is enough",
        &[("JWT_ALGORITHM", "RS256"), ("JWT_PRIVATE_KEY", RSA)],
        &[],
    ),
    (
        "a public key is enough to verify",
        &[("JWT_ALGORITHM", "RS256"), ("JWT_PUBLIC_KEY", RSA_PUBLIC)],
        &[],
    ),
    (
        "both",
        &[
            ("JWT_ALGORITHM", "ES256"),
            ("JWT_PRIVATE_KEY", EC),
            ("JWT_PUBLIC_KEY", EC_PUBLIC),
        ],
        &[],
    ),
    (
        "one key for several algorithms, and the former one, and a secret",
        &[
            ("JWT_ALGORITHM", "PS256"),
            ("JWT_DECODE_ALGORITHMS", "RS256,HS256"),
            ("JWT_PRIVATE_KEY", RSA),
            ("JWT_PREVIOUS_PUBLIC_KEY", RSA_OTHER_PUBLIC),
            ("JWT_SECRET_KEY", SECRET),
        ],
        &[],
    ),
    (
        "neither",
        &[("JWT_ALGORITHM", "ES256"), ("JWT_SECRET_KEY", SECRET)],
        &[
            "JWT_PRIVATE_KEY: not set, and ES256 needs it. Set it, or JWT_PUBLIC_KEY for a service that only verifies",
        ],
    ),
    (
        "halves of two pairs",
        &[
            ("JWT_ALGORITHM", "RS256"),
            ("JWT_PRIVATE_KEY", RSA),
            ("JWT_PUBLIC_KEY", RSA_OTHER_PUBLIC),
        ],
        &[
            "JWT_PUBLIC_KEY: does not belong to JWT_PRIVATE_KEY. Remove it: the private key is enough",
        ],
    ),
    (
        "another family",
        &[("JWT_ALGORITHM", "RS256"), ("JWT_PRIVATE_KEY", EC)],
        &[
            "JWT_PRIVATE_KEY: RS256 needs an RSA key, and this is an EC key on P-256. Give the other key, or choose the algorithm that belongs to it",
        ],
    ),
    (
        "another family among those that verify",
        &[
            ("JWT_ALGORITHM", "ES256"),
            ("JWT_DECODE_ALGORITHMS", "RS256"),
            ("JWT_PRIVATE_KEY", EC),
        ],
        &[
            "JWT_PRIVATE_KEY: RS256 needs an RSA key, and this is an EC key on P-256. Give the other key, or choose the algorithm that belongs to it",
        ],
    ),
    (
        "too small",
        &[("JWT_ALGORITHM", "RS256"), ("JWT_PRIVATE_KEY", RSA_SMALL)],
        &[
            "JWT_PRIVATE_KEY: the RSA key has 1024 bits, and 2048 to 8192 are allowed (RFC 7518, section 3.3). Make one with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072`",
        ],
    ),
    (
        "halves exchanged",
        &[("JWT_ALGORITHM", "RS256"), ("JWT_PUBLIC_KEY", RSA)],
        &[
            "JWT_PUBLIC_KEY: this is a private key where a public one belongs. `openssl pkey -in key.pem -pubout` gives the public half",
        ],
    ),
    (
        "no PEM",
        &[
            ("JWT_ALGORITHM", "RS256"),
            ("JWT_PRIVATE_KEY", "x"),
            ("JWT_PREVIOUS_PUBLIC_KEY", ""),
        ],
        &[
            "JWT_PRIVATE_KEY: not a PEM. Give the whole text from `-----BEGIN` to the last `-----`, with its line breaks or `\\n` for each",
            "JWT_PREVIOUS_PUBLIC_KEY: not a PEM. Give the whole text from `-----BEGIN` to the last `-----`, with its line breaks or `\\n` for each",
        ],
    ),
    (
        "a public key as a secret",
        &[("JWT_SECRET_KEY", RSA_PUBLIC)],
        &[
            "JWT_SECRET_KEY: the secret is a key (PEM), and any holder of its public half could sign tokens. Make one with `openssl rand -base64 64`, or choose the algorithm that belongs to the key",
        ],
    ),
];
