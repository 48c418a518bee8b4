//! Access tokens that are renewed shortly before they end.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{any, get};
use handstamp_axum::handstamp::purpose;
use handstamp_axum::{Access, Auth, Error, Require, SignedToken};
use handstamp_conformance::{Jar, Reply, Request};

use crate::app::{App, access_cookie, csrf, get_with, outcome, post_with};

/// A revoked cookie is refused with 401, and beside it stands a new one that is good.
#[tokio::test]
async fn bug_03_a_revoked_token_is_not_renewed() {
    let app = App::new(&[]);
    let (auth, revoked) = (app.auth.clone(), app.revoked.clone());
    let revoking = get(async move |token: Access| {
        revoked.add(token.id());
        "revoked just now"
    });
    let layered = get("let in").layer(auth.require(Require::access()));
    let routes = Router::new()
        .route("/revoking", revoking)
        .route("/layered", layered)
        .route("/public", get("everybody may see this"));
    let app = app.routes(routes).renewing();
    let (good, bad, last) = (due(&app), app.access("user1"), app.access("user1"));
    app.revoked.add(bad.id());
    app.clock.advance(360);
    for (path, token, expected, cookies) in [
        ("/protected", &good, "200 user1", 2),
        ("/layered", &good, "200 let in", 2),
        ("/protected", &bad, "401 token_revoked", 0),
        ("/layered", &bad, "401 token_revoked", 0),
        ("/public", &bad, "200 everybody may see this", 0),
        ("/revoking", &last, "200 revoked just now", 0),
    ] {
        let reply = app.send(get_with(path, token)).await;
        assert_eq!(outcome(&reply), expected, "{path}");
        assert_eq!(
            reply.all("set-cookie").count(),
            cookies,
            "{path}: {expected}"
        );
    }
}

/// Inside the window the deletions of a log-out are followed by new cookies.
#[tokio::test]
async fn bug_05_a_log_out_is_not_undone() {
    async fn leave(State(auth): State<Auth>, _: Access) -> impl IntoResponse {
        (auth.unset_cookies(), "bye")
    }
    async fn leave_access(State(auth): State<Auth>, _: Access) -> impl IntoResponse {
        (auth.unset_access_cookies(), "bye")
    }
    async fn by_hand(_: Access) -> impl IntoResponse {
        (
            [(SET_COOKIE, "access_token_cookie=; Max-Age=0; Path=/")],
            "bye",
        )
    }
    async fn clear(_: Access) -> impl IntoResponse {
        ([("clear-site-data", "\"cookies\"")], "bye")
    }
    async fn become_user2(State(auth): State<Auth>, _: Access) -> Result<impl IntoResponse, Error> {
        let access = auth.create_access_token("user2")?;
        Ok((auth.set_access_cookies(&access)?, "bye"))
    }
    let app = App::new(&[]).routes(
        Router::new()
            .route("/leave", any(leave))
            .route("/leave-access", any(leave_access))
            .route("/by-hand", any(by_hand))
            .route("/clear", any(clear))
            .route("/become-user2", any(become_user2)),
    );
    let app = app.renewing();
    let token = due(&app);
    for (path, then) in [
        ("/logout", "401 missing_token"),
        ("/leave", "401 missing_token"),
        ("/leave-access", "401 missing_token"),
        ("/by-hand", "401 missing_token"),
        ("/become-user2", "200 user2"),
        // The browser does it.
        ("/clear", "200 user1"),
    ] {
        for request in [get_with(path, &token), post_with(path, &token)] {
            let method = request.method().to_owned();
            let reply = app.send(request).await;
            assert_eq!(reply.status, 200, "{method} {path}");
            let jar = after(&token, &reply);
            let request = Request::new("GET", "/protected").header("cookie", jar.header());
            assert_eq!(app.outcome(request).await, then, "{method} {path}");
        }
    }
    let reply = app.send(get_with("/clear", &token)).await;
    assert_eq!(reply.all("set-cookie").count(), 0);
}

/// A POST with a wrong CSRF value gets its 401 with fresh cookies; so do 404s, and responses that shared caches keep.
#[tokio::test]
async fn bug_06_only_what_was_let_in_is_renewed_and_no_cache_keeps_it() {
    const PUBLIC: &str = "public, max-age=600";
    async fn missing(_: Access) -> StatusCode {
        StatusCode::NOT_FOUND
    }
    async fn failing(_: Access) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }
    async fn cached(_: Access) -> impl IntoResponse {
        ([(CACHE_CONTROL, PUBLIC)], "cached")
    }
    async fn at_the_edge(_: Access) -> impl IntoResponse {
        ([("cdn-cache-control", "max-age=600")], "cached")
    }
    let app = App::new(&[]).routes(
        Router::new()
            .route("/missing", get(missing))
            .route("/failing", get(failing))
            .route("/cached", get(cached))
            .route("/edge", get(at_the_edge))
            .route("/public", get(([(CACHE_CONTROL, PUBLIC)], "for everybody")))
            .route("/moved", get(async || Redirect::temporary("/"))),
    );
    let app = app.renewing();
    let token = due(&app);
    let post = || Request::new("POST", "/posts").cookies([access_cookie(&token)]);
    let get = |path| get_with(path, &token);
    let no_store = Some("no-store");
    for (row, request, expected, cookies, cache) in [
        (
            "a POST",
            post_with("/posts", &token),
            "200 user1",
            2,
            no_store,
        ),
        (
            "a POST with a wrong value",
            post().header("x-csrf-token", "wrong"),
            "403 csrf_mismatch",
            0,
            no_store,
        ),
        (
            "a POST with none",
            post(),
            "403 missing_csrf_token",
            0,
            no_store,
        ),
        ("a path that is not there", get("/nowhere"), "404 ", 0, None),
        (
            "a thing that is not there",
            get("/missing"),
            "404 ",
            0,
            None,
        ),
        ("a handler that fails", get("/failing"), "500 ", 0, None),
        (
            "a public page",
            get("/public"),
            "200 for everybody",
            0,
            Some(PUBLIC),
        ),
        ("a public redirect", get("/moved"), "307 ", 0, None),
        (
            "a page that caches may keep",
            get("/cached"),
            "200 cached",
            2,
            no_store,
        ),
        (
            "a page that a CDN keeps",
            get("/edge"),
            "200 cached",
            0,
            None,
        ),
    ] {
        let reply = app.send(request).await;
        assert_eq!(outcome(&reply), expected, "{row}");
        assert_eq!(reply.all("set-cookie").count(), cookies, "{row}");
        assert_eq!(reply.header("cache-control"), cache, "{row}");
    }
}

/// With nine of its fifteen minutes left.
pub(crate) fn due(app: &App) -> SignedToken<purpose::Access> {
    let token = app.access("user1");
    app.clock.advance(360);
    token
}

/// The cookies of a browser that was answered so.
pub(crate) fn after(token: &SignedToken<purpose::Access>, reply: &Reply) -> Jar {
    let cookie = |pair| Reply::new(200, vec![("set-cookie".into(), pair)], String::new());
    let mut jar = Jar::default();
    jar.store(&cookie(access_cookie(token)));
    jar.store(&cookie(format!("csrf_access_token={}", csrf(token))));
    jar.store(reply);
    jar
}
