//! A refresh token does not go into the access cookie, nor the other way round.

use handstamp_axum::handstamp::purpose::{Access, Refresh};
use handstamp_axum::{Auth, SignedToken};

fn login(auth: &Auth, access: &SignedToken<Access>, refresh: &SignedToken<Refresh>) {
    let _ = auth.set_access_cookies(refresh);
    let _ = auth.set_refresh_cookies(access);
}

fn main() {}
