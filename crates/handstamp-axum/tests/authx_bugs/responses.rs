//! Cookies that are part of a response.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use handstamp_axum::{Access, Auth, Error, NewToken, Rejection};
use handstamp_conformance::Request;

use crate::app::{App, access_cookie, log_in, outcome};

/// With `JWT_ENCODE_AUDIENCE` alone, or `audience=`, the log-in itself answers 422: to set a cookie its token is verified.
#[tokio::test]
async fn bug_34_cookies_are_set_without_verifying_their_token() {
    async fn for_another(State(auth): State<Auth>) -> Result<impl IntoResponse, Error> {
        let token = NewToken::for_subject("user1").audience(["another service"]);
        let (access, refresh) = (
            auth.create_access_token(token.clone())?,
            auth.create_refresh_token(token)?,
        );
        Ok((
            auth.set_access_cookies(&access)?,
            auth.set_refresh_cookies(&refresh)?,
            "welcome",
        ))
    }
    for setting in [
        ("JWT_ENCODE_AUDIENCE", "this service"),
        ("JWT_ENCODE_ISSUER", "this service"),
        ("JWT_DECODE_LEEWAY", "1s"),
    ] {
        let app =
            App::new(&[setting]).routes(Router::new().route("/for-another", get(for_another)));
        let mut browser = app.browser();
        assert_eq!(browser.send(log_in("user1")).await, "200 welcome");
        assert_eq!(browser.get("/protected").await, "200 user1");
        assert_eq!(browser.post("/posts").await, "200 user1");
        assert_eq!(browser.post("/refresh").await, "200 refreshed");
        assert_eq!(browser.get("/for-another").await, "200 welcome");
        assert_eq!(browser.jar.iter().count(), 4);
        assert_eq!(browser.get("/protected").await, "401 invalid_audience");
    }
}

/// Cookies are lost when the route returns a response of its own, or raises.
#[tokio::test]
async fn bug_39_cookies_go_out_with_whatever_is_returned() {
    type Answer = Result<Response, Response>;
    async fn own_response(State(auth): State<Auth>) -> Response {
        let response = Response::new(Body::from("gone"));
        (StatusCode::GONE, auth.unset_cookies(), response).into_response()
    }
    async fn error(State(auth): State<Auth>, token: Access) -> Answer {
        let fresh = auth.require_fresh(&token).map_err(Rejection::from);
        fresh.map_err(|rejection| (auth.unset_cookies(), rejection).into_response())?;
        Ok("let in".into_response())
    }
    async fn redirect(State(auth): State<Auth>) -> impl IntoResponse {
        (auth.unset_cookies(), Redirect::to("/"))
    }
    async fn set(State(auth): State<Auth>) -> Result<impl IntoResponse, Error> {
        let pair = auth.create_token_pair("user1")?;
        Ok((StatusCode::CONFLICT, auth.set_cookies(&pair)?, "taken"))
    }
    let app = App::new(&[]).routes(
        Router::new()
            .route("/own-response", get(own_response))
            .route("/error", get(error))
            .route("/redirect", get(redirect))
            .route("/set", get(set)),
    );
    let stale = app.access("user1");
    for (path, expected, kept) in [
        ("/own-response", "410 gone", 0),
        ("/error", "401 fresh_token_required", 0),
        ("/redirect", "303 ", 0),
        ("/set", "409 taken", 4),
    ] {
        let mut browser = app.browser();
        assert_eq!(browser.send(log_in("user1")).await, "200 welcome");
        let request = Request::new("GET", path).cookies([access_cookie(&stale)]);
        let reply = app.send(request).await;
        browser.jar.store(&reply);
        assert_eq!(outcome(&reply), expected);
        assert_eq!(reply.all("set-cookie").count(), 4, "{path}");
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(browser.jar.iter().count(), kept, "{path}");
    }
}
