//! Requests that no browser sends. None may get a 5xx or end the process, and the next request must
//! succeed.

mod bodies;
mod cookies;
mod framing;
mod headers;
mod targets;
mod tokens;

use serde_json::{Value, json};

use crate::forge::{Signature, forge, peek};
use crate::http::{Jar, Request};
use crate::server::Server;

/// Sends every case to a server with the routes of the complete example, started with `secret` as
/// `JWT_SECRET_KEY` and `cookies,headers,query` as `JWT_TOKEN_LOCATION`.
pub fn endures_hostile_requests(server: &mut Server, secret: &str) {
    let visitor = Visitor::log_in(server, secret);
    let mut failures = Vec::new();
    let groups = [
        headers::bytes_in_headers,
        headers::bytes_in_the_csrf_header,
        cookies::cookies,
        tokens::tokens,
        tokens::claims,
        bodies::bodies,
        targets::targets,
        targets::methods,
        framing::framing,
    ];
    for row in groups.iter().flat_map(|group| group(&visitor)) {
        let seen = server
            .send_raw(&row.request)
            .map_or(0, |reply| reply.status);
        let is_too_large = seen == 431 && row.request.len() > LARGEST_HEAD;
        if !row.expected.contains(&seen) && !is_too_large {
            failures.push(format!("{}: {seen}, not {:?}", row.name, row.expected));
        }
        assert!(server.is_alive(), "{}: the process ended", row.name);
        let next = server.send(&visitor.protected()).status;
        assert_eq!(next, 200, "after {}", row.name);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));

    bodies::bodies_that_never_end(server, &visitor);
}

/// A user with a valid log-in, for requests that are almost valid.
pub(crate) struct Visitor {
    pub(crate) access: String,
    pub(crate) csrf: String,
    secret: String,
}

impl Visitor {
    pub(crate) fn log_in(server: &Server, secret: &str) -> Self {
        let credentials = json!({"username": "user1", "password": "password1"});
        let reply = server.send(&Request::new("POST", "/login").json(&credentials));
        assert_eq!(reply.status, 200, "log in: {reply:?}");
        let mut jar = Jar::default();
        jar.store(&reply);
        let value = |name| jar.get(name).expect("a log-in sets all cookies").to_owned();
        Self {
            access: value("access_token_cookie"),
            csrf: value("csrf_access_token"),
            secret: secret.to_owned(),
        }
    }

    pub(crate) fn cookie(&self) -> String {
        format!("access_token_cookie={}", self.access)
    }

    pub(crate) fn protected(&self) -> Request {
        Request::new("GET", "/protected").header("cookie", self.cookie())
    }

    fn posting(&self) -> Request {
        Request::new("POST", "/posts").header("cookie", self.cookie())
    }

    fn signed(&self, header: &str, claims: &str) -> String {
        forge(header, claims, Signature::Hs256(&self.secret))
    }

    /// Returns the claims of the log-in as text, with one changed or added.
    fn claims_with(&self, name: &str, value: &str) -> String {
        let Value::Object(claims) = peek(&self.access) else {
            return String::new();
        };
        let mut members: Vec<String> = claims
            .iter()
            .filter(|(have, _)| have.as_str() != name)
            .map(|(have, value)| format!("{}:{value}", json!(have)))
            .collect();
        members.push(format!("{}:{value}", json!(name)));
        format!("{{{}}}", members.join(","))
    }
}

/// The size that every server reads. Some respond with 431 to more.
const LARGEST_HEAD: usize = 100 * 1024;

struct Row {
    name: String,
    request: Vec<u8>,
    /// Statuses; 0: the connection was closed without a response.
    expected: &'static [u16],
}

fn row(name: impl Into<String>, request: impl Into<Vec<u8>>, expected: &'static [u16]) -> Row {
    let (name, request) = (name.into(), request.into());
    Row {
        name,
        request,
        expected,
    }
}
