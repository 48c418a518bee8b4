//! What a layer for refresh tokens let in is not read as an access token.

use handstamp_axum::handstamp::Authenticated;
use handstamp_axum::handstamp::purpose::{Access, Refresh};

fn handler(token: &Authenticated<Refresh>) -> &Authenticated<Access> {
    token
}

fn main() {}
