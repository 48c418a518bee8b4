//! Cases of layers and handlers that ask an authorizer: a token is verified first, and what cannot
//! be decided is denied.

use handstamp::Authenticated;
use handstamp::authorize::Authorize;
use handstamp::error::{Denial, StoreError};
use handstamp::purpose::Access;

use super::App;
use super::suite::{Suite, access_cookie, bearer, csrf, get, post};
use crate::{Reply, Request};

/// The rules of the app, for questions that are the method of a request: `user1` may do everything
/// but DELETE. For `broken` they fail, for `riddle` their database is down, and all other users may
/// do nothing.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "tests of adapters make it")]
pub struct Rules;

impl Authorize<String> for Rules {
    async fn authorize(
        &self,
        token: &Authenticated<Access>,
        method: &String,
    ) -> Result<(), Denial> {
        match (token.subject(), method.as_str()) {
            ("user1", "DELETE") => Err(Denial::new("nobody deletes").message("Nobody deletes")),
            ("user1", _) => Ok(()),
            ("broken", _) => Err(Denial::failed("the rule for `broken` has a mistake")),
            ("riddle", _) => Err(StoreError::new("the database of the rules is down").into()),
            _ => Err(Denial::new("no rule permits it")),
        }
    }
}

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    a_layer_and_a_handler(suite).await;
    several_layers(suite).await;
}

async fn a_layer_and_a_handler<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let denied = Err("policy_denied");
    let of = |user: &str, method: &str, target: &str| {
        let token = app.access(user);
        Request::new(method, target)
            .cookies([access_cookie(&token)])
            .header("x-csrf-token", csrf(&token))
    };
    for target in ["/permitted", "/permission"] {
        let without_value = post(target).cookies([access_cookie(&app.access("user2"))]);
        for (row, request, expected) in [
            ("who is permitted", of("user1", "GET", target), Ok("user1")),
            (
                "by another method",
                of("user1", "POST", target),
                Ok("user1"),
            ),
            (
                "by the method that is forbidden",
                of("user1", "DELETE", target),
                denied,
            ),
            ("another user", of("user2", "GET", target), denied),
            ("a rule that fails", of("broken", "GET", target), denied),
            (
                "a database that is down",
                of("riddle", "GET", target),
                Err("store_unavailable"),
            ),
            ("no token", get(target), Err("missing_token")),
            (
                "no CSRF value, and not permitted",
                without_value,
                Err("missing_csrf_token"),
            ),
        ] {
            let row = format!("permissions at {target}: {row}");
            suite.check(&row, &app, request, expected).await;
        }
    }
}

async fn several_layers<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[("JWT_TOKEN_LOCATION", "cookies,headers")]);
    let [ours, theirs] = ["user1", "user2"].map(|user| app.access(user));
    let by_cookie = |target: &str, token| post(target).cookies([access_cookie(token)]);
    for (row, request, expected) in [
        (
            "what a lenient layer outside admitted is asked about",
            by_cookie("/permitted-inside", &ours),
            Ok("user1"),
        ),
        (
            "and may be denied",
            by_cookie("/permitted-inside", &theirs),
            Err("policy_denied"),
        ),
        (
            "a layer inside of it makes demands of its own",
            get("/permitted-outside").cookies([access_cookie(&ours)]),
            Err("missing_token"),
        ),
        (
            "that one token meets",
            get("/permitted-outside").header("authorization", bearer(&ours)),
            Ok("user1"),
        ),
        (
            "and two tokens do not",
            get("/permitted-outside")
                .cookies([access_cookie(&ours)])
                .header("authorization", bearer(&theirs)),
            Err("invalid_token"),
        ),
    ] {
        let row = format!("permissions behind and before layers: {row}");
        suite.check(&row, &app, request, expected).await;
    }
}
