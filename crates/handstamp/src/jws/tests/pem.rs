//! Tests of keys from PEM.

use super::super::{Algorithm, KeyError, PemError, SigningKey, VerifyingKey, key_file::KeyKind};
use super::vectors;

/// Reads one of the files in `tests/keys`.
pub(crate) fn test_key(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys/");
    std::fs::read_to_string(format!("{folder}{name}.pem")).unwrap()
}

fn signing(algorithm: Algorithm, pem: &str) -> Result<(), PemError> {
    outcome(SigningKey::from_pem(algorithm, pem.as_bytes()))
}

fn verifying(algorithm: Algorithm, pem: &str) -> Result<(), PemError> {
    outcome(VerifyingKey::from_pem(algorithm, pem.as_bytes()))
}

fn outcome<K>(key: Result<K, KeyError>) -> Result<(), PemError> {
    match key {
        Ok(_) => Ok(()),
        Err(KeyError::Pem(error)) => Err(error),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn every_layout() {
    use Algorithm::{EdDsa, Es256, Es256K, Es384, Es512, Ps256, Rs256, Rs512};
    #[rustfmt::skip]
    let rows = [
        ("RSA, PKCS#8 and SPKI", Rs256, "rsa2048.private", "rsa2048.public"),
        ("RSA for PSS", Ps256, "rsa2048.private", "rsa2048.public"),
        ("RSA, PKCS#1", Rs512, "rsa2048.pkcs1.private", "rsa2048.pkcs1.public"),
        ("RSA, exponent 3", Rs256, "rsa2048.e3.private", "rsa2048.e3.public"),
        ("P-256", Es256, "p256.private", "p256.public"),
        ("P-256, SEC 1", Es256, "p256.sec1.private", "p256.public"),
        ("P-256, as `openssl ecparam` writes it", Es256, "p256.with-parameters.private", "p256.public"),
        ("P-384", Es384, "p384.private", "p384.public"),
        ("P-521", Es512, "p521.private", "p521.public"),
        ("secp256k1", Es256K, "secp256k1.private", "secp256k1.public"),
        ("Ed25519", EdDsa, "ed25519.private", "ed25519.public"),
    ];
    for (sentence, algorithm, private, public) in rows {
        let (private, public) = (test_key(private), test_key(public));
        assert_eq!(signing(algorithm, &private), Ok(()), "{sentence}");
        assert_eq!(verifying(algorithm, &public), Ok(()), "{sentence}");
        for (pem, sentence) in [
            (
                public.replace('\n', "\r\n"),
                "with the line breaks of Windows",
            ),
            (format!("\u{feff}{public}"), "behind a byte order mark"),
            (
                format!("From the vault:\n\n{public}\n-- \nthe vault"),
                "with text around it",
            ),
            (
                format!("{public}{private}"),
                "with a second block, which is not read",
            ),
            (public.trim_end().to_owned(), "without the last line break"),
        ] {
            assert_eq!(verifying(algorithm, &pem), Ok(()), "{sentence}");
        }
    }
}

#[test]
fn refused() {
    use Algorithm::{EdDsa, Es256, Es384, Hs256, Rs256};
    let wrong = |algorithm, need, found| PemError::WrongKind {
        algorithm,
        need,
        found,
    };
    let rsa = test_key("rsa2048.private");
    let p256 = test_key("p256.public");
    let cut = rsa.lines().take(9).collect::<Vec<_>>().join("\n");
    #[rustfmt::skip]
    let rows: Vec<(&str, Algorithm, String, PemError)> = vec![
        ("no PEM at all", Rs256, "hunter2".to_owned(), PemError::NotPem),
        ("nothing", Rs256, String::new(), PemError::NotPem),
        ("cut off", Rs256, cut, PemError::Damaged),
        ("another last line", Rs256, rsa.replace("END PRIVATE", "END PUBLIC"), PemError::Damaged),
        ("a character that is not base64", Rs256, rsa.replacen('A', "!", 1), PemError::Damaged),
        ("other escapes spelled out", Rs256, rsa.replace('\n', "\\t"), PemError::Damaged),
        ("no key inside", Rs256, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----".to_owned(), PemError::Damaged),
        ("SPKI under the label of PKCS#8", Es256, p256.replace("PUBLIC", "PRIVATE"), PemError::Damaged),
        ("only parameters", Es256, "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----".to_owned(), PemError::NotPem),
        ("a request", Rs256, rsa.replace("PRIVATE KEY", "CERTIFICATE REQUEST"), PemError::UnknownLabel),
        ("OpenSSH", Rs256, rsa.replace("PRIVATE", "OPENSSH PRIVATE"), PemError::OpenSsh),
        ("a certificate", Es256, test_key("p256.certificate"), PemError::Certificate),
        ("a passphrase", Es256, test_key("p256.encrypted.private"), PemError::Encrypted),
        ("a passphrase, the old way", Rs256, test_key("rsa2048.pkcs1.encrypted.private"), PemError::Encrypted),
        ("a public key", Es256, p256, PemError::PublicForPrivate),
        ("RSA with 1024 bits", Rs256, test_key("rsa1024.private"), PemError::RsaSize { bits: 1024 }),
        ("RSA bound to PSS", Rs256, test_key("rsapss2048.private"), wrong(Rs256, KeyKind::Rsa, KeyKind::RsaPss)),
        ("another curve", Es256, test_key("p384.private"), wrong(Es256, KeyKind::P256, KeyKind::P384)),
        ("another curve of the same size", Es256, test_key("secp256k1.private"), wrong(Es256, KeyKind::P256, KeyKind::Secp256k1)),
        ("another curve in SEC 1", Es384, test_key("p256.sec1.private"), wrong(Es384, KeyKind::P384, KeyKind::P256)),
        ("RSA for EdDSA", EdDsa, rsa.clone(), wrong(EdDsa, KeyKind::Ed25519, KeyKind::Rsa)),
        ("Ed25519 for RSA", Rs256, test_key("ed25519.private"), wrong(Rs256, KeyKind::Rsa, KeyKind::Ed25519)),
        ("a PEM for HMAC", Hs256, rsa, PemError::NeedsSecret(Hs256)),
    ];
    for (sentence, algorithm, pem, error) in rows {
        assert_eq!(signing(algorithm, &pem), Err(error), "{sentence}");
    }
    #[rustfmt::skip]
    let rows = [
        ("a private key", Es256, "p256.private", PemError::PrivateForPublic),
        ("a private key, SEC 1", Es256, "p256.sec1.private", PemError::PrivateForPublic),
        ("another curve", Es256, "p384.public", wrong(Es256, KeyKind::P256, KeyKind::P384)),
        ("RSA with 1024 bits", Rs256, "rsa1024.public", PemError::RsaSize { bits: 1024 }),
        ("RSA bound to PSS", Rs256, "rsapss2048.public", wrong(Rs256, KeyKind::Rsa, KeyKind::RsaPss)),
        ("a certificate", Es256, "p256.certificate", PemError::Certificate),
    ];
    for (sentence, algorithm, name, error) in rows {
        assert_eq!(
            verifying(algorithm, &test_key(name)),
            Err(error),
            "{sentence}"
        );
    }
}

#[test]
fn numbers_of_rsa() {
    let modulus = |len: usize| {
        let mut modulus = vec![0xc5; len];
        // Not a power of 65537 modulo 11.
        while modulus
            .iter()
            .fold(0, |rest, byte| (rest * 256 + u32::from(*byte)) % 11)
            != 2
        {
            modulus[1] += 1;
        }
        modulus
    };
    let mut odd_size = modulus(256);
    odd_size[0] = 0x7f;
    #[rustfmt::skip]
    let rows = [
        ("exponent 1", modulus(256), vec![1], PemError::RsaExponent),
        ("exponent 2", modulus(256), vec![2], PemError::RsaExponent),
        ("exponent 65536", modulus(256), vec![1, 0, 0], PemError::RsaExponent),
        ("2047 bits", odd_size, vec![1, 0, 1], PemError::RsaSize { bits: 2047 }),
        ("8200 bits", modulus(1025), vec![1, 0, 1], PemError::RsaSize { bits: 8200 }),
        ("an exponent as long as the modulus", modulus(256), modulus(256), PemError::Rejected),
        ("ROCA", power_of_65537(), vec![1, 0, 1], PemError::Roca),
    ];
    for (sentence, modulus, exponent, error) in rows {
        let pem = vectors::rsa_spki_pem(&modulus, &exponent);
        assert_eq!(verifying(Algorithm::Rs256, &pem), Err(error), "{sentence}");
    }
}

/// 65537 to the 128th power has 2049 bits.
fn power_of_65537() -> Vec<u8> {
    let mut little_endian = vec![1_u8];
    for _ in 0..128 {
        let mut carry = 0_u64;
        for byte in &mut little_endian {
            carry += u64::from(*byte) * 65537;
            *byte = carry.to_le_bytes()[0];
            carry >>= 8;
        }
        while carry > 0 {
            little_endian.push(carry.to_le_bytes()[0]);
            carry >>= 8;
        }
    }
    little_endian.reverse();
    little_endian
}

#[test]
fn words() {
    let es256_with_p384 =
        VerifyingKey::from_pem(Algorithm::Es256, test_key("p384.public").as_bytes());
    assert_eq!(
        es256_with_p384.unwrap_err().to_string(),
        "ES256 needs an EC key on P-256, and this is an EC key on P-384; \
         give the other key, or choose the algorithm that belongs to it"
    );
    let short = SigningKey::from_pem(Algorithm::Rs256, test_key("rsa1024.private").as_bytes());
    assert_eq!(
        short.unwrap_err().to_string(),
        "the RSA key has 1024 bits, and 2048 to 8192 are allowed (RFC 7518, section 3.3); \
         make one with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072`"
    );
    let key = SigningKey::from_pem(Algorithm::EdDsa, test_key("ed25519.private").as_bytes());
    assert_eq!(
        format!("{:?}", key.unwrap()),
        "SigningKey(EdDSA, [redacted])"
    );
}
