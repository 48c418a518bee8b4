//! Connections that send nothing keep no user out.

use std::time::Duration;

use handstamp_conformance::{Request, outlasts_idle_connections};
use serde_json::json;

#[test]
fn idle_connections_keep_no_user_out() {
    let settings = [("JWT_SECRET_KEY", "a secret of at least thirty-two bytes")];
    let credentials = json!({"username": "user1", "password": "password1"});
    outlasts_idle_connections(
        env!("CARGO_BIN_EXE_complete"),
        &settings,
        &Request::new("POST", "/login").json(&credentials),
        Duration::from_secs(3),
    );
}
