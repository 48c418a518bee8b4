//! Someone who is logged in, and requests with all that an operation names, or not.

use handstamp_conformance::{Jar, Request, Server};
use serde_json::{Value, json};

use super::Alternative;
use super::document::{Operation, Scheme};

/// The users of the example, each with its scopes. The last has them all.
const USERS: [(&str, &[&str]); 3] = [
    ("reader", &[]),
    ("author", &["posts:write"]),
    ("moderator", &["posts:write", "posts:moderate"]),
];

pub(crate) struct Visitor {
    jar: Jar,
    /// A post of this visitor.
    post: Option<u64>,
}

impl Visitor {
    /// Logs a user in who has the scopes that are named, and no more than need be. Who is to delete
    /// a post has written one.
    pub(crate) fn of(server: &Server, operation: &Operation, named: &Alternative) -> Self {
        let mut scopes: Vec<&str> = named
            .iter()
            .flat_map(|(_, scopes)| scopes)
            .map(String::as_str)
            .collect();
        if operation.path.contains("{id}") {
            scopes.push("posts:write");
        }
        let has_all = |has: &[&str]| scopes.iter().all(|scope| has.contains(scope));
        let mut users = USERS.iter();
        let user = users.find(|(_, has)| has_all(has));
        let (name, _) = user.unwrap_or_else(|| panic!("no user of the example has {scopes:?}"));
        Self::logged_in(server, name)
    }

    /// Logs a user in who has all scopes but this one, as far as there is one.
    pub(crate) fn without_scope(server: &Server, scope: &str) -> Self {
        let mut users = USERS.iter().rev();
        let user = users.find(|(_, has)| !has.contains(&scope));
        Self::logged_in(server, user.unwrap().0)
    }

    fn logged_in(server: &Server, name: &str) -> Self {
        let mut visitor = Self {
            jar: Jar::default(),
            post: None,
        };
        let reply = server.send(&Request::new("POST", "/login").json(&credentials(name)));
        assert_eq!(reply.status, 200, "{reply:?}");
        visitor.jar.store(&reply);
        if name != "reader" {
            let create = Request::new("POST", "/posts").json(&json!({"text": "Mine"}));
            let create = create.header("cookie", visitor.jar.header());
            let csrf = visitor.jar.get("csrf_access_token").unwrap();
            let reply = server.send(&create.header("x-csrf-token", csrf));
            assert_eq!(reply.status, 201, "{reply:?}");
            visitor.post = reply.json()["id"].as_u64();
        }
        visitor
    }

    /// Exchanges the tokens.
    pub(crate) fn refreshed(mut self, server: &Server) -> Self {
        let refresh = Request::new("POST", "/refresh").header("cookie", self.jar.header());
        let csrf = self.jar.get("csrf_refresh_token").unwrap();
        let reply = server.send(&refresh.header("x-csrf-token", csrf));
        assert_eq!(reply.status, 200, "{reply:?}");
        self.jar.store(&reply);
        self
    }

    /// Returns a request with these, of which one may be forged.
    pub(crate) fn request(
        &self,
        operation: &Operation,
        schemes: &Alternative,
        forged: Option<&Scheme>,
    ) -> Request {
        let post = self.post.unwrap_or_default().to_string();
        let path = operation.path.replace("{id}", &post);
        let path = path.replace("{session_id}", "another");
        assert!(!path.contains('{'), "fill in what {path} asks for");
        let request = Request::new(&operation.method, &path);
        let mut request = match operation.body.as_deref() {
            Some("NewPost") => request.json(&json!({"text": "Hello"})),
            Some("Credentials") => request.json(&credentials("author")),
            Some(body) => panic!("write down a {body}"),
            None => request,
        };
        for (scheme, _) in schemes {
            let value = self.value(operation, schemes, scheme);
            let value = if Some(scheme) == forged {
                forge(&value)
            } else {
                value
            };
            request = match scheme {
                Scheme::Cookie(name) => request.header("cookie", format!("{name}={value}")),
                Scheme::Header(name) => request.header(name, value),
                Scheme::Bearer => request.header("authorization", format!("Bearer {value}")),
            };
        }
        request
    }

    fn value(&self, operation: &Operation, schemes: &Alternative, scheme: &Scheme) -> String {
        let names = |all: &Alternative| {
            let refresh = Scheme::Cookie("refresh_token_cookie".to_owned());
            all.iter().any(|(scheme, _)| *scheme == refresh)
        };
        // The scheme of a header does not say which of the two tokens it is for: that a cookie next
        // to it says, or that of another alternative.
        let takes_access = operation
            .alternatives
            .iter()
            .any(|all| !names(all) && all.len() > 1);
        let cookie = match scheme {
            Scheme::Cookie(name) => name,
            Scheme::Bearer if operation.path == "/refresh" => "refresh_token_cookie",
            Scheme::Bearer => "access_token_cookie",
            Scheme::Header(_) if names(schemes) || !takes_access => "csrf_refresh_token",
            Scheme::Header(_) => "csrf_access_token",
        };
        let value = self.jar.get(cookie);
        value
            .unwrap_or_else(|| panic!("no cookie {cookie}"))
            .to_owned()
    }
}

fn credentials(name: &str) -> Value {
    json!({"username": name, "password": format!("{name}-password")})
}

/// Changes a character in the middle: of a token in its claims, of a CSRF value anywhere.
fn forge(value: &str) -> String {
    let (before, after) = value.split_at(value.len() / 2);
    let (first, rest) = after.split_at(1);
    let other = if first == "A" { "B" } else { "A" };
    [before, other, rest].concat()
}
