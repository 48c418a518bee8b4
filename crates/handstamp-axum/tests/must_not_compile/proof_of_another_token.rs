//! The proofs on the way to `Authenticated` have no name outside, so none is paired with another token.

use handstamp_axum::handstamp::csrf::token::CsrfCleared;
use handstamp_axum::handstamp::verify::Verified;

fn main() {}
