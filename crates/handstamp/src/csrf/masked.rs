//! Masks a CSRF value so that it differs on every page, and removes the mask.
//!
//! If a page that contains a secret is compressed and echoes part of the request, its length
//! reveals how much of the secret an attacker guessed ([BREACH](https://breachattack.com)). A value
//! that differs in every response cannot be guessed so. A mask hides nothing from a reader of the
//! page, and proves nothing: the unmasked value is compared as if it had been sent plain.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::random::{RandomError, RandomSource};

/// Returns a random pad, followed by the exclusive or of pad and value, in base64url.
pub(crate) fn mask(value: &str, random: &dyn RandomSource) -> Result<String, RandomError> {
    let mut bytes = vec![0; value.len()];
    random.fill(&mut bytes)?;
    let covered: Vec<u8> = xor(&bytes, value.as_bytes());
    bytes.extend(covered);
    Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// Returns the value under the mask, or `None` if `sent` is not masked.
pub(super) fn unmask(sent: &[u8]) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD
        .decode(sent.strip_prefix(PREFIX.as_bytes())?)
        .ok()?;
    let (pad, covered) = bytes.split_at_checked(bytes.len() / 2)?;
    (pad.len() == covered.len()).then(|| xor(pad, covered))
}

fn xor(one: &[u8], other: &[u8]) -> Vec<u8> {
    one.iter().zip(other).map(|(a, b)| a ^ b).collect()
}

/// Contains a dot, which no CSRF value of handstamp or AuthX does.
const PREFIX: &str = "masked.";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{PREFIX, mask, unmask};
    use crate::random::SystemRandom;

    proptest! {
        #[test]
        fn the_value_comes_back_from_under_its_mask(value in ".{0,80}") {
            let masked = mask(&value, &SystemRandom).unwrap();
            prop_assert_eq!(unmask(masked.as_bytes()), Some(value.into_bytes()));
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            prop_assert!(masked.bytes().all(is_plain), "{masked} needs no escaping in a header, a form, or HTML");
        }

        #[test]
        fn two_masks_of_a_value_differ(value in ".{8,80}") {
            let [one, other] = [(); 2].map(|()| mask(&value, &SystemRandom).unwrap());
            prop_assert_ne!(one, other);
        }

        #[test]
        fn a_changed_byte_gives_another_value(value in ".{1,80}", at: prop::sample::Index, byte: u8) {
            let mut masked = mask(&value, &SystemRandom).unwrap().into_bytes();
            let at = at.index(masked.len());
            prop_assume!(masked[at] != byte);
            masked[at] = byte;
            prop_assert_ne!(unmask(&masked), Some(value.into_bytes()));
        }

        #[test]
        fn no_input_panics(sent: Vec<u8>) {
            let _ = unmask(&[PREFIX.as_bytes(), &sent].concat());
            let _ = unmask(&sent);
        }
    }
}
