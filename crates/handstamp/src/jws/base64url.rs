//! base64url without padding (RFC 7515, section 2), by the vector instructions of the processor
//! where it has some.

use base64::Engine as _;

/// Appends the encoded bytes. Returns `None` only if the length of the text overflows.
pub(super) fn encode(bytes: &[u8], text: &mut Vec<u8>) -> Option<()> {
    let start = text.len();
    text.resize(start + base64::encoded_len(bytes.len(), false)?, 0);
    engine().encode_slice(bytes, text.get_mut(start..)?).ok()?;
    Some(())
}

/// Decodes canonical base64url: unused bits must be zero (RFC 4648, section 3.5).
pub(super) fn decode(segment: &[u8]) -> Option<Vec<u8>> {
    // Longer than the bytes. An allocator that is asked for zeroed memory may take a slower path.
    let mut bytes = Vec::with_capacity(segment.len());
    engine().decode_vec(segment, &mut bytes).ok()?;
    Some(bytes)
}

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn engine() -> &'static base64::engine::Simd {
    use std::sync::LazyLock;

    use base64::engine::{Simd, general_purpose::NO_PAD};

    static ENGINE: LazyLock<Simd> = LazyLock::new(|| Simd::url_safe(NO_PAD));
    &ENGINE
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn engine() -> &'static base64::engine::GeneralPurpose {
    &base64::prelude::BASE64_URL_SAFE_NO_PAD
}
