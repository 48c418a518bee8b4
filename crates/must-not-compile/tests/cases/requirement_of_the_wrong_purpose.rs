//! A layer for refresh tokens is not one for access tokens.

use handstamp_axum::handstamp::purpose::Access;
use handstamp_axum::{Auth, Require, RequireLayer};

fn layer(auth: &Auth) -> RequireLayer<Access> {
    auth.require(Require::refresh())
}

fn main() {}
