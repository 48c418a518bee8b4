//! The example as a process, and a browser that reads its pages.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a failing test panics"
)]

use std::fmt::Write as _;

use handstamp_conformance::{Jar, Reply, Request, Server};

pub(crate) fn start(settings: &[(&str, &str)]) -> Server {
    let mut all = vec![("JWT_SECRET_KEY", SECRET)];
    all.extend_from_slice(settings);
    Server::start(env!("CARGO_BIN_EXE_html-forms"), &[], &all).expect("the example starts")
}

/// A browser that runs no script.
#[derive(Clone)]
pub(crate) struct Browser<'s> {
    server: &'s Server,
    pub(crate) jar: Jar,
}

impl<'s> Browser<'s> {
    pub(crate) fn new(server: &'s Server) -> Self {
        let jar = Jar::default();
        Self { server, jar }
    }

    pub(crate) fn logged_in(server: &'s Server, user: &str) -> Self {
        let mut browser = Self::new(server);
        let reply = browser.log_in(user, &user.replace("user", "password"), "/posts");
        assert_eq!(reply.status, 303, "{reply:?}");
        browser
    }

    pub(crate) fn get(&mut self, target: &str) -> Reply {
        self.send(Request::new("GET", target))
    }

    pub(crate) fn log_in(&mut self, name: &str, password: &str, next: &str) -> Reply {
        self.post(
            "/log-in",
            &[("name", name), ("password", password), ("next", next)],
        )
    }

    pub(crate) fn post(&mut self, target: &str, fields: &[(&str, &str)]) -> Reply {
        let fields: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", escaped(value)))
            .collect();
        let form = Request::new("POST", target).header("content-type", FORM);
        self.send(form.body(fields.join("&")))
    }

    pub(crate) fn post_file(
        &mut self,
        csrf: &str,
        title: &str,
        (name, content): (&str, &str),
    ) -> Reply {
        let part = |disposition: &str, content: &str| {
            format!("--b\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{content}\r\n")
        };
        let file = format!("name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/plain");
        let body = [
            part("name=\"csrf_token\"", csrf),
            part("name=\"title\"", title),
            part(&file, content),
            "--b--\r\n".to_owned(),
        ];
        let form = Request::new("POST", "/posts");
        let form = form.header("content-type", "multipart/form-data; boundary=b");
        self.send(form.body(body.concat()))
    }

    /// The value in the hidden field of a page that is opened now.
    pub(crate) fn csrf(&mut self) -> String {
        field(&self.get("/posts"), "csrf_token").to_owned()
    }

    fn send(&mut self, request: Request) -> Reply {
        let request = request
            .header("cookie", self.jar.header())
            .header("sec-fetch-site", "same-origin")
            .header("sec-fetch-mode", "navigate");
        let reply = self.server.send(&request);
        self.jar.store(&reply);
        reply
    }
}

/// Where a redirect leads that is followed with GET.
pub(crate) fn goes_to(reply: &Reply) -> &str {
    assert_eq!(reply.status, 303, "{reply:?}");
    reply.header("location").unwrap()
}

/// The value of a field of the page's first form that has one.
pub(crate) fn field<'r>(reply: &'r Reply, name: &str) -> &'r str {
    let (_, after) = reply
        .body
        .split_once(&format!("name=\"{name}\" value=\""))
        .expect("there is one");
    after.split('"').next().unwrap()
}

/// What the page says that went wrong.
pub(crate) fn problem(reply: &Reply) -> &str {
    let (_, after) = reply
        .body
        .split_once("role=\"alert\">")
        .expect("there is one");
    after.split('<').next().unwrap()
}

/// As a form or an address has it.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        write!(escaped, "%{byte:02x}").unwrap();
    }
    escaped
}

pub(crate) const SECRET: &str = "a secret of the tests, longer than thirty-two bytes";

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
