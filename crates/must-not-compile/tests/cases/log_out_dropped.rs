//! A log-out that is not given to `log_out`, or whose cookies are not sent, is a warning, denied.

#![deny(unused_must_use)]

use handstamp_axum::{Auth, Error, Head, LogOut};

fn checked(auth: &Auth, head: &Head<'_>) -> Result<(), Error> {
    auth.authenticate_log_out(head)?;
    Ok(())
}

fn extracted(extract: impl Fn() -> LogOut) {
    extract();
}

async fn not_awaited(auth: &Auth, log_out: LogOut) {
    auth.log_out(log_out);
}

async fn cookies_left(auth: &Auth, log_out: LogOut) -> Result<(), Error> {
    auth.log_out(log_out).await?;
    Ok(())
}

fn main() {}
