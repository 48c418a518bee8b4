//! The state finds the user of a token: one that does not know how is no state for `Current`.

use axum::extract::{FromRef, FromRequestParts};
use handstamp_axum::{Auth, Current};

struct User;

#[derive(Clone)]
struct App {
    auth: Auth,
}

impl FromRef<App> for Auth {
    fn from_ref(app: &App) -> Self {
        app.auth.clone()
    }
}

fn extracts<T: FromRequestParts<S>, S>() {}

fn main() {
    extracts::<Current<User>, App>();
}
