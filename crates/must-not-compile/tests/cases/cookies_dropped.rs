//! Cookies that are not part of the response are not set: a warning, denied here.

#![deny(unused_must_use)]

use handstamp_axum::{Auth, Error};

fn log_in(auth: &Auth) -> Result<(), Error> {
    let token = auth.create_access_token("user1")?;
    auth.set_access_cookies(&token)?;
    auth.set_access_cookies(&token)?.session();
    Ok(())
}

fn log_out(auth: &Auth) {
    auth.unset_cookies();
}

fn main() {}
