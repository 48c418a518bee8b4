//! A log-in works whatever cookies the browser still has.

use handstamp_conformance::{Jar, Request, Server, logs_in_with_old_cookies};
use serde_json::json;

const SECRET: &str = "a secret of the tests, longer than thirty-two bytes";

#[test]
fn old_cookies_hinder_no_log_in() {
    let settings = [("JWT_SECRET_KEY", SECRET)];
    let server = Server::start(env!("CARGO_BIN_EXE_complete"), &[], &settings).unwrap();
    let form = json!({"username": "user1", "password": "password1"});
    let log_in = Request::new("POST", "/login").json(&form);
    let none = Jar::default();
    logs_in_with_old_cookies(&server, SECRET, None, &log_in, &none, |_, jar| {
        let protected = Request::new("GET", "/protected").header("cookie", jar.header());
        server.send(&protected).json()["username"] == "user1"
    });
}
