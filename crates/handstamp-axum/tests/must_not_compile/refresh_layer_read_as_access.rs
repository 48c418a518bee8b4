//! What a layer for refresh tokens let in is not read as an access token.

use handstamp_axum::core::Authenticated;
use handstamp_axum::core::purpose::{Access, Refresh};

fn handler(token: &Authenticated<Refresh>) -> &Authenticated<Access> {
    token
}

fn main() {}
