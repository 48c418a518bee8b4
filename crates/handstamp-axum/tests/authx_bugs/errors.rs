//! What is answered when something is wrong.

use std::time::Duration;

use axum::Router;
use axum::extract::{Request as AxumRequest, State};
use axum::routing::{get, post};
use handstamp_axum::handstamp::error::StoreError;
use handstamp_axum::{
    Auth, Config, Head, LogOut, NewToken, Refresh, Rejection, Require, handstamp, minutes,
};
use handstamp_conformance::Request;

use crate::app::{
    App, OTHER_SECRET, SECRET, access_cookie, config, csrf, get_with, outcome, post_with,
    refresh_cookie, send, subject,
};

/// A backend of the blocklist that is down, an unknown login type, a key or a subject getter that is not set: each a 500 at first
/// use. The last does not compile here: see `must_not_compile/state_without_users.rs`.
#[tokio::test]
async fn bug_24_mistakes_are_found_at_start_and_an_outage_is_a_503() {
    let error = Config::builder().build().unwrap_err();
    assert_eq!(
        error.problems()[0].to_string(),
        "JWT_SECRET_KEY: not set, and HS256 needs it. Make one with `openssl rand -base64 64`"
    );

    // It fails, or it never answers.
    let impatient = || {
        let timeout = Duration::from_millis(20);
        Config::builder()
            .secret_key(SECRET)
            .store_timeout(timeout)
            .build()
            .unwrap()
    };
    let failing = handstamp::Auth::builder(impatient())
        .with_blocklist(|_| async { Err(StoreError::new("connection refused")) });
    let silent = handstamp::Auth::builder(impatient()).with_blocklist(|_| async {
        tokio::time::sleep(Duration::from_secs(3600)).await;
        Err(StoreError::new("never said"))
    });
    for auth in [failing.build().unwrap(), silent.build().unwrap()] {
        let auth = Auth::from(auth);
        let router = Router::new()
            .route("/protected", get(subject))
            .route("/posts", post(subject))
            .route(
                "/refresh",
                post(async |token: Refresh| token.subject().to_owned()),
            )
            .layer(auth.implicit_refresh())
            .with_state(auth.clone());
        let access = auth.create_access_token("user1").unwrap();
        let refresh = auth.create_refresh_token("user1").unwrap();
        let refreshing = Request::new("POST", "/refresh")
            .cookies([refresh_cookie(&refresh)])
            .header("x-csrf-token", csrf(&refresh));
        for request in [
            get_with("/protected", &access),
            post_with("/posts", &access),
            refreshing,
        ] {
            let reply = send(router.clone(), request).await;
            assert_eq!(outcome(&reply), "503 store_unavailable");
            assert_eq!(reply.header("retry-after"), Some("1"));
            assert_eq!(reply.all("set-cookie").count(), 0);
        }
    }

    let app = App::new(&[]);
    let layer = app.auth.require(Require::access().login_type("ghost"));
    let app = app.routes(Router::new().route("/ghosts", get(subject).layer(layer)));
    let token = app.access(NewToken::for_subject("user1").login_type("user"));
    assert_eq!(
        app.outcome(get_with("/ghosts", &token)).await,
        "401 login_type_mismatch"
    );
}

/// Without `handle_errors(app)`, and before any guarded route has failed once, verifying by hand and WebSockets answer 500.
/// (The rate limiter does, too; there is none here.)
#[tokio::test]
async fn bug_25_an_error_brings_its_own_response() {
    async fn by_hand(State(auth): State<Auth>, request: AxumRequest) -> Result<String, Rejection> {
        let require = Require::access();
        let token = auth.authenticate(&Head::from(&request), &require).await?;
        Ok(token.subject().to_owned())
    }
    let auth = Auth::new(config(&[])).unwrap();
    let token = auth.create_access_token("user1").unwrap();
    let layered = || get("let in").layer(auth.require(Require::access()));
    let upgrade = Request::new("GET", "/")
        .header("connection", "Upgrade")
        .header("upgrade", "websocket");
    let get_it = || Request::new("GET", "/");
    let with_cookie = Request::new("POST", "/").cookies([access_cookie(&token)]);
    for (row, route, request, status, error_type) in [
        ("by hand", get(by_hand), get_it(), 401, "MissingTokenError"),
        (
            "an extractor",
            get(subject),
            get_it(),
            401,
            "MissingTokenError",
        ),
        ("a layer", layered(), get_it(), 401, "MissingTokenError"),
        (
            "a WebSocket",
            get(subject),
            upgrade,
            401,
            "MissingTokenError",
        ),
        (
            "a refresh",
            post(async |_: Refresh| "refreshed"),
            Request::new("POST", "/"),
            401,
            "MissingTokenError",
        ),
        (
            "a log-out",
            post(async |_: LogOut| "bye"),
            with_cookie.clone(),
            403,
            "MissingCSRFTokenError",
        ),
        (
            "a POST",
            post(subject),
            with_cookie,
            403,
            "MissingCSRFTokenError",
        ),
    ] {
        // An app of its own, which has answered nothing yet.
        let router = Router::new().route("/", route).with_state(auth.clone());
        let reply = send(router, request).await;
        assert_eq!(reply.status, status, "{row}");
        assert_eq!(reply.json()["error_type"], error_type, "{row}");
        assert_eq!(
            reply.header("content-type"),
            Some("application/problem+json"),
            "{row}"
        );
    }
}

/// 422 where the documentation says 401, and 401 without `WWW-Authenticate`, which RFC 9110 demands.
#[tokio::test]
async fn bug_35_bad_tokens_are_401_with_a_challenge() {
    let settings = [("JWT_DECODE_AUDIENCE", "web"), ("JWT_DECODE_ISSUER", "us")];
    let made = |secret, audience, issuer| {
        App::new(&[
            ("JWT_SECRET_KEY", secret),
            ("JWT_ENCODE_AUDIENCE", audience),
            ("JWT_ENCODE_ISSUER", issuer),
        ])
    };
    let ours = made(SECRET, "web", "us");
    let forged = made(OTHER_SECRET, "web", "us").access("user1");
    let for_others = made(SECRET, "mobile", "us").access("user1");
    let of_others = made(SECRET, "web", "them").access("user1");
    let old = ours.access(NewToken::for_subject("user1").expires_in(minutes(1)));
    let refresh = ours.refresh("user1");
    let cookie = |text: &str| {
        Request::new("GET", "/protected").cookies([format!("access_token_cookie={text}")])
    };
    let nobody = || Request::new("GET", "/protected");
    let rows = [
        ("no token", nobody(), "missing_token", 401, "Bearer"),
        ("junk", cookie("junk"), "invalid_token", 422, BAD),
        (
            "another key",
            get_with("/protected", &forged),
            "invalid_signature",
            422,
            BAD,
        ),
        (
            "too old",
            get_with("/protected", &old),
            "token_expired",
            422,
            BAD,
        ),
        (
            "another audience",
            get_with("/protected", &for_others),
            "invalid_audience",
            422,
            BAD,
        ),
        (
            "another issuer",
            get_with("/protected", &of_others),
            "invalid_issuer",
            422,
            BAD,
        ),
        (
            "a refresh token",
            cookie(refresh.as_str()),
            "access_token_required",
            401,
            BAD,
        ),
    ];
    for (row, request, code, authx, challenge) in rows {
        for style in ["standard", "authx"] {
            let style = [("HANDSTAMP_ERROR_STYLE", style)];
            let app = App::new(&[&settings[..], &style].concat());
            app.clock.advance(120);
            let reply = app.send(request.clone()).await;
            let said = reply.header("www-authenticate");
            if style[0].1 == "standard" {
                assert_eq!(outcome(&reply), format!("401 {code}"), "{row}");
                assert_eq!(said, Some(challenge), "{row}");
            } else {
                assert_eq!(reply.status, authx, "{row}");
                assert_eq!(said, (authx == 401).then_some(challenge), "{row}");
            }
        }
    }
}

const BAD: &str = "Bearer error=\"invalid_token\"";
