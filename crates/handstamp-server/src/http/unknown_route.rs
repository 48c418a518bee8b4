//! What no route answers: an unknown path, or a method that the route does not have.

use handstamp_axum::{Auth, Error};

pub(super) fn not_found(auth: &Auth) -> Error {
    auth.refuse(404, "not_found", "Nothing is at this path")
}

/// axum adds the header `Allow`.
pub(super) fn method_not_allowed(auth: &Auth) -> Error {
    let message = "The path has other methods: see the header Allow";
    auth.refuse(405, "method_not_allowed", message)
}
