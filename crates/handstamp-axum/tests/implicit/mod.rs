//! The routes behind implicit refresh.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use axum::routing::any;
use handstamp_axum::{Access, Auth, Error, Location, Require};

use crate::{access, both, fresh, log_out, often};

pub(super) fn router(auth: &Auth, other: &Auth) -> Router {
    let strict = || auth.require(Require::access());
    let lenient = auth.require(Require::access().without_csrf());
    let headers = auth.require(Require::access().from([Location::Headers]));
    let renews = || auth.implicit_refresh();
    let theirs = other.clone();
    let both = any(async move |ours: Access, request| both(&theirs, &ours, &request));
    let of_both = Router::new()
        .route("/implicit/both", both)
        .layer(other.require(Require::access()))
        .layer(strict())
        .layer(other.implicit_refresh())
        .layer(renews());
    let around_all = Router::new()
        .route("/implicit/access", any(access))
        .route("/implicit/poll", any(access))
        .route("/implicit/often", any(often))
        .route("/implicit/fresh", any(fresh))
        .route("/implicit/layered", any(access).layer(strict()))
        .route("/implicit/twice", any(access).layer(renews()))
        .route("/implicit/headers", any(access).layer(headers))
        .route("/implicit/without-csrf", any(access).layer(lenient))
        .route("/implicit/public", any(()))
        .route("/implicit/redirect", any(redirect))
        .route("/implicit/not-modified", any(not_modified))
        .route("/implicit/missing", any(missing))
        .route("/implicit/failed", any(failed))
        .route("/implicit/cached", any(cached))
        .route("/implicit/clears", any(clears))
        .route("/implicit/login", any(login))
        .route("/implicit/logout", any(logout))
        .route("/implicit/log-out", any(log_out))
        .route("/implicit/revoking", any(revoking))
        .layer(renews());
    let inside = Router::new()
        .route("/implicit/inside", any(access))
        .layer(renews())
        .layer(strict());
    let of_other = Router::new()
        .route("/implicit/of-other", any(access))
        .layer(other.implicit_refresh());
    around_all
        .merge(inside)
        .merge(of_other)
        .merge(of_both)
        .with_state(auth.clone())
}

async fn redirect(_: Access) -> Redirect {
    Redirect::to("/implicit/access")
}

async fn not_modified(_: Access) -> StatusCode {
    StatusCode::NOT_MODIFIED
}

async fn missing(_: Access) -> StatusCode {
    StatusCode::NOT_FOUND
}

async fn failed(_: Access) -> StatusCode {
    StatusCode::INTERNAL_SERVER_ERROR
}

async fn cached(_: Access) -> impl IntoResponse {
    (
        AppendHeaders([(SET_COOKIE, "theme=dark")]),
        [(CACHE_CONTROL, "public, max-age=600")],
    )
}

async fn clears(_: Access) -> impl IntoResponse {
    [("clear-site-data", "\"cookies\"")]
}

async fn login(State(auth): State<Auth>, _: Access) -> Result<impl IntoResponse, Error> {
    let access = auth.create_access_token("user2")?;
    Ok((auth.set_access_cookies(&access)?, ()))
}

async fn logout(State(auth): State<Auth>, _: Access) -> impl IntoResponse {
    (auth.unset_cookies(), ())
}

async fn revoking(State(auth): State<Auth>, token: Access) -> Result<String, Error> {
    auth.revoke_all_sessions(&token).await?;
    Ok(token.subject().to_owned())
}
