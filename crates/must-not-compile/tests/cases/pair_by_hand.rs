//! Nor of two tokens that were put together: they might be of two sessions.

use handstamp_axum::handstamp::purpose::{Access, Refresh};
use handstamp_axum::{SignedToken, TokenPair};

fn put_together(access: SignedToken<Access>, refresh: SignedToken<Refresh>) -> TokenPair {
    TokenPair { access, refresh }
}

fn main() {}
