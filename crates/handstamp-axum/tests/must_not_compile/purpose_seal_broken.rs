//! Nor does it break the seal.

use handstamp_axum::core::purpose::sealed::Sealed;

fn main() {}
