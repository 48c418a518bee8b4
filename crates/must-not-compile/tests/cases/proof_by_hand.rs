//! A proof is not made by hand, nor put into an extractor.

use handstamp_axum::Access;
use handstamp_axum::handstamp::Authenticated;
use handstamp_axum::handstamp::purpose;

fn forged() -> Authenticated<purpose::Access> {
    Authenticated {}
}

fn extracted(token: Authenticated<purpose::Access>) -> Access {
    Access(token.into())
}

fn main() {}
