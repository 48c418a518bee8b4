//! Nor does it break the seal.

use handstamp_axum::handstamp::purpose::sealed::Sealed;

fn main() {}
