//! There are two purposes, and no application adds a third.

use handstamp_axum::handstamp::purpose::Purpose;

#[derive(Debug, Clone, Copy)]
struct Superuser;

impl Purpose for Superuser {}

fn main() {}
