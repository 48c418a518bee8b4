//! Sends the rows' requests, and checks the answers.

use std::fmt::Debug;

use handstamp::SignedToken;
use handstamp::purpose::{Access, Refresh};

use super::checks::Checks;
use super::{App, REJECTION};
use crate::{Reply, Request};

pub(super) struct Suite<S> {
    serve: S,
    checks: Checks,
}

impl<S: AsyncFn(&App, &Request) -> Reply> Suite<S> {
    pub(super) fn new(serve: S) -> Self {
        Self {
            serve,
            checks: Checks::default(),
        }
    }

    /// `Ok` is the body of a 200; `Err` the code of a refusal.
    ///
    /// A row for `/access` is also one for `/layered`: a handler and a layer refuse and accept the
    /// same.
    pub(super) async fn check(
        &mut self,
        row: &str,
        app: &App,
        request: Request,
        expected: Result<&str, &str>,
    ) {
        let layered = request.target().strip_prefix("/access").map(|query| {
            let target = format!("/layered{query}");
            request.clone().to(&target)
        });
        for request in [Some(request), layered].into_iter().flatten() {
            let reply = self.send(app, &request).await;
            let got = match reply.header(REJECTION) {
                Some(code) => Err(code),
                None if reply.status == 200 => Ok(reply.body.as_str()),
                None => Err(reply.body.as_str()),
            };
            let row = format!("{row} ({})", request.target());
            self.equal(&row, "answer", got, expected);
            if expected.is_err() {
                self.equal(&row, "cookies", reply.all("set-cookie").count(), 0);
            }
        }
    }

    pub(super) async fn send(&self, app: &App, request: &Request) -> Reply {
        (self.serve)(app, request).await
    }

    pub(super) fn equal<T: PartialEq<U> + Debug, U: Debug>(
        &mut self,
        row: &str,
        what: &str,
        got: T,
        expected: U,
    ) {
        self.checks.equal(row, what, got, expected);
    }

    pub(super) fn finish(self, name: &str) {
        self.checks.finish(name);
    }
}

pub(super) fn get(target: &str) -> Request {
    Request::new("GET", target)
}

pub(super) fn post(target: &str) -> Request {
    Request::new("POST", target)
}

/// The cookie that carries this token.
pub(super) fn access_cookie(token: &SignedToken<Access>) -> String {
    format!("access_token_cookie={}", token.as_str())
}

/// The cookie that carries this token.
pub(super) fn refresh_cookie(token: &SignedToken<Refresh>) -> String {
    format!("refresh_token_cookie={}", token.as_str())
}

/// The value of the header `Authorization`.
pub(super) fn bearer(token: &SignedToken<Access>) -> String {
    format!("Bearer {}", token.as_str())
}

/// The value of the header `X-CSRF-TOKEN`.
pub(super) fn csrf<P: handstamp::purpose::Purpose>(token: &SignedToken<P>) -> &str {
    token.csrf().unwrap_or_default()
}
