//! Tests of tokens that were changed, truncated or forged.

use proptest::prelude::*;

#[cfg(feature = "asymmetric")]
use super::pem;
use super::{KeySet, hmac, id, set_of, token};
use crate::jws::Algorithm;

/// One set for each algorithm, with and without a key id.
fn sets_to_attack() -> Vec<KeySet> {
    vec![
        set_of(hmac(Algorithm::Hs256, 1), None),
        set_of(hmac(Algorithm::Hs512, 1), id("2026-01")),
        #[cfg(feature = "asymmetric")]
        set_of(pem::signing_key(Algorithm::Es256), None),
        #[cfg(feature = "asymmetric")]
        set_of(pem::signing_key(Algorithm::EdDsa), id("k")),
        #[cfg(feature = "asymmetric")]
        set_of(pem::signing_key(Algorithm::Rs256), None),
    ]
}

#[test]
fn every_bit_counts() {
    for keys in sets_to_attack() {
        let token = keys.sign(br#"{"sub":"alice"}"#).unwrap();
        for at in 0..token.len() {
            for bit in 0..8 {
                let mut changed = token.clone().into_bytes();
                changed[at] ^= 1 << bit;
                assert!(
                    keys.verify(&changed).is_err(),
                    "byte {at}, bit {bit}: {keys:?}"
                );
            }
            assert!(
                keys.verify(&token.as_bytes()[..at]).is_err(),
                "cut at {at}: {keys:?}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn one_change_is_too_many(payload in prop::collection::vec(any::<u8>(), 0..200), at: prop::sample::Index, byte: u8) {
        for keys in sets_to_attack() {
            let token = keys.sign(&payload).unwrap();
            let verified = keys.verify(token.as_bytes());
            prop_assert_eq!(verified.as_deref(), Ok(payload.as_slice()));
            let at = at.index(token.len());

            let mut changed = token.clone().into_bytes();
            changed[at] = byte;
            prop_assert_eq!(keys.verify(&changed).is_ok(), changed == token.as_bytes());
            let mut removed = token.clone().into_bytes();
            removed.remove(at);
            prop_assert!(keys.verify(&removed).is_err());
            let mut inserted = token.clone().into_bytes();
            inserted.insert(at, byte);
            prop_assert!(keys.verify(&inserted).is_err());
            inserted = token.into_bytes();
            inserted.push(byte);
            prop_assert!(keys.verify(&inserted).is_err());
        }
    }

    #[test]
    fn no_bytes_panic(token in prop::collection::vec(prop_oneof![Just(b'.'), Just(b'e'), any::<u8>()], 0..300)) {
        for keys in sets_to_attack() {
            prop_assert!(keys.verify(&token).is_err());
        }
    }

    #[test]
    fn the_fast_path_says_what_the_slow_path_says(kid in prop::option::of("[a-c]{1,2}"), own in prop::option::of("[a-c]{1,2}"), signer in 1_u8..3) {
        let keys = set_of(hmac(Algorithm::Hs256, 1), own.as_deref().and_then(id));
        let key = hmac(Algorithm::Hs256, signer);
        let kid = kid.map_or(String::new(), |kid| format!(r#","kid":"{kid}""#));
        let [fast, slow] = [
            format!(r#"{{"alg":"HS256","typ":"JWT"{kid}}}"#),
            format!(r#"{{"typ":"JWT","alg":"HS256"{kid}}}"#),
        ]
        .map(|header| keys.verify(token(&key, &header).as_bytes()));
        prop_assert_eq!(fast, slow);
    }
}
