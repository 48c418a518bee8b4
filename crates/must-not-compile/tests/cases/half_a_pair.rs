//! All four cookies are those of a log-in or a refresh, not of one token.

use handstamp_axum::handstamp::purpose::Access;
use handstamp_axum::{Auth, SignedToken};

fn login(auth: &Auth, access: &SignedToken<Access>) {
    let _ = auth.set_cookies(access);
}

fn main() {}
