//! CSRF values that look different each time.
//!
//! Where a page that holds a secret is compressed, and repeats what the request said, its length tells how much of the
//! secret was guessed (BREACH, <https://breachattack.com>). A value that is new on every page has nothing to be guessed.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::random::{RandomError, RandomSource};

/// A random pad, and the value under it.
pub(crate) fn mask(value: &str, random: &dyn RandomSource) -> Result<String, RandomError> {
    let mut bytes = vec![0; value.len()];
    random.fill(&mut bytes)?;
    let covered: Vec<u8> = xor(&bytes, value.as_bytes());
    bytes.extend(covered);
    Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// The value under the mask; `None` when there is no mask.
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

/// The dot is in no value that we make, nor in those of the original.
const PREFIX: &str = "masked.";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{PREFIX, mask, unmask};
    use crate::random::SystemRandom;

    proptest! {
        #[test]
        fn what_is_masked_comes_back(value in ".{0,80}") {
            let masked = mask(&value, &SystemRandom).unwrap();
            prop_assert_eq!(unmask(masked.as_bytes()), Some(value.into_bytes()));
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            prop_assert!(masked.bytes().all(is_plain), "{masked} needs no escaping in a header, a form, or HTML");
        }

        #[test]
        fn two_masks_differ(value in ".{8,80}") {
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
        fn any_bytes_are_taken(sent: Vec<u8>) {
            let _ = unmask(&[PREFIX.as_bytes(), &sent].concat());
            let _ = unmask(&sent);
        }
    }
}
