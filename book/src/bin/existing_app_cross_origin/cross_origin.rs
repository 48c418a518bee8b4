//! What the page needs that is on another origin than this API.

use axum::extract::State;
use axum::http::Method;
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, InvalidHeaderValue, RETRY_AFTER};
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Json, Router};
use handstamp_axum::{Auth, Error, Refresh, Require, minutes};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::app::App;
use crate::log_in::for_the_page;

pub(crate) fn routes(auth: &Auth) -> Router<App> {
    // A page that was just loaded has no CSRF value while its access token is expired. That the
    // request is from it is proven by its origin, which is among the trusted ones.
    let by_origin = auth.require(Require::refresh().without_csrf_token());
    Router::new().route("/refresh", post(refresh).layer(by_origin))
}

async fn refresh(State(auth): State<Auth>, token: Refresh) -> Result<impl IntoResponse, Error> {
    let tokens = auth.refresh(token).await?;
    Ok((auth.set_cookies(&tokens)?, Json(for_the_page(&tokens))))
}

/// With credentials a browser wants exact origins and headers, no `*`.
pub(crate) fn cors(page_origin: &str) -> Result<CorsLayer, InvalidHeaderValue> {
    Ok(CorsLayer::new()
        .allow_origin(AllowOrigin::list([page_origin.parse::<HeaderValue>()?]))
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([CONTENT_TYPE, HeaderName::from_static("x-csrf-token")])
        .expose_headers([RETRY_AFTER])
        .max_age(minutes(60)))
}
