//! Cases of bodies over the limit of their route: a request that its head gets rejected is answered
//! with that, and not with the limit, because its body was never read.

use handstamp::NewToken;

use super::{App, CSRF, FORM, JSON, PARTS, REJECTION, Suite, access_cookie, csrf, sent};
use crate::adapter::app::access;
use crate::adapter::suite::refresh_cookie;
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    for (row, settings, request, expected) in ROWS {
        let app = App::new(settings);
        let request = request(&app);
        let _ = (app.asked(), app.asked_the_store());
        let reply = suite.send(&app, &request).await;
        let sentence = format!("before a body that is too large: {row}");
        let got = reply.header(REJECTION);
        suite.equal(&sentence, "answer", got, Some(expected));
        if !matches!(
            expected,
            "token_revoked" | "session_ended" | "body_too_large"
        ) {
            suite.equal(&sentence, "asked the blocklist", app.asked(), 0);
            suite.equal(&sentence, "asked the store", app.asked_the_store(), 0);
        }
    }
}

type Row = (
    &'static str,
    &'static [(&'static str, &'static str)],
    fn(&App) -> Request,
    &'static str,
);

const ROWS: [Row; 29] = [
    (
        "no token, JSON",
        &[],
        |_| large("/json", JSON),
        "missing_token",
    ),
    (
        "no token, a form",
        FORMS,
        |_| large("/form", FORM),
        "missing_token",
    ),
    (
        "no token, a form in parts",
        FORMS,
        |_| large("/form", PARTS),
        "missing_token",
    ),
    (
        "no token, a refresh",
        &[],
        |_| large("/refresh-json", JSON),
        "missing_token",
    ),
    (
        "two tokens of two users",
        FORMS,
        |app| {
            let cookies = ["user1", "user2"].map(|user| access_cookie(&app.access(user)));
            large("/form", FORM).cookies(cookies)
        },
        "ambiguous_cookie",
    ),
    (
        "a forged token",
        FORMS,
        |app| large("/form", FORM).cookies([access_cookie(&access(app.other(), "user1"))]),
        "invalid_signature",
    ),
    (
        "an expired token",
        FORMS,
        |app| {
            let request = large("/form", FORM).cookies([access_cookie(&app.access("user1"))]);
            app.advance(24 * 60 * 60);
            request
        },
        "token_expired",
    ),
    (
        "a refresh token in the access cookie",
        FORMS,
        |app| {
            let token = app.refresh("user1");
            large("/form", FORM).cookies([format!("access_token_cookie={}", token.as_str())])
        },
        "access_token_required",
    ),
    (
        "another site, and without a public origin the value decides",
        FORMS,
        |app| of_user(app, "/form", FORM).header("sec-fetch-site", "cross-site"),
        "body_too_large",
    ),
    (
        "another site, and a public origin is set",
        &[
            ("JWT_CSRF_CHECK_FORM", "true"),
            ("HANDSTAMP_PUBLIC_ORIGIN", "https://app.example"),
        ],
        |app| of_user(app, "/form", FORM).header("sec-fetch-site", "cross-site"),
        "cross_site_request",
    ),
    (
        "no CSRF header, where forms do not count",
        &[],
        |app| of_user(app, "/form", FORM),
        "missing_csrf_token",
    ),
    (
        "no CSRF header, and JSON has no fields",
        FORMS,
        |app| of_user(app, "/json", JSON),
        "missing_csrf_token",
    ),
    (
        "no CSRF header, and a body of no media type has no fields",
        FORMS,
        |app| of_user(app, "/form", ""),
        "missing_csrf_token",
    ),
    (
        "a wrong CSRF header, and the field might be right",
        FORMS,
        |app| of_user(app, "/form", FORM).header(CSRF, "wrong"),
        "csrf_mismatch",
    ),
    (
        "a revoked token, and the value may be in the form",
        FORMS,
        |app| {
            let token = app.access("user1");
            app.revoke(token.id());
            large("/form", FORM).cookies([access_cookie(&token)])
        },
        "token_revoked",
    ),
    (
        "a token of an ended session, and the value may be in the form",
        FORMS,
        |app| {
            let tokens = app.log_in("user1");
            app.end_sessions("user1");
            large("/form", PARTS).cookies([access_cookie(tokens.access())])
        },
        "session_ended",
    ),
    (
        "two tokens of one user, the latest revoked: the form tells which is meant",
        FORMS,
        |app| {
            let older = app.access("user1");
            app.advance(1);
            let latest = app.access("user1");
            app.revoke(latest.id());
            large("/form", FORM).cookies([&older, &latest].map(access_cookie))
        },
        "body_too_large",
    ),
    (
        "a revoked token with its CSRF header",
        &[],
        |app| {
            let token = app.access("user1");
            app.revoke(token.id());
            large("/json", JSON)
                .cookies([access_cookie(&token)])
                .header(CSRF, csrf(&token))
        },
        "token_revoked",
    ),
    (
        "a token that may be in JSON",
        &[("JWT_TOKEN_LOCATION", "cookies,json")],
        |_| large("/json", JSON),
        "body_too_large",
    ),
    (
        "a token that may be in JSON, and the body is a form",
        &[("JWT_TOKEN_LOCATION", "cookies,json")],
        |_| large("/json", FORM),
        "missing_token",
    ),
    (
        "a forged cookie decides before JSON",
        &[("JWT_TOKEN_LOCATION", "cookies,json")],
        |app| large("/json", JSON).cookies([access_cookie(&access(app.other(), "user1"))]),
        "invalid_signature",
    ),
    (
        "JSON is looked at before a forged cookie",
        &[("JWT_TOKEN_LOCATION", "json,cookies")],
        |app| large("/json", JSON).cookies([access_cookie(&access(app.other(), "user1"))]),
        "body_too_large",
    ),
    (
        "a value that may be in the form",
        FORMS,
        |app| of_user(app, "/form", FORM),
        "body_too_large",
    ),
    (
        "all that the head can prove",
        &[],
        |app| {
            let token = app.access(NewToken::for_subject("user1"));
            large("/json", JSON)
                .cookies([access_cookie(&token)])
                .header(CSRF, csrf(&token))
        },
        "body_too_large",
    ),
    (
        "a log-out without a CSRF header, where forms do not count",
        &[],
        |app| log_out(app, FORM),
        "missing_csrf_token",
    ),
    (
        "a log-out with a wrong CSRF header",
        FORMS,
        |app| log_out(app, FORM).header(CSRF, "wrong"),
        "csrf_mismatch",
    ),
    (
        "a log-out by a form of another site, whatever its value",
        FORMS,
        |app| log_out(app, FORM).header("sec-fetch-site", "same-site"),
        "cross_site_request",
    ),
    (
        "a log-out of another site without a token",
        FORMS,
        |_| large("/session/log-out-body", FORM).header("sec-fetch-site", "cross-site"),
        "cross_site_request",
    ),
    (
        "a log-out whose value may be in the form",
        FORMS,
        |app| log_out(app, FORM),
        "body_too_large",
    ),
];

/// The routes read 64 KiB.
fn large(target: &str, content_type: &str) -> Request {
    sent(target, content_type, vec![b'x'; 65 * 1024])
}

fn of_user(app: &App, target: &str, content_type: &str) -> Request {
    large(target, content_type).cookies([access_cookie(&app.access("user1"))])
}

fn log_out(app: &App, content_type: &str) -> Request {
    let tokens = app.log_in("user1");
    large("/session/log-out-body", content_type).cookies([
        access_cookie(tokens.access()),
        refresh_cookie(tokens.refresh()),
    ])
}

const FORMS: &[(&str, &str)] = &[("JWT_CSRF_CHECK_FORM", "true")];
