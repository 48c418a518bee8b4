//! The shared cases of the test kit's browser, on a router.

use std::collections::HashMap;
use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Path, RawQuery, State};
use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{any, get, post};
use axum::{Json, Router};
use handstamp_axum::testing::{Browser, InProcess};
use handstamp_axum::{
    Access, AccessForm, Auth, ClientInfo, Error, LogOut, Refresh, Require, Route, days, routes,
};
use handstamp_conformance::browser::{self, PAGE, values_in_body};
use serde_json::Value;
use tower::service_fn;
use tower_http::cors::{AllowOrigin, CorsLayer};

#[tokio::test]
async fn every_case_holds() {
    browser::run(async |auth| InProcess::from(router(auth.into()))).await;
}

#[tokio::test]
async fn any_service_of_tower_has_a_browser() {
    let service = service_fn(async |request: Request<axum::body::Body>| {
        Ok::<_, std::io::Error>(Response::new(request.uri().path().to_owned()))
    });
    let browser = Browser::new(service, "https://app.example.com");
    assert_eq!(browser.get("/posts").send().await.text(), "/posts");
}

#[tokio::test]
async fn requests_run_at_the_same_time_on_other_threads() {
    let app = Router::new().route("/", get("welcome"));
    let browser = Browser::new(app, "https://app.example.com");
    let both = tokio::spawn(async move {
        let (one, two) = tokio::join!(browser.get("/").send(), browser.get("/").send());
        (one.status(), two.status())
    });
    assert_eq!(both.await.unwrap(), (200, 200));
}

fn router(auth: Auth) -> Router {
    let admins = auth.require(Require::access().all_scopes(["admin"]));
    Router::new()
        .route("/scopes", get(access).layer(admins))
        .route("/login", post(log_in))
        .route("/access", any(access))
        .route("/refresh", post(refresh))
        .route("/logout", post(log_out))
        .route("/form", post(form))
        .route("/json", post(json))
        .route("/peer", get(peer))
        .route("/head/{name}", get(head))
        .merge(routes(&auth).without(Route::Refresh).without(Route::LogOut))
        .layer(cors())
        .with_state(auth)
}

fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::list([HeaderValue::from_static(PAGE)]))
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([CONTENT_TYPE, HeaderName::from_static("x-csrf-token")])
}

async fn log_in(
    State(auth): State<Auth>,
    RawQuery(query): RawQuery,
    client: ClientInfo,
) -> Result<impl IntoResponse, Error> {
    let query = query.unwrap_or_default();
    let client = if query.contains("remember") {
        client.persistent(days(1))
    } else {
        client
    };
    let tokens = auth.log_in("user1", client).await?;
    Ok((
        auth.set_cookies(&tokens)?,
        Json(values_in_body(&tokens, &query)),
    ))
}

async fn access(token: Access) -> String {
    token.subject().to_owned()
}

async fn refresh(
    State(auth): State<Auth>,
    RawQuery(query): RawQuery,
    token: Refresh,
) -> Result<impl IntoResponse, Error> {
    let tokens = auth.refresh(token).await?;
    let body = values_in_body(&tokens, &query.unwrap_or_default());
    Ok((auth.set_cookies(&tokens)?, Json(body)))
}

async fn log_out(State(auth): State<Auth>, log_out: LogOut) -> Result<impl IntoResponse, Error> {
    Ok((auth.log_out(log_out).await?, ()))
}

async fn form(request: AccessForm<HashMap<String, String>>) -> String {
    let title = request.form.get("title").map_or("", String::as_str);
    format!("{}: {title}", request.token.subject())
}

async fn json(_: Access, Json(post): Json<Value>) -> String {
    post.get("title")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

async fn peer(ConnectInfo(peer): ConnectInfo<SocketAddr>) -> String {
    peer.ip().to_string()
}

async fn head(Path(name): Path<String>, headers: HeaderMap) -> (StatusCode, String) {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    (
        StatusCode::BAD_REQUEST,
        value.unwrap_or_default().to_owned(),
    )
}
