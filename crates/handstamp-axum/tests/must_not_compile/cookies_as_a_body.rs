//! `SetCookies` is a part, not a body: as the last of a tuple it would be put in first.

use axum::response::{IntoResponse, Response};
use handstamp_axum::Auth;

fn log_out(auth: &Auth) -> Response {
    auth.unset_cookies().into_response()
}

fn main() {}
