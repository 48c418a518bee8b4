//! A refresh token opens no route that asks for an access token.

use handstamp_axum::{Access, Refresh};

fn open(_: Access) {}

fn handler(token: Refresh) {
    open(token);
}

fn main() {}
