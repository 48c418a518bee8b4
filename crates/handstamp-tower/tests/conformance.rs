//! The shared rows, on plain services behind layers.

#![expect(clippy::expect_used, clippy::panic, reason = "a failing test panics")]

use std::convert::Infallible;
use std::sync::Arc;

use handstamp::error::{IssueError, Rejection};
use handstamp::purpose::{Access, Purpose, Refresh};
use handstamp::{Auth, Location, NewToken, Require, SetCookies, days};
use handstamp_conformance::adapter::{self, App, Guards, REJECTION};
use handstamp_conformance::{Reply, Request};
use handstamp_tower::{RequireLayer, append_cookies, verified};
use http::header::{CACHE_CONTROL, SET_COOKIE};
use http::{HeaderValue, Response, StatusCode};
use tower::util::BoxCloneSyncService;
use tower::{Layer, ServiceBuilder, ServiceExt as _, service_fn};

#[tokio::test]
async fn every_row_holds() {
    adapter::run(Guards::LayersOnly, serve).await;
}

type Route = BoxCloneSyncService<http::Request<Vec<u8>>, Response<String>, Infallible>;

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
    let service = service_fn(move |request: http::Request<Vec<u8>>| {
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
