//! Tokens and sessions that end before their time.

use axum::Router;
use axum::extract::{Path, Request as AxumRequest, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{any, get, post};
use handstamp_axum::handstamp::blocklist::TokenStatus;
use handstamp_axum::handstamp::error::StoreError;
use handstamp_axum::{
    Access, Auth, AuthError, ClientInfo, Head, LogOut, Refresh, Rejection, Require, handstamp,
};
use handstamp_conformance::Request;

use crate::app::{App, config, csrf, get_with, outcome, refresh_cookie, send, subject};

/// Its blocklist gets the text of a token, and base64 is decoded leniently: with `=` at its end the token passes.
#[tokio::test]
async fn bug_01_a_revoked_token_is_refused_however_it_is_spelt() {
    let app = App::new(&[("JWT_TOKEN_LOCATION", "headers,cookies,query")]);
    // Its signature shows where the two alphabets differ.
    let token = loop {
        let token = app.access("user1");
        let signature = token.as_str().rsplit('.').next().unwrap();
        if signature.contains('-') && signature.contains('_') {
            break token;
        }
    };
    let text = token.as_str();
    let (signed, signature) = text.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    // The last character holds four bits of the signature and two that count for nothing.
    let last = |step: usize| {
        let (rest, last) = text.split_at(text.len() - 1);
        let place = ALPHABET.find(last).unwrap() + step;
        format!("{rest}{}", &ALPHABET[place..=place])
    };
    let spellings = [
        ("as it was revoked", text.to_owned(), "401 token_revoked"),
        ("padded once", format!("{text}="), "401 invalid_token"),
        ("padded twice", format!("{text}=="), "401 invalid_token"),
        ("another last character", last(1), "401 invalid_token"),
        ("one more", last(2), "401 invalid_token"),
        ("and the last", last(3), "401 invalid_token"),
        (
            "what is not base64 in the signature",
            format!("{signed}.{}!!!!{}", &signature[..20], &signature[20..]),
            "401 invalid_token",
        ),
        (
            "the same in the claims",
            format!("{header}.!!!!{claims}.{signature}"),
            "401 invalid_signature",
        ),
        (
            "the other alphabet",
            format!("{signed}.{}", signature.replace('-', "+").replace('_', "/")),
            "401 invalid_token",
        ),
        (
            "a padded header",
            format!("{header}=.{claims}.{signature}"),
            "401 invalid_token",
        ),
        (
            "padded claims",
            format!("{header}.{claims}=.{signature}"),
            "401 invalid_signature",
        ),
        ("in quotes", format!("\"{text}\""), "401 invalid_token"),
        ("a fourth segment", format!("{text}."), "401 invalid_token"),
    ];
    let requests = |spelling: &str| {
        let request = Request::new("GET", "/protected");
        let query = spelling.replace('+', "%2B").replace('"', "%22");
        [
            request
                .clone()
                .header("authorization", format!("Bearer {spelling}")),
            request
                .clone()
                .cookies([format!("access_token_cookie={spelling}")]),
            request.to(&format!("/protected?token={query}")),
        ]
    };
    for request in requests(text) {
        assert_eq!(app.outcome(request).await, "200 user1");
    }
    app.revoked.add(token.id());
    for (row, spelling, expected) in spellings {
        for request in requests(&spelling) {
            assert_eq!(app.outcome(request).await, expected, "{row}: {spelling}");
        }
    }
}

/// `get_access_token_from_request` and `verify_token` do not ask the blocklist, and the page's own `/refresh` is built of
/// them: a revoked refresh token refreshes.
#[tokio::test]
async fn bug_07_verifying_by_hand_asks_whether_a_token_is_revoked() {
    async fn access(State(auth): State<Auth>, request: AxumRequest) -> Result<String, Rejection> {
        let require = Require::access();
        let token = auth.authenticate(&Head::from(&request), &require).await?;
        Ok(token.subject().to_owned())
    }
    async fn refresh(State(auth): State<Auth>, request: AxumRequest) -> Result<String, Rejection> {
        let require = Require::refresh();
        let token = auth.authenticate(&Head::from(&request), &require).await?;
        Ok(token.subject().to_owned())
    }
    for by_store in [false, true] {
        let app = App::with_sessions(&[]).routes(
            Router::new()
                .route("/by-hand", any(access))
                .route("/refresh-by-hand", any(refresh))
                .route("/exchange", post(exchange)),
        );
        let (access, refresh) = (app.access("user1"), app.refresh("user1"));
        let refreshing = |path: &str| {
            Request::new("POST", path)
                .cookies([refresh_cookie(&refresh)])
                .header("x-csrf-token", csrf(&refresh))
        };
        let requests = || {
            [
                get_with("/by-hand", &access),
                get_with("/protected", &access),
                refreshing("/refresh-by-hand"),
                refreshing("/refresh"),
            ]
        };
        for request in requests() {
            let path = request.target().to_owned();
            assert_eq!(app.send(request).await.status, 200, "{path}");
        }
        for (id, end) in [
            (access.id(), access.expires_at()),
            (refresh.id(), refresh.expires_at()),
        ] {
            if by_store {
                app.auth.revoke_token("user1", id, end).await.unwrap();
            } else {
                app.revoked.add(id);
            }
        }
        for request in requests().into_iter().chain([refreshing("/exchange")]) {
            let path = request.target().to_owned();
            let reply = app.send(request).await;
            assert_eq!(outcome(&reply), "401 token_revoked", "{path}");
            assert_eq!(reply.all("set-cookie").count(), 0, "{path}");
        }
    }
}

/// A revoked session's token is still 200; and the route of the documentation lets any user revoke any other's.
#[tokio::test]
async fn bug_08_a_revoked_session_is_over_and_nobody_ends_somebody_elses() {
    let app = with_session_routes();
    let [mut alice, mut bob] = [app.browser(), app.browser()];
    assert_eq!(alice.post("/enter/alice").await, "200 welcome");
    assert_eq!(bob.post("/enter/bob").await, "200 welcome");
    let sessions = app.auth.sessions("alice").await.unwrap();
    let path = format!("/sessions/{}/revoke", sessions[0].id().as_str());

    assert_eq!(bob.post(&path).await, "404 no such session");
    assert_eq!(alice.get("/protected").await, "200 alice");
    assert_eq!(alice.post("/exchange").await, "200 exchanged");

    assert_eq!(alice.post(&path).await, "200 revoked");
    assert_eq!(alice.get("/protected").await, "401 session_ended");
    assert_eq!(alice.post("/exchange").await, "401 session_ended");
    assert_eq!(alice.post(&path).await, "401 session_ended");
    assert_eq!(bob.get("/protected").await, "200 bob");
}

/// Refresh tokens work without limit, also for who copied one; a log-out revokes nothing and takes no CSRF value.
#[tokio::test]
async fn bug_13_a_copied_refresh_token_is_noticed_and_a_log_out_ends_the_session() {
    let app = with_session_routes();
    let mut owner = app.browser();
    assert_eq!(owner.post("/enter/user1").await, "200 welcome");
    let mut thief = owner.clone();
    app.clock.advance(60);
    assert_eq!(owner.post("/exchange").await, "200 exchanged");
    assert_ne!(owner.jar.header(), thief.jar.header());
    assert_eq!(owner.get("/protected").await, "200 user1");
    app.clock.advance(60);
    assert_eq!(thief.post("/exchange").await, "401 refresh_reused");
    for victim in [&mut owner, &mut thief] {
        assert_eq!(victim.get("/protected").await, "401 session_ended");
        assert_eq!(victim.post("/exchange").await, "401 session_ended");
    }

    let mut owner = app.browser();
    assert_eq!(owner.post("/enter/user1").await, "200 welcome");
    let mut thief = owner.clone();
    let forged = Request::new("POST", "/leave");
    assert_eq!(owner.send(forged).await, "403 missing_csrf_token");
    assert_eq!(owner.get("/protected").await, "200 user1");
    assert_eq!(owner.post("/leave").await, "200 bye");
    assert_eq!(owner.jar.iter().count(), 0);
    assert_eq!(thief.get("/protected").await, "401 session_ended");
    assert_eq!(thief.post("/exchange").await, "401 session_ended");
}

/// A function that is not `async` and returns a coroutine is true for everybody: all are "revoked". Here that is not written:
/// see `must_not_compile/bug_40_*.rs`.
#[tokio::test]
async fn bug_40_an_asynchronous_blocklist_is_awaited() {
    let auth = handstamp::Auth::builder(config(&[]))
        .with_blocklist(|token| async move {
            tokio::task::yield_now().await;
            match token.subject() {
                "user1" => Ok(TokenStatus::Active),
                "user2" => Ok(TokenStatus::Revoked),
                _ => Err(StoreError::new("who is that?")),
            }
        })
        .build();
    let auth = Auth::from(auth);
    let router = Router::new()
        .route("/", get(subject))
        .with_state(auth.clone());
    for (user, expected) in [
        ("user1", "200 user1"),
        ("user2", "401 token_revoked"),
        ("user3", "503 store_unavailable"),
    ] {
        let token = auth.create_access_token(user).unwrap();
        let reply = send(router.clone(), get_with("/", &token)).await;
        assert_eq!(outcome(&reply), expected);
    }
}

/// The routes of the documentation's page on sessions.
fn with_session_routes() -> App {
    App::with_sessions(&[]).routes(
        Router::new()
            .route("/enter/{user}", post(enter))
            .route("/exchange", post(exchange))
            .route("/leave", post(leave))
            .route("/sessions/{id}/revoke", post(revoke)),
    )
}

async fn enter(
    State(auth): State<Auth>,
    Path(user): Path<String>,
    client: ClientInfo,
) -> Result<impl IntoResponse, AuthError> {
    let tokens = auth.log_in(user, client).await?;
    Ok((auth.set_cookies(&tokens)?, "welcome"))
}

async fn exchange(
    State(auth): State<Auth>,
    token: Refresh,
) -> Result<impl IntoResponse, AuthError> {
    let tokens = auth.refresh(token).await?;
    Ok((auth.set_cookies(&tokens)?, "exchanged"))
}

async fn leave(State(auth): State<Auth>, log_out: LogOut) -> Result<impl IntoResponse, Rejection> {
    Ok((auth.log_out(log_out).await?, "bye"))
}

async fn revoke(
    State(auth): State<Auth>,
    Path(id): Path<String>,
    token: Access,
) -> Result<(StatusCode, &'static str), Rejection> {
    if auth.revoke_session(&token, &id.as_str().into()).await? {
        Ok((StatusCode::OK, "revoked"))
    } else {
        Ok((StatusCode::NOT_FOUND, "no such session"))
    }
}

const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
