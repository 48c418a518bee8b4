//! The example as a process, and a browser that talks to it.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "each test uses some of it; a failing test panics"
)]

use handstamp_conformance::{Jar, Reply, Request, Server};
use serde_json::{Value, json};

pub(crate) const SECRET: &str = "a secret of the tests, longer than thirty-two bytes";

/// Starts the example on a store, with a grace window of one second.
pub(crate) fn start(store: &str) -> Server {
    start_with(store, &[])
}

pub(crate) fn start_with(store: &str, settings: &[(&str, &str)]) -> Server {
    let mut all = vec![
        ("JWT_SECRET_KEY", SECRET),
        ("HANDSTAMP_REFRESH_GRACE", "1"),
        ("STORE", store),
    ];
    all.extend_from_slice(settings);
    Server::start(env!("CARGO_BIN_EXE_sessions"), &[], &all).expect("the example starts")
}

/// A browser with one cookie jar.
#[derive(Clone, Default)]
pub(crate) struct Browser(pub(crate) Jar);

impl Browser {
    /// Logs user1 in.
    pub(crate) fn logged_in(node: &Server, device: &str) -> Self {
        let mut browser = Self::default();
        let reply = browser.log_in(node, device);
        assert_eq!(reply.status, 200, "{reply:?}");
        browser
    }

    pub(crate) fn log_in(&mut self, node: &Server, device: &str) -> Reply {
        let form = json!({"username": "user1", "password": "password1", "device": device});
        let reply = node.send(&self.request("POST", "/login").json(&form));
        self.0.store(&reply);
        reply
    }

    /// A request with the cookies, and the CSRF value if it is no GET.
    pub(crate) fn request(&self, method: &str, target: &str) -> Request {
        let request = Request::new(method, target).header("cookie", self.0.header());
        match self.0.get("csrf_access_token") {
            Some(csrf) if method != "GET" => request.header("x-csrf-token", csrf),
            _ => request,
        }
    }

    pub(crate) fn get(&self, node: &Server, target: &str) -> Reply {
        node.send(&self.request("GET", target))
    }

    pub(crate) fn post(&mut self, node: &Server, target: &str) -> Reply {
        let reply = node.send(&self.request("POST", target));
        self.0.store(&reply);
        reply
    }

    /// Of the refresh token in the jar.
    pub(crate) fn refresh_claims(&self) -> Value {
        claims(self.0.get("refresh_token_cookie").expect("there is one"))
    }
}

/// What a token says.
pub(crate) fn claims(token: &str) -> Value {
    handstamp_conformance::peek(token)
}

/// The code of a refusal.
pub(crate) fn code(reply: &Reply) -> String {
    assert_eq!(reply.header("set-cookie"), None, "a refusal sets no cookie");
    reply.json()["code"].as_str().unwrap_or_default().to_owned()
}
