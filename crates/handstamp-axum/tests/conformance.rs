//! The shared rows, on an app of extractors, layers and response parts.

#![expect(clippy::expect_used, reason = "a failing test panics")]

mod bodies;
mod implicit;

use std::time::Duration;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{AppendHeaders, IntoResponse};
use axum::routing::{MethodRouter, any, post};
use axum::{Json, Router};
use handstamp_axum::handstamp::Authenticated;
use handstamp_axum::handstamp::error::{Rejection, StoreError};
use handstamp_axum::handstamp::purpose::{self, Purpose};
use handstamp_axum::{
    Access, Auth, AuthorizeLayer, ClientInfo, Current, Error, Fresh, LoadSubject, Location, LogOut,
    NewToken, PeerAddress, Refresh, Require, RequireLayer, Route, Session, SessionInfo, Visitor,
    days, routes,
};
use handstamp_conformance::adapter::uploads::{self, Server};
use handstamp_conformance::adapter::{
    self, ACTION, App, ONE_TIME, REJECTION, Rules, limits, ready_routes,
};
use handstamp_conformance::{Reply, Request};
use http_body_util::BodyExt as _;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

#[tokio::test]
async fn every_row_holds() {
    adapter::run("axum", serve).await;
}

#[tokio::test]
async fn every_row_of_ready_routes_holds() {
    ready_routes::run("axum", serve).await;
}

#[tokio::test]
async fn a_rejected_body_is_not_taken() {
    uploads::run("axum", Server::Hyper, async |app| {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("the loopback interface has a free port");
        let address = listener.local_addr().expect("it is bound");
        tokio::spawn(async move { axum::serve(listener, router(&app)).await });
        address
    })
    .await;
}

async fn serve(app: &App, request: &Request) -> Reply {
    let mut builder = axum::http::Request::builder()
        .method(request.method())
        .uri(request.target());
    for (name, value) in request.lines() {
        builder = builder.header(name, value);
    }
    builder = builder.extension(PeerAddress(limits::PEER));
    let request = builder
        .body(Body::from(request.content().to_vec()))
        .expect("the row's request can be sent");
    let response = router(app)
        .oneshot(request)
        .await
        .unwrap_or_else(|never| match never {});
    let mut headers: Vec<(String, String)> = response
        .headers()
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.to_string(), value)
        })
        .collect();
    if let Some(rejection) = response.extensions().get::<Rejection>() {
        headers.push((REJECTION.to_owned(), rejection.code().to_owned()));
    }
    let status = response.status().as_u16();
    let body = response.into_body().collect().await;
    let body = body.expect("the body is in memory").to_bytes();
    Reply::new(status, headers, String::from_utf8_lossy(&body).into_owned())
}

fn limited(app: &App, auth: &Auth) -> Router<Auth> {
    let behind = |name: &str, route: MethodRouter<Auth>| {
        let limits = auth.rate_limit(app.limits(name));
        let route = route.layer(limits.trusted_proxies(limits::proxies()));
        Router::new().route(&format!("/{name}"), route)
    };
    Router::new()
        .merge(behind("address", any(welcome)))
        .merge(behind("subject", any(access)))
        .merge(behind("session", any(access)))
        .merge(behind("both", any(access)))
        .merge(behind("refresh", any(refresh_session)))
        .merge(behind("open", any(welcome)))
        .merge(behind("closed", any(welcome)))
}

fn no_store(auth: &Auth) -> Router<Auth> {
    let own = async |token: Access| {
        let headers = [("cache-control", "private, max-age=60")];
        (headers, token.subject().to_owned())
    };
    Router::new()
        .route("/access", any(access))
        .route("/visitor", any(visitor))
        .route("/optional", any(optional))
        .route("/own", any(own))
        .layer(auth.no_store())
}

fn router(app: &App) -> Router {
    let auth = Auth::from(app.auth().clone());
    let other = Auth::from(app.other().clone());
    let strict = || auth.require(Require::access());
    let lenient = || auth.require(Require::access().without_csrf());
    let others = || other.require(Require::access());
    let layered = |require| behind(auth.require(require), any(access));
    let read = ["users:read", "users:delete"];
    let implicit = implicit::router(&auth, &other);
    let theirs = other.clone();
    let both = any(async move |ours: Access, request| both(&theirs, &ours, &request));
    let fewer = routes(&auth).without(Route::Names);
    let fewer = fewer.without(Route::RevokeSession);
    Router::new()
        .route("/access", any(access))
        .route("/refresh", any(refresh))
        .route("/fresh", any(fresh))
        .route("/optional", any(optional))
        .route("/visitor", any(visitor))
        .route("/visitor-layered", behind(strict(), any(visitor)))
        .nest("/no-store", no_store(&auth))
        .route("/current", any(current))
        .route("/current-layered", behind(strict(), any(current)))
        .route("/layered", behind(strict(), any(access)))
        .route("/layered-fresh", behind(strict(), any(fresh)))
        .route("/layered-refresh", behind(strict(), any(refresh)))
        .route("/without-csrf", behind(lenient(), any(access)))
        .route(
            "/without-csrf-token",
            layered(Require::access().without_csrf_token()),
        )
        .route("/provenance/bypass/", any(welcome))
        .route("/provenance/only/{foo}", any(welcome))
        .route("/provenance/", any(welcome).layer(auth.same_origin()))
        .route(
            "/provenance/{*path}",
            any(welcome).layer(auth.same_origin()),
        )
        .route(
            "/strict-outside",
            behind(strict(), behind(lenient(), any(access))),
        )
        .route(
            "/strict-inside",
            behind(lenient(), behind(strict(), any(access))),
        )
        .route(
            "/headers-only",
            layered(Require::access().from([Location::Headers])),
        )
        .route(
            "/headers-inside",
            behind(
                strict(),
                layered(Require::access().from([Location::Headers])),
            ),
        )
        .route(
            "/headers-outside",
            behind(
                auth.require(Require::access().from([Location::Headers])),
                behind(strict(), any(access)),
            ),
        )
        .route("/often", any(often))
        .route(
            "/often-layered",
            behind(strict(), behind(strict(), any(often))),
        )
        .route("/often-layered-without-csrf", behind(lenient(), any(often)))
        .route("/twice", any(twice))
        .route("/scopes-all", layered(Require::access().all_scopes(read)))
        .route("/scopes-any", layered(Require::access().any_scope(read)))
        .route(
            "/scopes-none",
            layered(Require::access().any_scope([""; 0])),
        )
        .route("/admins", layered(Require::access().login_type("admin")))
        .route("/other-layered", behind(others(), any(access)))
        .route("/both", behind(strict(), behind(others(), both)))
        .merge(log_ins_and_sessions(&auth))
        .merge(permissions(&auth).nest("/limited", limited(app, &auth)))
        .route("/json", any(bodies::json))
        .route("/form", any(bodies::form))
        .route("/json-layered", behind(strict(), any(bodies::json)))
        .route("/form-layered", behind(strict(), any(bodies::form)))
        .route("/refresh-json", any(bodies::refresh_json))
        .route("/session/log-out-body", any(bodies::log_out_body))
        .layer(DefaultBodyLimit::max(64 * 1024))
        .nest("/ready", routes(&auth).into())
        .nest("/fewer", fewer.into())
        .nest("/theirs", routes(&other).into())
        .with_state(auth)
        .merge(implicit)
        .nest(
            "/other",
            Router::new()
                .route("/access", any(access))
                .route("/session/info", info(&other))
                .with_state(other),
        )
}

/// Routes that log in and out, and those of sessions.
fn log_ins_and_sessions(auth: &Auth) -> Router<Auth> {
    Router::new()
        .route("/login", post(login))
        .route("/remember", post(remember))
        .route("/login-twice", post(login_twice))
        .route("/login-among-others", post(login_among_others))
        .route("/logout", post(logout))
        .route("/logout-access", post(logout_access))
        .route("/logout-refresh", post(logout_refresh))
        .route("/failed", post(failed))
        .route("/rate-limited", post(rate_limited))
        .route("/busy", post(busy))
        .route("/invalid-credentials", post(invalid_credentials))
        .route("/refused", post(refused))
        .route("/one-time", post(one_time))
        .route("/session/log-in", post(log_in))
        .route(
            "/session/guarded-log-in",
            post(log_in).layer(auth.same_origin()),
        )
        .route("/session/remember", post(remember_session))
        .route("/session/refresh", any(refresh_session))
        .route("/session/log-out", any(log_out))
        .route("/session/this", any(this_session))
        .route("/session/list", any(list_sessions))
        .route("/session/info", info(auth))
}

fn behind<P: Purpose>(layer: RequireLayer<P>, route: MethodRouter<Auth>) -> MethodRouter<Auth> {
    route.layer(layer)
}

fn permissions(auth: &Auth) -> Router<Auth> {
    let lenient = auth.require(Require::access().without_csrf());
    let headers = auth.require(Require::access().from([Location::Headers]));
    let permitted = || any(access).layer(permitted(auth));
    Router::new()
        .route("/permitted", permitted())
        .route("/permitted-inside", behind(lenient, permitted()))
        .route(
            "/permitted-outside",
            behind(headers, any(access)).layer(self::permitted(auth)),
        )
        .route("/permission", any(permission))
}

type Permitted = AuthorizeLayer<Rules, fn(&Parts) -> String>;

fn permitted(auth: &Auth) -> Permitted {
    auth.authorize(Rules, |head| head.method.to_string())
}

fn info(auth: &Auth) -> MethodRouter<Auth> {
    let info = async |session: SessionInfo| Json(session);
    any(info).layer(auth.no_store())
}

async fn permission(
    State(auth): State<Auth>,
    token: Access,
    method: Method,
) -> Result<String, Error> {
    auth.require_permission(&token, &Rules, &method.to_string())
        .await?;
    Ok(token.subject().to_owned())
}

async fn access(token: Access) -> String {
    token.subject().to_owned()
}

async fn often(token: Access, fresh: Fresh, optional: Option<Access>, visitor: Visitor) -> String {
    let ids = [Some(fresh.id()), optional.as_ref().map(|token| token.id())];
    let visitor = visitor.token().map(|token| token.id());
    assert_eq!((ids, visitor), ([Some(token.id()); 2], Some(token.id())));
    token.subject().to_owned()
}

async fn twice(
    first: Result<Access, handstamp_axum::Rejection>,
    second: Result<Access, handstamp_axum::Rejection>,
) -> String {
    let answers = [first, second].map(|token| match token {
        Ok(token) => token.subject().to_owned(),
        Err(rejection) => rejection.code().to_owned(),
    });
    answers.join(" ")
}

async fn welcome() -> &'static str {
    "welcome"
}

async fn fresh(token: Fresh) -> String {
    token.subject().to_owned()
}

async fn optional(token: Option<Access>) -> String {
    token.map_or_else(
        || "anonymous".to_owned(),
        |token| token.subject().to_owned(),
    )
}

async fn visitor(visitor: Visitor) -> String {
    match (visitor.token(), visitor.rejection()) {
        (Some(token), _) => token.subject().to_owned(),
        (None, Some(rejection)) => format!("nobody: {}", rejection.code()),
        (None, None) => "nobody".to_owned(),
    }
}

struct User {
    name: String,
}

impl LoadSubject<User> for Auth {
    async fn load_subject(
        &self,
        token: &Authenticated<purpose::Access>,
    ) -> Result<Option<User>, StoreError> {
        Ok(adapter::user(token.subject())?.map(|name| User { name }))
    }
}

async fn current(Current(user): Current<User>) -> String {
    user.name
}

async fn refresh(State(auth): State<Auth>, token: Refresh) -> Result<impl IntoResponse, Error> {
    let access = auth.create_access_token(&token)?;
    Ok((
        auth.set_access_cookies(&access)?,
        token.subject().to_owned(),
    ))
}

/// What each layer let in is found under its own `Auth`.
fn both(other: &Auth, ours: &Access, request: &axum::extract::Request) -> String {
    let theirs = handstamp_tower::verified::<purpose::Access>(other, request.extensions());
    let theirs = theirs.expect("its layer stands in front");
    format!("{} {}", ours.subject(), theirs.subject())
}

async fn login(State(auth): State<Auth>) -> Result<impl IntoResponse, Error> {
    let access = auth.create_access_token(NewToken::for_subject("user1").fresh())?;
    let refresh = auth.create_refresh_token("user1")?;
    Ok((
        auth.set_access_cookies(&access)?,
        auth.set_refresh_cookies(&refresh)?,
        (),
    ))
}

async fn remember(State(auth): State<Auth>) -> Result<impl IntoResponse, Error> {
    let access = auth.create_access_token(NewToken::for_subject("user1").fresh())?;
    let refresh = auth.create_refresh_token("user1")?;
    Ok((
        auth.set_access_cookies(&access)?.persistent(days(30)),
        auth.set_refresh_cookies(&refresh)?.persistent(days(30)),
        (),
    ))
}

async fn login_twice(State(auth): State<Auth>) -> Result<impl IntoResponse, Error> {
    let [first, second] = ["user1", "user2"].map(|user| auth.create_access_token(user));
    Ok((
        auth.set_access_cookies(&first?)?,
        auth.set_access_cookies(&second?)?,
        (),
    ))
}

async fn login_among_others(State(auth): State<Auth>) -> Result<impl IntoResponse, Error> {
    let access = auth.create_access_token("user1")?;
    Ok((
        AppendHeaders([(SET_COOKIE, "theme=dark")]),
        [(CACHE_CONTROL, "public, max-age=600")],
        auth.set_access_cookies(&access)?,
        (),
    ))
}

async fn logout(State(auth): State<Auth>) -> impl IntoResponse {
    (auth.unset_cookies(), ())
}

async fn logout_access(State(auth): State<Auth>) -> impl IntoResponse {
    (auth.unset_access_cookies(), ())
}

async fn logout_refresh(State(auth): State<Auth>) -> impl IntoResponse {
    (auth.unset_refresh_cookies(), ())
}

async fn failed(State(auth): State<Auth>) -> impl IntoResponse {
    (StatusCode::BAD_REQUEST, auth.unset_cookies(), ())
}

async fn rate_limited(State(auth): State<Auth>) -> Error {
    auth.rate_limited(Duration::from_millis(59_001))
}

async fn busy(State(auth): State<Auth>) -> Error {
    auth.busy()
}

async fn invalid_credentials(State(auth): State<Auth>) -> Error {
    auth.invalid_credentials()
}

async fn refused(State(auth): State<Auth>) -> Error {
    auth.refuse(404, "no_such_session", "No such session")
}

async fn one_time(State(auth): State<Auth>, headers: HeaderMap) -> Result<String, Error> {
    let token = headers.get(ONE_TIME).and_then(|text| text.to_str().ok());
    let opened = auth.open_one_time_token(ACTION, token.unwrap_or_default())?;
    let redeemed = auth.redeem_one_time_token(opened.bound_to("value")).await?;
    Ok(redeemed.subject().to_owned())
}

async fn log_in(State(auth): State<Auth>, client: ClientInfo) -> Result<impl IntoResponse, Error> {
    let tokens = auth.log_in("user1", client).await?;
    Ok((auth.set_cookies(&tokens)?, ()))
}

async fn remember_session(
    auth: State<Auth>,
    client: ClientInfo,
) -> Result<impl IntoResponse, Error> {
    log_in(auth, client.persistent(days(30))).await
}

async fn refresh_session(
    State(auth): State<Auth>,
    token: Refresh,
) -> Result<impl IntoResponse, Error> {
    let tokens = auth.refresh(token).await?;
    Ok((auth.set_cookies(&tokens)?, ()))
}

async fn log_out(State(auth): State<Auth>, log_out: LogOut) -> Result<impl IntoResponse, Error> {
    Ok((auth.log_out(log_out).await?, ()))
}

async fn this_session(session: Session) -> String {
    session.user_agent().unwrap_or_default().to_owned()
}

async fn list_sessions(State(auth): State<Auth>, token: Access) -> Result<String, Error> {
    let sessions = auth.sessions(&token).await?;
    let names = sessions.iter().map(|session| {
        let mark = if session.is_current() { "*" } else { "" };
        format!("{}{mark}", session.user_agent().unwrap_or_default())
    });
    Ok(names.collect::<Vec<_>>().join(", "))
}
