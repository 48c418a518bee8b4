//! Tests of the secrets of HS256, HS384 and HS512.

use base64::{Engine, prelude::BASE64_STANDARD};
use proptest::prelude::*;

use super::super::{
    Algorithm, KeyError,
    SecretLength::{Rfc7518, Waived},
    SigningKey, VerifyingKey,
};

fn refusal(secret: &[u8]) -> Option<KeyError> {
    let [strict, waived] =
        [Rfc7518, Waived].map(|length| SigningKey::hmac(Algorithm::Hs256, secret, length).err());
    // A key given as a secret is refused at either minimum length.
    assert!(waived.is_none() || strict == waived);
    waived
}

#[test]
fn keys_given_as_secrets() {
    const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys/");
    let read = |name: &str| std::fs::read_to_string(format!("{KEYS}{name}")).unwrap();
    let spki = read("rsa2048.public.pem");
    let base64: String = spki.lines().filter(|line| !line.starts_with('-')).collect();
    let der = |name: &str| {
        let pem = read(name);
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        BASE64_STANDARD.decode(body).unwrap()
    };
    #[rustfmt::skip]
    let rows: Vec<(&str, Vec<u8>, &str)> = vec![
        ("a public key", spki.clone().into(), "PEM"),
        ("a private key", read("p256.private.pem").into(), "PEM"),
        ("a certificate", read("p256.certificate.pem").into(), "PEM"),
        ("behind blanks", format!(" \r\n\t{spki}").into(), "PEM"),
        ("behind a byte order mark", format!("\u{feff}\n{spki}").into(), "PEM"),
        ("behind a comment", format!("Bag Attributes\n{spki}").into(), "PEM"),
        ("with line breaks spelled out", spki.replace('\n', "\\n").into(), "PEM"),
        ("only the label, short", b"-----BEGIN X-----".into(), "PEM"),
        ("an unknown label", b"-----BEGIN SOMETHING OF 2030-----\nAAAA".into(), "PEM"),
        ("SSH2", b"---- BEGIN SSH2 PUBLIC KEY ----\nAAAAB3NzaC1yc2EAAAADAQABAAAB".into(), "PEM"),
        ("RSA, SPKI", der("rsa2048.public.pem"), "DER"),
        ("RSA, PKCS#1", der("rsa2048.pkcs1.public.pem"), "DER"),
        ("RSA, private, PKCS#1", der("rsa2048.pkcs1.private.pem"), "DER"),
        ("RSA, private, PKCS#8", der("rsa2048.private.pem"), "DER"),
        ("P-256, SPKI", der("p256.public.pem"), "DER"),
        ("P-256, private, SEC 1", der("p256.sec1.private.pem"), "DER"),
        ("P-521, SPKI", der("p521.public.pem"), "DER"),
        ("Ed25519, SPKI: 44 bytes", der("ed25519.public.pem"), "DER"),
        ("Ed25519, private: 48 bytes", der("ed25519.private.pem"), "DER"),
        ("a certificate in DER", der("p256.certificate.pem"), "DER"),
        ("a PEM without its first and last line", base64.clone().into(), "base64 of DER"),
        ("the same with its line breaks", spki.lines().filter(|line| !line.starts_with('-')).collect::<Vec<_>>().join("\n").into(), "base64 of DER"),
        ("the same with line breaks spelled out", spki.lines().filter(|line| !line.starts_with('-')).collect::<Vec<_>>().join("\\n").into(), "base64 of DER"),
        ("the same in quotes", format!("\"{base64}\"").into(), "base64 of DER"),
        ("the same in the URL's alphabet, unpadded", base64.replace('+', "-").replace('/', "_").replace('=', "").into(), "base64 of DER"),
        ("a whole PEM in base64", BASE64_STANDARD.encode(&spki).into(), "base64 of PEM"),
        ("OpenSSH behind options", b"no-pty ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7".into(), "OpenSSH"),
        ("OpenSSH, known_hosts", b"host,10.0.0.1 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA".into(), "OpenSSH"),
        ("OpenSSH, the blob alone", b"AAAAC3NzaC1lZDI1NTE5AAAAIPK1mB0UIhXjoyVAdKYbz0mD".into(), "OpenSSH"),
        ("JWK in an array", br#"[{"kty":"RSA","e":"AQAB","n":"sXchDaQebHnPiGvyDOAT4"}]"#.into(), "JWK"),
        ("JWK as a JSON text", br#""{\"kty\":\"oct\",\"k\":\"AAAA\"}""#.into(), "JWK"),
        ("OpenSSH", b"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 me@host".into(), "OpenSSH"),
        ("OpenSSH behind blanks", b"\n ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA".into(), "OpenSSH"),
        ("OpenSSH, P-256", b"ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAy".into(), "OpenSSH"),
        ("OpenSSH, token", b"sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NT".into(), "OpenSSH"),
        ("OpenSSH, DSA", b"ssh-dss AAAAB3NzaC1kc3MAAACBAJ".into(), "OpenSSH"),
        ("JWK", br#"{"kty":"RSA","e":"AQAB","n":"sXchDaQebHnPiGvyDOAT4saGEU"}"#.into(), "JWK"),
        ("JWK, symmetric, behind blanks", b" \n{ \"k\":\"AAAA\", \"kty\":\"oct\" } ".into(), "JWK"),
        ("JWK Set", br#"{"keys":[]}"#.into(), "JWK Set"),
    ];
    for (sentence, secret, format) in rows {
        let error = KeyError::SecretIsKey(format);
        assert_eq!(refusal(&secret), Some(error), "{sentence}");
    }
}

#[test]
fn secrets_that_only_look_strange() {
    let mut like_der = [0x41; 64];
    like_der[..3].copy_from_slice(&[0x30, 62, 0x02]);
    #[rustfmt::skip]
    let rows: &[(&str, &[u8])] = &[
        ("text", b"correct horse battery staple and one more"),
        ("base64", b"3q2+7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ("zeros", &[0; 32]),
        ("bytes that begin like DER", &like_der),
        ("JSON that is no key", br#"{"secret":"correct horse battery staple"}"#),
        ("a token", b"sk-live-0123456789abcdef0123456789abcdef"),
        ("dashes", b"-----correct-horse-battery-staple-----"),
    ];
    for (sentence, secret) in rows {
        assert_eq!(refusal(secret), None, "{sentence}");
    }
}

#[test]
fn lengths() {
    let rows = [
        ("HS256, enough", Algorithm::Hs256, 32, true),
        ("HS256, one less", Algorithm::Hs256, 31, false),
        ("HS384, enough", Algorithm::Hs384, 48, true),
        ("HS384, one less", Algorithm::Hs384, 47, false),
        ("HS512, enough", Algorithm::Hs512, 64, true),
        ("HS512, one less", Algorithm::Hs512, 63, false),
    ];
    for (sentence, algorithm, len, enough) in rows {
        let secret = b"correct horse battery staple ".repeat(3);
        let secret = &secret[..len];
        assert_eq!(
            SigningKey::hmac(algorithm, secret, Rfc7518).is_ok(),
            enough,
            "{sentence}"
        );
        assert_eq!(
            VerifyingKey::hmac(algorithm, secret, Rfc7518).is_ok(),
            enough,
            "{sentence}"
        );
        assert!(
            VerifyingKey::hmac(algorithm, b"s", Waived).is_ok(),
            "{sentence}"
        );
        assert!(
            VerifyingKey::hmac(algorithm, b"", Waived).is_err(),
            "{sentence}"
        );
    }
}

#[test]
fn words() {
    let hs256 = Algorithm::Hs256;
    let rows = [
        (
            SigningKey::hmac(hs256, b"hunter2", Rfc7518),
            "the secret has 7 bytes and HS256 needs at least 32 (RFC 7518, section 3.2); \
             make one with `openssl rand -base64 64`",
        ),
        (
            SigningKey::hmac(hs256, b"", Waived),
            "the secret is empty; make one with `openssl rand -base64 64`",
        ),
        (
            SigningKey::hmac(hs256, b"ssh-rsa AAAA", Waived),
            "the secret is a key (OpenSSH), and any holder of its public half could sign tokens; make one with \
             `openssl rand -base64 64`, or choose the algorithm that belongs to the key",
        ),
        (
            SigningKey::hmac(Algorithm::Es256, &[7; 64], Waived),
            "ES256 signs with a private key, not with a secret; give a PEM, or choose HS256, HS384 or HS512",
        ),
    ];
    for (key, text) in rows {
        assert_eq!(key.unwrap_err().to_string(), text);
    }
    let key = SigningKey::hmac(hs256, &[7; 64], Rfc7518).unwrap();
    assert_eq!(format!("{key:?}"), "SigningKey(HS256, [redacted])");
    let key = key.verifying_key().unwrap();
    assert_eq!(format!("{key:?}"), "VerifyingKey(HS256, [redacted])");
}

proptest! {
    #[test]
    fn random_secrets_are_taken(secret in prop::collection::vec(any::<u8>(), 64..100)) {
        prop_assert_eq!(refusal(&secret), None);
    }

    #[test]
    fn the_guard_never_panics(secret in prop::collection::vec(prop_oneof![Just(0x30), Just(0x82), Just(0), any::<u8>()], 0..60)) {
        let _ = refusal(&secret);
    }
}
