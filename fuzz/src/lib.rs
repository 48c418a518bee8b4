//! What must hold for any input, past the signature: every target signs what it was given with a
//! key it knows.
//!
//! A target takes bytes and panics if its property does not hold. Otherwise it tells whether the
//! library accepted them, so that a harness sees that both happen. `fuzz_targets/` hands the
//! targets to libFuzzer, `src/bin/stable.rs` runs them without it.

#![forbid(unsafe_code)]

mod peer;

pub mod claims;
pub mod compact_jws;
pub mod cookie_header;
pub mod multipart;

/// A target's name, which is also that of its folder in `corpus/`, and its property.
pub type Target = (&'static str, fn(&[u8]) -> bool);

/// All targets.
pub const TARGETS: [Target; 4] = [
    ("claims", claims::check),
    ("compact_jws", compact_jws::check),
    ("cookie_header", cookie_header::check),
    ("multipart", multipart::check),
];
