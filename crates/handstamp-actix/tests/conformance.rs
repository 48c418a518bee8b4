//! The shared rows, on an app of extractors, middleware and responders.

#![expect(clippy::expect_used, reason = "a failing test panics")]

mod bodies;
mod implicit;

use std::future::ready;
use std::time::Duration;

use actix_web::body::to_bytes;
use actix_web::dev::Service as _;
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue, SET_COOKIE};
use actix_web::web::{self, ServiceConfig};
use actix_web::{
    App as ActixApp, HttpRequest, HttpResponse, HttpServer, Resource, Responder, test,
};
use handstamp_actix::handstamp::error::{Rejection, StoreError};
use handstamp_actix::handstamp::{Authenticated, purpose};
use handstamp_actix::{
    Access, Auth, AuthorizeMiddleware, ClientInfo, Current, Error, Fresh, LoadSubject, Location,
    LogOut, NewToken, Optional, Refresh, Require, Route, Session, SessionInfo, Visitor, days,
    verified,
};
use handstamp_conformance::adapter::uploads::{self, Server};
use handstamp_conformance::adapter::{
    self, ACTION, App, ONE_TIME, REJECTION, Rules, limits, ready_routes,
};
use handstamp_conformance::{Reply, Request};

#[actix_web::test]
async fn every_row_holds() {
    adapter::run("actix", serve).await;
}

#[actix_web::test]
async fn every_row_of_ready_routes_holds() {
    ready_routes::run("actix", serve).await;
}

#[actix_web::test]
async fn a_rejected_body_is_not_taken() {
    uploads::run("actix", Server::Actix, async |app| {
        let server =
            HttpServer::new(move || ActixApp::new().configure(|config| routes(&app, config)));
        let server = server.workers(1).disable_signals().bind("127.0.0.1:0");
        let server = server.expect("the loopback interface has a free port");
        let address = server.addrs().first().copied().expect("it is bound");
        actix_web::rt::spawn(server.run());
        address
    })
    .await;
}

async fn serve(app: &App, request: &Request) -> Reply {
    let service = test::init_service(ActixApp::new().configure(|config| routes(app, config)));
    let method = Method::from_bytes(request.method().as_bytes());
    let mut sent = test::TestRequest::with_uri(request.target())
        .method(method.expect("the row's method is one"))
        .peer_addr((limits::PEER, 4711).into())
        .set_payload(request.content().to_vec());
    for (name, value) in request.lines() {
        let value = HeaderValue::from_bytes(value);
        sent = sent.append_header((name, value.expect("the row's header can be sent")));
    }
    let response = service.await.call(sent.to_request()).await;
    reply(response.expect("every answer is a response")).await
}

async fn reply(response: ServiceResponse) -> Reply {
    let mut headers: Vec<(String, String)> = response
        .headers()
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.to_string(), value)
        })
        .collect();
    if let Some(rejection) = response.response().extensions().get::<Rejection>() {
        headers.push((REJECTION.to_owned(), rejection.code().to_owned()));
    }
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body()).await;
    let body = body.expect("the body is in memory");
    Reply::new(status, headers, String::from_utf8_lossy(&body).into_owned())
}

fn no_store(app: &App, auth: &Auth, config: &mut ServiceConfig) {
    limited(app, config);
    let scope = web::scope("/no-store")
        .wrap(auth.no_store())
        .service(at("/access").to(access))
        .service(at("/visitor").to(visitor))
        .service(at("/optional").to(optional))
        .service(at("/own").to(own));
    config.service(scope);
}

fn limited(app: &App, config: &mut ServiceConfig) {
    let auth = Auth::from(app.auth().clone());
    let behind = |name: &str| {
        let limits = auth.rate_limit(app.limits(name));
        at(&format!("/limited/{name}")).wrap(limits.trusted_proxies(limits::proxies()))
    };
    config
        .service(behind("address").to(welcome))
        .service(behind("subject").to(access))
        .service(behind("session").to(access))
        .service(behind("both").to(access))
        .service(behind("refresh").to(refresh_session))
        .service(behind("open").to(welcome))
        .service(behind("closed").to(welcome));
}

fn routes(app: &App, config: &mut ServiceConfig) {
    let auth = Auth::from(app.auth().clone());
    let other = Auth::from(app.other().clone());
    let strict = || auth.require(Require::access());
    let lenient = || auth.require(Require::access().without_csrf());
    let tokenless = || auth.require(Require::access().without_csrf_token());
    let headers = || auth.require(Require::access().from([Location::Headers]));
    let others = || other.require(Require::access());
    let read = ["users:read", "users:delete"];
    let all = || auth.require(Require::access().all_scopes(read));
    let any = || auth.require(Require::access().any_scope(read));
    let none = || auth.require(Require::access().any_scope([""; 0]));
    let admins = || auth.require(Require::access().login_type("admin"));
    let theirs = other.clone();
    let both = move |ours: Access, request: HttpRequest| ready(both(&theirs, &ours, &request));
    let fewer = handstamp_actix::routes(&auth).without(Route::Names);
    let fewer = fewer.without(Route::RevokeSession);
    // Of two middlewares the one that is wrapped last is the outer.
    config
        .app_data(auth.clone())
        .app_data(web::Data::new(Users))
        .service(web::scope("/ready").service(handstamp_actix::routes(&auth)))
        .service(web::scope("/fewer").service(fewer))
        .service(web::scope("/theirs").service(handstamp_actix::routes(&other)))
        .service(at("/access").to(access))
        .service(at("/refresh").to(refresh))
        .service(at("/fresh").to(fresh))
        .service(at("/optional").to(optional))
        .service(at("/visitor").to(visitor))
        .service(at("/visitor-layered").wrap(strict()).to(visitor))
        .configure(|config| no_store(app, &auth, config))
        .service(at("/current").to(current))
        .service(at("/current-layered").wrap(strict()).to(current))
        .service(at("/layered").wrap(strict()).to(access))
        .service(at("/layered-fresh").wrap(strict()).to(fresh))
        .service(at("/layered-refresh").wrap(strict()).to(refresh))
        .service(at("/without-csrf").wrap(lenient()).to(access))
        .service(at("/without-csrf-token").wrap(tokenless()).to(access))
        .service(at("/provenance/bypass/").to(welcome))
        .service(at("/provenance/only/{foo}").to(welcome))
        .service(
            web::scope("/provenance")
                .wrap(auth.same_origin())
                .default_service(web::to(welcome)),
        )
        .service(
            at("/strict-outside")
                .wrap(lenient())
                .wrap(strict())
                .to(access),
        )
        .service(
            at("/strict-inside")
                .wrap(strict())
                .wrap(lenient())
                .to(access),
        )
        .service(at("/headers-only").wrap(headers()).to(access))
        .service(
            at("/headers-inside")
                .wrap(headers())
                .wrap(strict())
                .to(access),
        )
        .service(
            at("/headers-outside")
                .wrap(strict())
                .wrap(headers())
                .to(access),
        )
        .service(at("/often").to(often))
        .service(at("/often-layered").wrap(strict()).wrap(strict()).to(often))
        .service(at("/often-layered-without-csrf").wrap(lenient()).to(often))
        .service(at("/twice").to(twice))
        .service(at("/scopes-all").wrap(all()).to(access))
        .service(at("/scopes-any").wrap(any()).to(access))
        .service(at("/scopes-none").wrap(none()).to(access))
        .service(at("/admins").wrap(admins()).to(access))
        .service(at("/other-layered").wrap(others()).to(access))
        .service(at("/both").wrap(others()).wrap(strict()).to(both))
        .route("/login", web::post().to(login))
        .route("/remember", web::post().to(remember))
        .route("/login-twice", web::post().to(login_twice))
        .route("/login-among-others", web::post().to(login_among_others))
        .route("/logout", web::post().to(logout))
        .route("/logout-access", web::post().to(logout_access))
        .route("/logout-refresh", web::post().to(logout_refresh))
        .route("/failed", web::post().to(failed))
        .route("/rate-limited", web::post().to(rate_limited))
        .route("/busy", web::post().to(busy))
        .route("/invalid-credentials", web::post().to(invalid_credentials))
        .route("/refused", web::post().to(refused))
        .route("/one-time", web::post().to(one_time))
        .service(
            web::scope("/other")
                .app_data(other.clone())
                .service(at("/access").to(access))
                .service(at("/session/info").wrap(other.no_store()).to(info)),
        );
    sessions(&auth, config);
    bodies::routes(&auth, config);
    implicit::routes(&auth, &other, config);
}

type Permitted = AuthorizeMiddleware<Rules, fn(&HttpRequest) -> String>;

fn permitted(auth: &Auth) -> Permitted {
    auth.authorize(Rules, |request| request.method().to_string())
}

fn permissions(auth: &Auth, config: &mut ServiceConfig) {
    let lenient = auth.require(Require::access().without_csrf());
    let headers = auth.require(Require::access().from([Location::Headers]));
    // Of two middlewares the one that is wrapped last is the outer.
    config
        .service(at("/permitted").wrap(permitted(auth)).to(access))
        .service(
            at("/permitted-inside")
                .wrap(permitted(auth))
                .wrap(lenient)
                .to(access),
        )
        .service(
            at("/permitted-outside")
                .wrap(headers)
                .wrap(permitted(auth))
                .to(access),
        )
        .service(at("/permission").to(permission));
}

async fn permission(auth: Auth, token: Access, request: HttpRequest) -> Result<String, Error> {
    auth.require_permission(&token, &Rules, &request.method().to_string())
        .await?;
    Ok(token.subject().to_owned())
}

fn sessions(auth: &Auth, config: &mut ServiceConfig) {
    permissions(auth, config);
    config
        .route("/session/log-in", web::post().to(log_in))
        .service(
            at("/session/guarded-log-in")
                .wrap(auth.same_origin())
                .to(log_in),
        )
        .route("/session/remember", web::post().to(remember_session))
        .service(at("/session/refresh").to(refresh_session))
        .service(at("/session/log-out").to(log_out))
        .service(at("/session/this").to(this_session))
        .service(at("/session/list").to(list_sessions))
        .service(at("/session/info").wrap(auth.no_store()).to(info));
}

fn at(path: &str) -> Resource {
    web::resource(path)
}

async fn info(session: SessionInfo) -> web::Json<SessionInfo> {
    web::Json(session)
}

async fn access(token: Access) -> String {
    token.subject().to_owned()
}

async fn often(
    token: Access,
    fresh: Fresh,
    Optional(optional): Optional<Access>,
    visitor: Visitor,
) -> String {
    let ids = [Some(fresh.id()), optional.as_ref().map(|token| token.id())];
    let visitor = visitor.token().map(|token| token.id());
    assert_eq!((ids, visitor), ([Some(token.id()); 2], Some(token.id())));
    token.subject().to_owned()
}

async fn twice(first: actix_web::Result<Access>, second: actix_web::Result<Access>) -> String {
    let answers = [first, second].map(|token| match token {
        Ok(token) => token.subject().to_owned(),
        Err(error) => {
            let rejection = error.as_error::<handstamp_actix::Rejection>();
            rejection
                .map_or("", |rejection| rejection.code())
                .to_owned()
        }
    });
    answers.join(" ")
}

async fn welcome() -> &'static str {
    "welcome"
}

async fn fresh(token: Fresh) -> String {
    token.subject().to_owned()
}

async fn optional(Optional(token): Optional<Access>) -> String {
    token.map_or_else(
        || "anonymous".to_owned(),
        |token| token.subject().to_owned(),
    )
}

async fn own(token: Access) -> impl Responder {
    let subject = token.subject().to_owned();
    subject
        .customize()
        .insert_header(("cache-control", "private, max-age=60"))
}

async fn visitor(visitor: Visitor) -> String {
    match (visitor.token(), visitor.rejection()) {
        (Some(token), _) => token.subject().to_owned(),
        (None, Some(rejection)) => format!("nobody: {}", rejection.code()),
        (None, None) => "nobody".to_owned(),
    }
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

async fn current(user: Current<String, Users>) -> String {
    user.into_inner()
}

async fn refresh(auth: Auth, token: Refresh) -> Result<impl Responder, Error> {
    let access = auth.create_access_token(&token)?;
    let cookies = auth.set_access_cookies(&access)?;
    Ok(cookies.on(token.subject().to_owned()))
}

/// What each middleware let in is found under its own `Auth`.
fn both(other: &Auth, ours: &Access, request: &HttpRequest) -> String {
    let theirs = verified::<purpose::Access>(other, request);
    let theirs = theirs.expect("its middleware stands in front");
    format!("{} {}", ours.subject(), theirs.subject())
}

async fn login(auth: Auth) -> Result<impl Responder, Error> {
    let access = auth.create_access_token(NewToken::for_subject("user1").fresh())?;
    let refresh = auth.create_refresh_token("user1")?;
    let access = auth.set_access_cookies(&access)?;
    Ok(access.and(auth.set_refresh_cookies(&refresh)?).on(""))
}

async fn remember(auth: Auth) -> Result<impl Responder, Error> {
    let access = auth.create_access_token(NewToken::for_subject("user1").fresh())?;
    let refresh = auth.create_refresh_token("user1")?;
    let access = auth.set_access_cookies(&access)?.persistent(days(30));
    let refresh = auth.set_refresh_cookies(&refresh)?.persistent(days(30));
    // The inner responder sets its cookies first.
    Ok(refresh.on(access.on("")))
}

async fn login_twice(auth: Auth) -> Result<impl Responder, Error> {
    let [first, second] = ["user1", "user2"].map(|user| auth.create_access_token(user));
    let first = auth.set_access_cookies(&first?)?;
    Ok(first.and(auth.set_access_cookies(&second?)?).on(""))
}

async fn login_among_others(auth: Auth) -> Result<impl Responder, Error> {
    let access = auth.create_access_token("user1")?;
    let mut response = HttpResponse::Ok();
    response
        .append_header((SET_COOKIE, "theme=dark"))
        .insert_header((CACHE_CONTROL, "public, max-age=600"));
    Ok(auth.set_access_cookies(&access)?.on(response))
}

async fn logout(auth: Auth) -> impl Responder {
    auth.unset_cookies().on("")
}

async fn logout_access(auth: Auth) -> impl Responder {
    auth.unset_access_cookies().on("")
}

async fn logout_refresh(auth: Auth) -> impl Responder {
    auth.unset_refresh_cookies().on("")
}

async fn failed(auth: Auth) -> actix_web::Result<String> {
    let error = actix_web::error::ErrorBadRequest("");
    Err(auth.unset_cookies().on(error).into())
}

async fn rate_limited(auth: Auth) -> Result<String, Error> {
    Err(auth.rate_limited(Duration::from_millis(59_001)))
}

async fn invalid_credentials(auth: Auth) -> Result<String, Error> {
    Err(auth.invalid_credentials())
}

async fn one_time(auth: Auth, request: HttpRequest) -> Result<String, Error> {
    let token = request.headers().get(ONE_TIME);
    let token = token.and_then(|text| text.to_str().ok());
    let opened = auth.open_one_time_token(ACTION, token.unwrap_or_default())?;
    let redeemed = auth.redeem_one_time_token(opened.bound_to("value")).await?;
    Ok(redeemed.subject().to_owned())
}

async fn refused(auth: Auth) -> Result<String, Error> {
    Err(auth.refuse(404, "no_such_session", "No such session"))
}

async fn busy(auth: Auth) -> Result<String, Error> {
    Err(auth.busy())
}

async fn log_in(auth: Auth, client: ClientInfo) -> Result<impl Responder, Error> {
    let tokens = auth.log_in("user1", client).await?;
    Ok(auth.set_cookies(&tokens)?.on(""))
}

async fn remember_session(auth: Auth, client: ClientInfo) -> Result<impl Responder, Error> {
    log_in(auth, client.persistent(days(30))).await
}

async fn refresh_session(auth: Auth, token: Refresh) -> Result<impl Responder, Error> {
    let tokens = auth.refresh(token).await?;
    Ok(auth.set_cookies(&tokens)?.on(""))
}

async fn log_out(auth: Auth, log_out: LogOut) -> Result<impl Responder, Error> {
    Ok(auth.log_out(log_out).await?.on(""))
}

async fn this_session(session: Session) -> String {
    session.user_agent().unwrap_or_default().to_owned()
}

async fn list_sessions(auth: Auth, token: Access) -> Result<String, Error> {
    let sessions = auth.sessions(&token).await?;
    let names = sessions.iter().map(|session| {
        let mark = if session.is_current() { "*" } else { "" };
        format!("{}{mark}", session.user_agent().unwrap_or_default())
    });
    Ok(names.collect::<Vec<_>>().join(", "))
}
