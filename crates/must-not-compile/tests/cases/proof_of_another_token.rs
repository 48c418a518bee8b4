//! The proofs on the way to `Authenticated` have no public name, so none is paired with another.

use handstamp_axum::handstamp::authenticate::CsrfCleared;
use handstamp_axum::handstamp::authenticate::verify::Verified;

fn main() {}
