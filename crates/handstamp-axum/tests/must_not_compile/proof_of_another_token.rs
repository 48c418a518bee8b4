//! The proofs on the way to `Authenticated` have no name outside, so none is paired with another token.

use handstamp_axum::handstamp::authenticate::CsrfCleared;
use handstamp_axum::handstamp::authenticate::verify::Verified;

fn main() {}
