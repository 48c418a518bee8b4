//! `EdDSA` with Ed25519 (RFC 8037, section 3.1).

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, ParsedPublicKey};

use super::{
    Algorithm, PemError, Signature,
    key_file::{KeyFile, KeyKind},
};

pub(super) struct PrivateKey(Ed25519KeyPair);

impl PrivateKey {
    pub(super) fn new(algorithm: Algorithm, pem: &[u8]) -> Result<Self, PemError> {
        let file = KeyFile::private(algorithm, KeyKind::Ed25519, pem)?;
        // The public half is optional (RFC 5958, versions 2 and 1), and must match if present.
        Ed25519KeyPair::from_pkcs8(&file.der)
            .map(Self)
            .map_err(|_| PemError::Rejected)
    }

    pub(super) fn public_half(&self) -> Result<ParsedPublicKey, PemError> {
        ParsedPublicKey::new(&ED25519, self.0.public_key()).map_err(|_| PemError::Rejected)
    }

    pub(super) fn sign(&self, input: &[u8]) -> Option<Signature> {
        Signature::copy(self.0.try_sign(input).ok()?.as_ref())
    }
}

pub(super) fn public_key(algorithm: Algorithm, pem: &[u8]) -> Result<ParsedPublicKey, PemError> {
    let file = KeyFile::public(algorithm, KeyKind::Ed25519, pem)?;
    // The point stands at the end (RFC 8410, section 4).
    if file.der.last_chunk().is_none_or(is_weak) {
        return Err(PemError::Rejected);
    }
    ParsedPublicKey::new(&ED25519, &file.der).map_err(|_| PemError::Rejected)
}

/// Creates a key of its 32 bytes (RFC 8032, section 5.1.5).
pub(super) fn of_point(point: &[u8]) -> Result<ParsedPublicKey, PemError> {
    if <&[u8; 32]>::try_from(point).is_ok_and(is_weak) {
        return Err(PemError::Rejected);
    }
    ParsedPublicKey::new(&ED25519, point).map_err(|_| PemError::Rejected)
}

/// Returns whether the bytes are a point of small order, under which signatures are made without a
/// private key, or a number that is none of the field. The crypto library takes any bytes: it finds
/// those of no point at all when it verifies a signature, which then never holds.
fn is_weak(point: &[u8; 32]) -> bool {
    let mut y = *point;
    let [first, middle @ .., last] = &mut y;
    // The sign of x.
    *last &= 0x7f;
    let is_beyond = *first >= 0xed && middle.iter().all(|byte| *byte == 0xff) && *last == 0x7f;
    is_beyond || SMALL_ORDERS.contains(&y)
}

/// The y-coordinates of the eight points whose order divides eight.
const SMALL_ORDERS: [[u8; 32]; 5] = [
    [0; 32],
    ONE,
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
    MINUS_ONE,
];

const ONE: [u8; 32] = {
    let mut one = [0; 32];
    one[0] = 1;
    one
};

const MINUS_ONE: [u8; 32] = {
    let mut minus_one = [0xff; 32];
    minus_one[0] = 0xec;
    minus_one[31] = 0x7f;
    minus_one
};

#[cfg(test)]
mod tests {
    use super::{MINUS_ONE, ONE, SMALL_ORDERS, of_point};

    #[test]
    fn a_key_under_which_anyone_signs_is_refused() {
        let with = |mut point: [u8; 32], place: usize, byte: u8| {
            point[place] = byte;
            point
        };
        // RFC 8032, section 7.1, the first two.
        let [one, two] = [
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        ]
        .map(|hex| {
            let byte = |at: usize| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap();
            std::array::from_fn(byte)
        });
        for (sentence, point, is_taken) in [
            ("a public key", one, true),
            ("another", two, true),
            ("the neutral point", ONE, false),
            (
                "the neutral point with the other sign",
                with(ONE, 31, 0x80),
                false,
            ),
            ("the point of order two", MINUS_ONE, false),
            ("points of order four", [0; 32], false),
            ("a point of order eight", SMALL_ORDERS[2], false),
            (
                "one with the other sign",
                with(SMALL_ORDERS[3], 31, 0xfa),
                false,
            ),
            ("the prime, which is zero", with(MINUS_ONE, 0, 0xed), false),
            ("a number beyond it", [0xff; 32], false),
            (
                "the largest number of the field but one",
                with(MINUS_ONE, 0, 0xeb),
                true,
            ),
        ] {
            assert_eq!(of_point(&point).is_ok(), is_taken, "{sentence}");
        }
    }
}
