//! An extractor verifies with the `Auth` of the state: a state without one is no state for it.

use axum::extract::FromRequestParts;
use handstamp_axum::Access;

#[derive(Clone)]
struct Database;

fn extracts<T: FromRequestParts<S>, S>() {}

fn main() {
    extracts::<Access, Database>();
}
