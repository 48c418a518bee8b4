//! Only access tokens are fresh or carry scopes that a route asks for.

use handstamp_axum::Require;

fn main() {
    let _ = Require::refresh().fresh();
    let _ = Require::refresh().any_scope(["users:read"]);
}
