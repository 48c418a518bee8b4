//! The shared rows, on plain services behind layers, served by hyper over a stream in memory.

#![expect(clippy::expect_used, clippy::panic, reason = "a failing test panics")]

mod bodies;
mod implicit;

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use handstamp::error::{AuthError, IssueError, Rejection, StoreError};
use handstamp::purpose::{self, Purpose};
use handstamp::subject::LoadSubject;
use handstamp::{Auth, Authenticated, Location, NewToken, Require, SetCookies, days};
use handstamp_conformance::adapter::uploads::{self, Server};
use handstamp_conformance::adapter::{self, ACTION, App, ONE_TIME, REJECTION, Rules, limits};
use handstamp_conformance::{Reply, Request};
use handstamp_tower::{
    AuthorizeLayer, Head, NoStoreLayer, PeerAddress, RateLimitLayer, RequireLayer, SameOriginLayer,
    access, append_cookies, fresh, refresh, refuse, session_info, visitor,
};
use http::header::{CACHE_CONTROL, SET_COOKIE};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::BodyExt;
use http_body_util::combinators::BoxBody;
use hyper::body::{Body, Bytes, Incoming};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tower::util::BoxCloneSyncService;
use tower::{Layer, Service, ServiceExt as _, service_fn};

#[tokio::test]
async fn every_row_holds() {
    adapter::run("tower", serve).await;
}

type HttpRequest = http::Request<Incoming>;
type Route = BoxCloneSyncService<HttpRequest, Response<Text>, Infallible>;

/// Of a handler, and behind any number of layers.
type Text = BoxBody<Bytes, Infallible>;

#[tokio::test]
async fn a_rejected_body_is_not_taken() {
    uploads::run("tower", Server::Hyper, async |app| {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("the loopback interface has a free port");
        let address = listener.local_addr().expect("it is bound");
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let app = Arc::clone(&app);
                let service = service_fn(move |request: HttpRequest| {
                    route(&app, request.uri().path()).oneshot(request)
                });
                let serving = http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
                tokio::spawn(serving);
            }
        });
        address
    })
    .await;
}

async fn serve(app: &App, request: &Request) -> Reply {
    let target: http::Uri = request.target().parse().expect("a target is a URI");
    let route = route(app, target.path()).map_response(show_rejection);
    let (client, server) = tokio::io::duplex(64 * 1024);
    let serving = http1::Builder::new()
        .serve_connection(TokioIo::new(server), TowerToHyperService::new(route));
    let asking = async {
        let bytes = Vec::from(request.clone());
        let (mut reader, mut writer) = tokio::io::split(client);
        let mut answer = Vec::new();
        // A server that does not want the body stops to read.
        let (_, read) = tokio::join!(writer.write_all(&bytes), reader.read_to_end(&mut answer));
        read.expect("the server answers");
        Reply::parse(&answer).expect("the answer is HTTP")
    };
    let (connection, reply) = tokio::join!(serving, asking);
    connection.expect("it ends well");
    reply
}

/// Extensions do not go over a connection.
fn show_rejection(mut response: Response<Text>) -> Response<Text> {
    if let Some(code) = response.extensions().get().map(Rejection::code) {
        response.headers_mut().insert(
            HeaderName::from_static(REJECTION),
            HeaderValue::from_static(code),
        );
    }
    response
}

fn route(app: &App, path: &str) -> Route {
    let (auth, other) = (app.auth(), app.other());
    let strict = Require::access;
    let lenient = || strict().without_csrf();
    let headers = || strict().from([Location::Headers]);
    let read = ["users:read", "users:delete"];
    let ours = || handler(auth, subject);
    let behind = |require, inner| guarded(auth, require, inner);
    match path {
        "/access" => ours(),
        "/refresh" => handler(auth, refreshed),
        "/fresh" => handler(auth, fresh_subject),
        "/optional" => handler(auth, optional),
        "/other/access" => handler(other, subject),
        "/visitor" => handler(auth, visitor_subject),
        "/visitor-layered" => behind(strict(), handler(auth, visitor_subject)),
        "/no-store/access" => boxed(NoStoreLayer::new().layer(ours())),
        "/no-store/visitor" => boxed(NoStoreLayer::new().layer(handler(auth, visitor_subject))),
        "/no-store/optional" => boxed(NoStoreLayer::new().layer(handler(auth, optional))),
        "/no-store/own" => boxed(NoStoreLayer::new().layer(handler(auth, own))),
        "/current" => handler(auth, current),
        "/current-layered" => behind(strict(), handler(auth, current)),
        "/layered" => behind(strict(), ours()),
        "/layered-fresh" => behind(strict(), handler(auth, fresh_subject)),
        "/layered-refresh" => behind(strict(), handler(auth, refreshed)),
        "/without-csrf" => behind(lenient(), ours()),
        "/without-csrf-token" => behind(strict().without_csrf_token(), ours()),
        "/strict-outside" => behind(strict(), behind(lenient(), ours())),
        "/strict-inside" => behind(lenient(), behind(strict(), ours())),
        "/headers-outside" => behind(headers(), behind(strict(), ours())),
        "/often" => handler(auth, often),
        "/often-layered" => behind(strict(), behind(strict(), handler(auth, often))),
        "/often-layered-without-csrf" => behind(lenient(), handler(auth, often)),
        "/twice" => handler(auth, twice),
        "/headers-only" => behind(headers(), ours()),
        "/headers-inside" => behind(strict(), behind(headers(), ours())),
        "/scopes-all" => behind(strict().all_scopes(read), ours()),
        "/scopes-any" => behind(strict().any_scope(read), ours()),
        "/scopes-none" => behind(strict().any_scope([""; 0]), ours()),
        "/admins" => behind(strict().login_type("admin"), ours()),
        "/permitted" => permitted(auth, ours()),
        "/permitted-inside" => behind(lenient(), permitted(auth, ours())),
        "/permitted-outside" => permitted(auth, behind(headers(), ours())),
        "/permission" => handler(auth, permission),
        "/other-layered" => guarded(other, strict(), ours()),
        "/both" => behind(strict(), guarded(other, strict(), both(auth, other))),
        "/rate-limited" => handler(auth, rate_limited),
        "/busy" => handler(auth, busy),
        "/invalid-credentials" => handler(auth, invalid_credentials),
        "/refused" => handler(auth, refused),
        "/limited/subject" | "/limited/session" | "/limited/both" => limited(app, path, ours()),
        "/limited/refresh" => limited(app, path, handler(auth, refresh_session)),
        _ if path.starts_with("/limited/") => limited(app, path, handler(auth, welcome)),
        "/one-time" => handler(auth, one_time),
        "/session/log-in" => handler(auth, log_in),
        "/session/guarded-log-in" => {
            let layer = SameOriginLayer::new(auth.clone());
            boxed(layer.layer(handler(auth, log_in)))
        }
        "/session/remember" => handler(auth, remember_session),
        "/session/refresh" => handler(auth, refresh_session),
        "/session/log-out" => handler(auth, log_out),
        "/session/this" => handler(auth, this_session),
        "/session/list" => handler(auth, list_sessions),
        "/session/info" => boxed(NoStoreLayer::new().layer(handler(auth, info))),
        "/other/session/info" => boxed(NoStoreLayer::new().layer(handler(other, info))),
        "/json" => bodies::route(auth, bodies::json),
        "/form" => bodies::route(auth, bodies::form),
        "/json-layered" => behind(strict(), bodies::route(auth, bodies::json)),
        "/form-layered" => behind(strict(), bodies::route(auth, bodies::form)),
        "/refresh-json" => bodies::route(auth, bodies::refresh_json),
        "/session/log-out-body" => bodies::route(auth, bodies::log_out_body),
        path if path.starts_with("/implicit/") => implicit::route(app, path),
        "/provenance/bypass/" | "/provenance/only/123" => handler(auth, welcome),
        _ if path.starts_with("/provenance/") => {
            let layer = SameOriginLayer::new(auth.clone());
            boxed(layer.layer(handler(auth, welcome)))
        }
        _ => cookies(auth, path),
    }
}

fn limited(app: &App, path: &str, inner: Route) -> Route {
    let name = path.trim_start_matches("/limited/");
    let layer = RateLimitLayer::new(app.auth().clone(), app.limits(name));
    let layer = layer.trusted_proxies(limits::proxies());
    let inner = boxed(layer.layer(inner));
    boxed(service_fn(move |mut request: HttpRequest| {
        request.extensions_mut().insert(PeerAddress(limits::PEER));
        inner.clone().oneshot(request)
    }))
}

fn guarded<P: Purpose>(auth: &Auth, require: Require<P>, inner: Route) -> Route {
    let layer = RequireLayer::new(auth.clone(), require);
    boxed(layer.layer(inner))
}

fn permitted(auth: &Auth, inner: Route) -> Route {
    let layer = AuthorizeLayer::new(auth.clone(), Rules, |head| head.method.to_string());
    boxed(layer.layer(inner))
}

/// Routes have one type, whatever is in front of them.
fn boxed<S, B>(service: S) -> Route
where
    S: Service<HttpRequest, Response = Response<B>, Error = Infallible>,
    S: Clone + Send + Sync + 'static,
    S::Future: Send,
    B: Body<Data = Bytes, Error = Infallible> + Send + Sync + 'static,
{
    let boxed = |response: Response<B>| response.map(BodyExt::boxed);
    BoxCloneSyncService::new(service.map_response(boxed))
}

type Answer = Result<Response<String>, AuthError>;

/// A handler's error is the whole response.
fn handler<F>(auth: &Auth, answer: fn(Auth, Parts) -> F) -> Route
where
    F: Future<Output = Answer> + Send + 'static,
{
    let auth = auth.clone();
    let service = service_fn(move |request: HttpRequest| {
        let answer = answer(auth.clone(), request.into_parts().0);
        async move {
            Ok(match answer.await {
                Ok(response) => response,
                Err(AuthError::Rejected(rejection)) => refuse(rejection),
                Err(error) => panic!("the app makes no mistake: {error}"),
            })
        }
    });
    boxed(service)
}

async fn welcome(_: Auth, _: Parts) -> Answer {
    Ok(Response::new("welcome".to_owned()))
}

async fn rate_limited(auth: Auth, _: Parts) -> Answer {
    Err(auth.rate_limited(Duration::from_millis(59_001)).into())
}

async fn busy(auth: Auth, _: Parts) -> Answer {
    Err(auth.busy().into())
}

async fn invalid_credentials(auth: Auth, _: Parts) -> Answer {
    Err(auth.invalid_credentials().into())
}

async fn refused(auth: Auth, _: Parts) -> Answer {
    let rejection = auth.refuse(404, "no_such_session", "No such session");
    Err(rejection.into())
}

async fn one_time(auth: Auth, request: Parts) -> Answer {
    let token = request.headers.get(ONE_TIME);
    let token = token.and_then(|text| text.to_str().ok());
    let opened = auth.open_one_time_token(ACTION, token.unwrap_or_default())?;
    let redeemed = auth.redeem_one_time_token(opened.bound_to("value")).await?;
    Ok(Response::new(redeemed.subject().to_owned()))
}

async fn subject(auth: Auth, mut request: Parts) -> Answer {
    let token = access(&auth, &mut request).await?;
    Ok(Response::new(token.subject().to_owned()))
}

async fn permission(auth: Auth, mut request: Parts) -> Answer {
    let token = access(&auth, &mut request).await?;
    auth.require_permission(&token, &Rules, &request.method.to_string())
        .await?;
    Ok(Response::new(token.subject().to_owned()))
}

async fn fresh_subject(auth: Auth, mut request: Parts) -> Answer {
    let token = fresh(&auth, &mut request).await?;
    Ok(Response::new(token.subject().to_owned()))
}

async fn optional(auth: Auth, mut request: Parts) -> Answer {
    let name = match access(&auth, &mut request).await {
        Ok(token) => token.subject().to_owned(),
        Err(rejection) if rejection.is_missing_token() => "anonymous".to_owned(),
        Err(rejection) => return Err(rejection.into()),
    };
    Ok(Response::new(name))
}

async fn own(auth: Auth, request: Parts) -> Answer {
    let mut response = subject(auth, request).await?;
    let own = HeaderValue::from_static("private, max-age=60");
    response.headers_mut().insert("cache-control", own);
    Ok(response)
}

async fn visitor_subject(auth: Auth, mut request: Parts) -> Answer {
    let name = match visitor(&auth, &mut request).await? {
        Ok(token) => token.subject().to_owned(),
        Err(rejection) if rejection.is_missing_token() => "nobody".to_owned(),
        Err(rejection) => format!("nobody: {}", rejection.code()),
    };
    Ok(Response::new(name))
}

async fn often(auth: Auth, mut request: Parts) -> Answer {
    let token = access(&auth, &mut request).await?;
    let tokens = [
        fresh(&auth, &mut request).await?,
        access(&auth, &mut request).await?,
        visitor(&auth, &mut request).await??,
    ];
    let all_same = tokens.iter().all(|other| other.id() == token.id());
    assert!(all_same, "there is one token");
    Ok(Response::new(token.subject().to_owned()))
}

async fn twice(auth: Auth, mut request: Parts) -> Answer {
    let mut answers = Vec::new();
    for _ in 0..2 {
        answers.push(match access(&auth, &mut request).await {
            Ok(token) => token.subject().to_owned(),
            Err(rejection) => rejection.code().to_owned(),
        });
    }
    Ok(Response::new(answers.join(" ")))
}

/// Finds users by their names.
struct Users;

impl LoadSubject<String> for Users {
    async fn load_subject(
        &self,
        token: &Authenticated<purpose::Access>,
    ) -> Result<Option<String>, StoreError> {
        adapter::user(token.subject())
    }
}

async fn current(auth: Auth, mut request: Parts) -> Answer {
    let token = access(&auth, &mut request).await?;
    Ok(Response::new(auth.load_subject(&token, &Users).await?))
}

async fn refreshed(auth: Auth, mut request: Parts) -> Answer {
    let token = refresh(&auth, &mut request).await?;
    let cookies = auth.set_access_cookies(&auth.create_access_token(&*token)?)?;
    Ok(with_cookies(cookies).map(|_| token.subject().to_owned()))
}

/// What each layer let in is found under its own `Auth`.
fn both(auth: &Auth, other: &Auth) -> Route {
    let (auth, other) = (auth.clone(), other.clone());
    let service = service_fn(move |request: HttpRequest| {
        let (auth, other) = (auth.clone(), other.clone());
        let mut request = request.into_parts().0;
        async move {
            let ours = access(&auth, &mut request).await;
            let ours = ours.expect("its layer stands in front");
            let theirs = access(&other, &mut request).await;
            let theirs = theirs.expect("its layer stands in front");
            let both = format!("{} {}", ours.subject(), theirs.subject());
            Ok(Response::new(both))
        }
    });
    boxed(service)
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
        append_cookies(part.expect("they fit"), headers);
    }
    boxed(service_fn(move |_| {
        let response = response.clone();
        async move { Ok(response) }
    }))
}

fn access_part(auth: &Auth, token: impl Into<NewToken>) -> Result<SetCookies, IssueError> {
    auth.set_access_cookies(&auth.create_access_token(token)?)
}

fn refresh_part(auth: &Auth) -> Result<SetCookies, IssueError> {
    auth.set_refresh_cookies(&auth.create_refresh_token("user1")?)
}

async fn log_in(auth: Auth, request: Parts) -> Answer {
    let client = auth.client_info(&Head::from(&request));
    let tokens = auth.log_in("user1", client).await?;
    Ok(with_cookies(auth.set_cookies(&tokens)?))
}

async fn remember_session(auth: Auth, request: Parts) -> Answer {
    let client = auth.client_info(&Head::from(&request));
    let tokens = auth.log_in("user1", client.persistent(days(30))).await?;
    Ok(with_cookies(auth.set_cookies(&tokens)?))
}

async fn refresh_session(auth: Auth, mut request: Parts) -> Answer {
    let token = refresh(&auth, &mut request).await?;
    let tokens = auth.refresh(&token).await?;
    Ok(with_cookies(auth.set_cookies(&tokens)?))
}

async fn log_out(auth: Auth, request: Parts) -> Answer {
    let log_out = auth.authenticate_log_out(&Head::from(&request))?;
    Ok(with_cookies(auth.log_out(log_out).await?))
}

async fn this_session(auth: Auth, mut request: Parts) -> Answer {
    let token = access(&auth, &mut request).await?;
    let session = auth.session(&token).await?;
    Ok(Response::new(
        session.user_agent().unwrap_or_default().to_owned(),
    ))
}

async fn list_sessions(auth: Auth, mut request: Parts) -> Answer {
    let token = access(&auth, &mut request).await?;
    let sessions = auth.sessions(&*token).await?;
    let names = sessions.iter().map(|session| {
        let mark = if session.is_current() { "*" } else { "" };
        format!("{}{mark}", session.user_agent().unwrap_or_default())
    });
    Ok(Response::new(names.collect::<Vec<_>>().join(", ")))
}

async fn info(auth: Auth, mut request: Parts) -> Answer {
    let info = session_info(&auth, &mut request).await?;
    Ok(Response::new(
        serde_json::to_string(&info).expect("it is an object"),
    ))
}

fn with_cookies(cookies: SetCookies) -> Response<String> {
    let mut response = Response::new(String::new());
    append_cookies(cookies, response.headers_mut());
    response
}
