//! Judges a service by its own description: a request with all that an operation names passes, and
//! one that lacks any of it, or has it forged, is refused as is described.

pub(crate) mod document;
pub(crate) mod pages;
pub(crate) mod refusals;
mod visitor;

use handstamp_conformance::{Reply, Server};

use self::document::{Operation, Scheme};
use self::visitor::Visitor;

pub(crate) fn start(program: &str) -> Server {
    start_with(program, "100000")
}

fn start_with(program: &str, log_ins_per_minute: &str) -> Server {
    let settings = [
        (
            "JWT_SECRET_KEY",
            "a secret of the tests, longer than thirty-two bytes",
        ),
        ("LOG_INS_PER_MINUTE", log_ins_per_minute),
    ];
    Server::start(program, &[], &settings).unwrap()
}

/// Sends to each operation a request with all that it names, and then requests without one part of
/// it in turn. Prints how many.
pub(crate) fn judge(adapter: &str, program: &str) {
    let server = start(program);
    let document = document::read(&server);
    let operations = document::operations(&document);
    let mut judged = Judged::default();
    for operation in &operations {
        for alternative in &operation.alternatives {
            judged.with_all(&server, operation, alternative);
            judged.without_each(&server, operation, alternative);
        }
        judged.anonymous(&server, operation);
        judged.unnamed(&server, operation);
    }
    let Judged {
        passed,
        refused,
        anonymous,
    } = judged;
    println!(
        "\n{} operations: {passed} requests with all that is named pass, {refused} that lack a \
         part are refused, {anonymous} without a token pass where that is described",
        operations.len()
    );
    let checks = passed + refused + anonymous;
    println!("description suite: {adapter}: {checks} checks passed");
    assert!(operations.len() >= 15 && passed >= 20 && refused >= 60);
}

#[derive(Debug, Default)]
struct Judged {
    passed: usize,
    refused: usize,
    anonymous: usize,
}

pub(crate) type Alternative = [(Scheme, Vec<String>)];

impl Judged {
    fn with_all(&mut self, server: &Server, operation: &Operation, alternative: &Alternative) {
        let visitor = Visitor::of(server, operation, alternative);
        let reply = server.send(&visitor.request(operation, alternative, None));
        self.passes(operation, &reply);
    }

    /// Each of the schemes is left out, then forged; then each scope is missing.
    fn without_each(&mut self, server: &Server, operation: &Operation, alternative: &Alternative) {
        for (place, (scheme, scopes_of)) in alternative.iter().enumerate() {
            let visitor = Visitor::of(server, operation, alternative);
            let mut rest = alternative.to_vec();
            rest.remove(place);
            let reply = server.send(&visitor.request(operation, &rest, None));
            let is_token = !matches!(scheme, Scheme::Header(_));
            if is_token && operation.allows_anonymous() {
                // Without the token no user is logged in, which the operation allows.
                self.passes_anonymously(operation, &reply);
            } else {
                self.refuses(operation, &reply, &format!("without {scheme:?}"));
            }
            let visitor = Visitor::of(server, operation, alternative);
            let forged = visitor.request(operation, alternative, Some(scheme));
            let reply = server.send(&forged);
            if operation.path == "/logout" && is_token {
                // A token that is none is deleted all the same.
                self.passes_anonymously(operation, &reply);
            } else {
                self.refuses(operation, &reply, &format!("with a forged {scheme:?}"));
            }
            for scope in scopes_of {
                let visitor = Visitor::without_scope(server, scope);
                let reply = server.send(&visitor.request(operation, alternative, None));
                assert_eq!(reply.json()["code"], "insufficient_scope", "{operation:?}");
                self.refuses(operation, &reply, &format!("without the scope {scope}"));
            }
        }
    }

    fn anonymous(&mut self, server: &Server, operation: &Operation) {
        let visitor = Visitor::of(server, operation, &[]);
        let reply = server.send(&visitor.request(operation, &[], None));
        if operation.allows_anonymous() {
            self.passes_anonymously(operation, &reply);
        } else {
            self.refuses(operation, &reply, "without anything");
        }
    }

    /// What no scheme of OpenAPI can name, and the codes do: where a request comes from, and
    /// whether the password was given just now.
    fn unnamed(&mut self, server: &Server, operation: &Operation) {
        let all = operation
            .alternatives
            .first()
            .map_or(&[][..], Vec::as_slice);
        if operation.codes(403).contains(&"cross_site_request") {
            // With the CSRF value a log-out may come from anywhere.
            let all = if operation.allows_anonymous() {
                &[]
            } else {
                all
            };
            let visitor = Visitor::of(server, operation, all);
            let request = visitor.request(operation, all, None);
            let reply = server.send(&request.header("sec-fetch-site", "cross-site"));
            self.refuses(operation, &reply, "from another site");
        }
        if operation.codes(401).contains(&"fresh_token_required") {
            let visitor = Visitor::of(server, operation, all).refreshed(server);
            let reply = server.send(&visitor.request(operation, all, None));
            assert_eq!(reply.json()["code"], "fresh_token_required");
            self.refuses(operation, &reply, "with a token that was refreshed");
        }
    }

    /// It succeeds; of the sessions it is asked for one that is not there.
    fn passes(&mut self, operation: &Operation, reply: &Reply) {
        let is_there = !operation.path.contains("{session_id}");
        let passes = if is_there {
            matches!(reply.status, 200..300)
        } else {
            reply.status == 404
        };
        assert!(passes, "{operation:?} does not pass: {reply:?}");
        assert!(
            operation.has_response(reply.status),
            "{operation:?}: {reply:?}"
        );
        self.passed += 1;
    }

    fn passes_anonymously(&mut self, operation: &Operation, reply: &Reply) {
        self.passes(operation, reply);
        self.passed -= 1;
        self.anonymous += 1;
    }

    fn refuses(&mut self, operation: &Operation, reply: &Reply, without: &str) {
        let what = format!("{} {} {without}", operation.method, operation.path);
        assert!(matches!(reply.status, 401 | 403), "{what}: {reply:?}");
        let code = reply.json()["code"].as_str().unwrap_or_default().to_owned();
        let described = operation.codes(reply.status);
        assert!(
            described.contains(&&*code),
            "{what}: {code} is not described"
        );
        assert_eq!(
            reply.header("content-type"),
            Some("application/problem+json")
        );
        self.refused += 1;
    }
}
