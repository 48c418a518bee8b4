//! Cases of caches: a browser must not show the answers to one user after the log-out, by the back
//! button, or to the next user of the computer.

use super::App;
use super::suite::{Suite, access_cookie, bearer, get, post};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[("JWT_TOKEN_LOCATION", "headers,cookies")]);
    let token = app.access("user1");
    let old = app.access("user2");
    app.revoke(old.id());
    let with = |target| get(target).cookies([access_cookie(&token)]);
    let by_header = |target| get(target).header("authorization", bearer(&token));
    let no_store = (&["no-store"] as &[&str], &[] as &[&str]);
    let varies = (&[] as &[&str], &["Cookie"] as &[&str]);
    let own = &["private, max-age=60"] as &[&str];
    for (row, request, status, (cache_control, vary)) in [
        (
            "the answer of an extractor",
            with("/no-store/access"),
            200,
            no_store,
        ),
        (
            "the answer behind a guarding layer",
            with("/layered"),
            200,
            no_store,
        ),
        (
            "the answer behind implicit refresh",
            with("/implicit/access"),
            200,
            no_store,
        ),
        (
            "the answer to a visitor who is logged in",
            with("/no-store/visitor"),
            200,
            no_store,
        ),
        (
            "the answer to a visitor who is not",
            get("/no-store/visitor"),
            200,
            varies,
        ),
        (
            "the answer to a visitor whose cookie is dead",
            get("/no-store/visitor").cookies([access_cookie(&old)]),
            200,
            varies,
        ),
        (
            "the answer where a token is optional and there is none",
            get("/no-store/optional"),
            200,
            varies,
        ),
        (
            "a handler that says it itself",
            with("/no-store/own"),
            200,
            (own, &["Cookie"]),
        ),
        (
            "the answer to a token in a header, which a browser does not send by itself",
            by_header("/no-store/access"),
            200,
            varies,
        ),
        (
            "an answer for which no token was looked for",
            get("/implicit/public"),
            200,
            (&[], &[]),
        ),
        ("a refusal", get("/no-store/access"), 401, no_store),
        (
            "a refusal behind a guarding layer",
            get("/layered"),
            401,
            no_store,
        ),
        (
            "a refusal of a good token",
            post("/no-store/access").cookies([access_cookie(&token)]),
            403,
            no_store,
        ),
    ] {
        let row = format!("caches: {row}");
        let reply = suite.send(&app, &request).await;
        suite.equal(&row, "status", reply.status, status);
        let said: Vec<&str> = reply.all("cache-control").collect();
        suite.equal(&row, "cache-control", said, cache_control);
        let said: Vec<&str> = reply.all("vary").collect();
        suite.equal(&row, "vary", said, vary);
    }
}
