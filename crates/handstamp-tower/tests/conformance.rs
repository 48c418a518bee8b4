//! The shared rows, on plain services behind layers.

#![expect(clippy::expect_used, clippy::panic, reason = "a failing test panics")]

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;

use handstamp::error::{AuthError, IssueError, Rejection};
use handstamp::purpose::{Access, Purpose, Refresh};
use handstamp::{Auth, Location, NewToken, Require, SetCookies, days};
use handstamp_conformance::adapter::{self, App, Guards, REJECTION};
use handstamp_conformance::{Reply, Request};
use handstamp_tower::{Head, RequireLayer, SameOriginLayer, append_cookies, refuse, verified};
use http::header::{CACHE_CONTROL, SET_COOKIE};
use http::{HeaderValue, Response, StatusCode};
use tower::util::BoxCloneSyncService;
use tower::{Layer, ServiceBuilder, ServiceExt as _, service_fn};

#[tokio::test]
async fn every_row_holds() {
    adapter::run(Guards::LayersOnly, serve).await;
}

type HttpRequest = http::Request<Vec<u8>>;
type Route = BoxCloneSyncService<HttpRequest, Response<String>, Infallible>;

async fn serve(app: &App, request: &Request) -> Reply {
    let mut builder = http::Request::builder()
        .method(request.method())
        .uri(request.target());
    for (name, value) in request.lines() {
        builder = builder.header(name, value);
    }
    let request = builder
        .body(request.content().to_vec())
        .expect("the row's request can be sent");
    let route = route(app, request.uri().path());
    let response = route
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
    Reply::new(response.status().as_u16(), headers, response.into_body())
}

fn route(app: &App, path: &str) -> Route {
    let (auth, other) = (app.auth(), app.other());
    let (access, refresh) = (Require::access, Require::refresh);
    let lenient = || access().without_csrf();
    let read = ["users:read", "users:delete"];
    // A route behind one layer, and one behind a second.
    let one = |require| guarded(auth, require, subject(auth));
    let two = |require, inner| guarded(auth, require, inner);
    match path {
        "/access" => one(access()),
        "/fresh" => one(access().fresh()),
        "/refresh" => guarded(auth, refresh(), refreshed(auth)),
        "/layered" => two(access(), one(access())),
        "/layered-fresh" => two(access(), one(access().fresh())),
        "/layered-refresh" => two(access(), guarded(auth, refresh(), refreshed(auth))),
        "/without-csrf" => one(lenient()),
        "/without-csrf-token" => one(access().without_csrf_token()),
        "/strict-outside" => two(access(), one(lenient())),
        "/strict-inside" => two(lenient(), one(access())),
        "/headers-only" => one(access().from([Location::Headers])),
        "/headers-inside" => two(access(), one(access().from([Location::Headers]))),
        "/scopes-all" => one(access().all_scopes(read)),
        "/scopes-any" => one(access().any_scope(read)),
        "/scopes-none" => one(access().any_scope([""; 0])),
        "/admins" => one(access().login_type("admin")),
        "/other/access" => guarded(other, access(), subject(other)),
        "/other-layered" => guarded(other, access(), one(access())),
        "/both" => two(access(), guarded(other, access(), both(auth, other))),
        "/session/log-in" => session(auth, log_in),
        "/session/remember" => session(auth, remember_session),
        "/session/refresh" => guarded(auth, refresh(), session(auth, refresh_session)),
        "/session/log-out" => session(auth, log_out),
        "/session/this" => guarded(auth, access(), session(auth, this_session)),
        "/session/list" => guarded(auth, access(), session(auth, list_sessions)),
        "/provenance/bypass/" | "/provenance/only/123" => welcome(),
        _ if path.starts_with("/provenance/") => {
            BoxCloneSyncService::new(SameOriginLayer::new(auth.clone()).layer(welcome()))
        }
        _ => cookies(auth, path),
    }
}

fn guarded<P: Purpose>(auth: &Auth, require: Require<P>, inner: Route) -> Route {
    let layer = RequireLayer::new(auth.clone(), require);
    BoxCloneSyncService::new(layer.layer(inner))
}

fn handler(
    answer: impl Fn(&http::Extensions) -> Response<String> + Send + Sync + 'static,
) -> Route {
    let answer = Arc::new(answer);
    let service = service_fn(move |request: HttpRequest| {
        let response = answer(request.extensions());
        async move { Ok::<_, Infallible>(response) }
    });
    ServiceBuilder::new()
        .layer_fn(BoxCloneSyncService::new)
        .service(service)
}

fn subject(auth: &Auth) -> Route {
    let auth = auth.clone();
    handler(move |extensions| {
        let token = verified::<Access>(&auth, extensions).expect("a layer stands in front");
        Response::new(token.subject().to_owned())
    })
}

fn welcome() -> Route {
    handler(|_| Response::new("welcome".to_owned()))
}

fn both(auth: &Auth, other: &Auth) -> Route {
    let (auth, other) = (auth.clone(), other.clone());
    handler(move |extensions| {
        let ours = verified::<Access>(&auth, extensions).expect("its layer stands in front");
        let theirs = verified::<Access>(&other, extensions).expect("its layer stands in front");
        Response::new(format!("{} {}", ours.subject(), theirs.subject()))
    })
}

fn refreshed(auth: &Auth) -> Route {
    let auth = auth.clone();
    handler(move |extensions| {
        let token = verified::<Refresh>(&auth, extensions).expect("a layer stands in front");
        let mut response = Response::new(token.subject().to_owned());
        let access = auth.create_access_token(&*token);
        let cookies = access.and_then(|access| auth.set_access_cookies(&access));
        append_cookies(&cookies.expect("they fit"), response.headers_mut());
        response
    })
}

fn cookies(auth: &Auth, path: &str) -> Route {
    let mut response = Response::new(String::new());
    if path == "/failed" {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    let headers = response.headers_mut();
    if path == "/login-among-others" {
        headers.append(SET_COOKIE, HeaderValue::from_static("theme=dark"));
        headers.insert(
            CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=600"),
        );
    }
    let user1 = || NewToken::for_subject("user1").fresh();
    for part in match path {
        "/login" => vec![access_part(auth, user1()), refresh_part(auth)],
        "/remember" => vec![
            access_part(auth, user1()).map(|part| part.persistent(days(30))),
            refresh_part(auth).map(|part| part.persistent(days(30))),
        ],
        "/login-twice" => vec![access_part(auth, user1()), access_part(auth, "user2")],
        "/login-among-others" => vec![access_part(auth, user1())],
        "/logout" | "/failed" => vec![Ok(auth.unset_cookies())],
        "/logout-access" => vec![Ok(auth.unset_access_cookies())],
        "/logout-refresh" => vec![Ok(auth.unset_refresh_cookies())],
        path => panic!("no route {path}"),
    } {
        append_cookies(&part.expect("they fit"), headers);
    }
    handler(move |_| response.clone())
}

fn access_part(auth: &Auth, token: impl Into<NewToken>) -> Result<SetCookies, IssueError> {
    auth.set_access_cookies(&auth.create_access_token(token)?)
}

fn refresh_part(auth: &Auth) -> Result<SetCookies, IssueError> {
    auth.set_refresh_cookies(&auth.create_refresh_token("user1")?)
}

/// A handler that waits for the store. Its error is the whole response.
fn session<F>(auth: &Auth, answer: fn(Auth, HttpRequest) -> F) -> Route
where
    F: Future<Output = Result<Response<String>, AuthError>> + Send + 'static,
{
    let auth = auth.clone();
    let service = service_fn(move |request: HttpRequest| {
        let answered = answer(auth.clone(), request);
        async move {
            Ok::<_, Infallible>(match answered.await {
                Ok(response) => response,
                Err(AuthError::Rejected(rejection)) => refuse(rejection),
                Err(error) => panic!("the app makes no mistake: {error}"),
            })
        }
    });
    BoxCloneSyncService::new(service)
}

async fn log_in(auth: Auth, request: HttpRequest) -> Result<Response<String>, AuthError> {
    let client = auth.client_info(&Head::from(&request));
    let tokens = auth.log_in("user1", client).await?;
    Ok(with_cookies(&auth.set_cookies(&tokens)?))
}

async fn remember_session(auth: Auth, request: HttpRequest) -> Result<Response<String>, AuthError> {
    let client = auth.client_info(&Head::from(&request));
    let tokens = auth.log_in("user1", client.persistent(days(30))).await?;
    Ok(with_cookies(&auth.set_cookies(&tokens)?))
}

async fn refresh_session(auth: Auth, request: HttpRequest) -> Result<Response<String>, AuthError> {
    let token = verified::<Refresh>(&auth, request.extensions()).expect("a layer stands in front");
    let tokens = auth.refresh(&token).await?;
    Ok(with_cookies(&auth.set_cookies(&tokens)?))
}

async fn log_out(auth: Auth, request: HttpRequest) -> Result<Response<String>, AuthError> {
    let log_out = auth.authenticate_log_out(&Head::from(&request))?;
    Ok(with_cookies(&auth.log_out(log_out).await?))
}

async fn this_session(auth: Auth, request: HttpRequest) -> Result<Response<String>, AuthError> {
    let token = verified::<Access>(&auth, request.extensions()).expect("a layer stands in front");
    let session = auth.session(&token).await?;
    Ok(Response::new(
        session.user_agent().unwrap_or_default().to_owned(),
    ))
}

async fn list_sessions(auth: Auth, request: HttpRequest) -> Result<Response<String>, AuthError> {
    let token = verified::<Access>(&auth, request.extensions()).expect("a layer stands in front");
    let sessions = auth.sessions(&*token).await?;
    let names = sessions.iter().map(|session| {
        let mark = if session.is_current() { "*" } else { "" };
        format!("{}{mark}", session.user_agent().unwrap_or_default())
    });
    Ok(Response::new(names.collect::<Vec<_>>().join(", ")))
}

fn with_cookies(cookies: &SetCookies) -> Response<String> {
    let mut response = Response::new(String::new());
    append_cookies(cookies, response.headers_mut());
    response
}
