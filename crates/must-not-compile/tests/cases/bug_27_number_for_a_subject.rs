//! A user id that is a number, and a header that chooses the algorithm.

use handstamp_axum::{Auth, NewToken};

fn log_in(auth: &Auth) {
    let _ = auth.create_access_token(5);
    let _ = NewToken::for_subject("5").headers([("alg", "none")]);
}

fn main() {}
