//! A service as AuthX's page on cookies builds it, with a clock and a blocklist that tests set.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use handstamp_axum::handstamp::blocklist::TokenStatus;
use handstamp_axum::handstamp::clock::{Clock, UnixTime};
use handstamp_axum::handstamp::purpose::{self, Purpose};
use handstamp_axum::handstamp::store::MemoryStore;
use handstamp_axum::{Access, Auth, Config, IssueError, NewToken, Refresh, SignedToken, handstamp};
use handstamp_conformance::{Jar, Reply, Request};
use http_body_util::BodyExt as _;
use serde::Deserialize;
use tower::ServiceExt as _;

pub(crate) const SECRET: &str = "the secret of the service that is tested";
pub(crate) const OTHER_SECRET: &str = "the secret of another one, not the same";

pub(crate) struct App {
    pub(crate) auth: Auth,
    pub(crate) clock: ManualClock,
    pub(crate) revoked: Revoked,
    router: Router,
}

impl App {
    /// With these settings beside the secret, and no store.
    pub(crate) fn new(settings: &[(&str, &str)]) -> Self {
        Self::built(settings, |builder, _| builder)
    }

    /// The same, with sessions.
    pub(crate) fn with_sessions(settings: &[(&str, &str)]) -> Self {
        Self::built(settings, |builder, clock| {
            builder.store(MemoryStore::with_clock(clock.clone()))
        })
    }

    fn built(
        settings: &[(&str, &str)],
        complete: impl FnOnce(handstamp::AuthBuilder, &ManualClock) -> handstamp::AuthBuilder,
    ) -> Self {
        let clock = ManualClock(Arc::new(AtomicU64::new(NOON)));
        let revoked = Revoked::default();
        let asked = revoked.clone();
        let builder = handstamp::Auth::builder(config(settings))
            .with_clock(clock.clone())
            .with_blocklist(move |token| {
                let answer = asked.judge(token.id());
                async move { Ok(answer) }
            });
        let auth = Auth::from(complete(builder, &clock).build());
        Self {
            router: routes().with_state(auth.clone()),
            auth,
            clock,
            revoked,
        }
    }

    /// With further routes.
    pub(crate) fn routes(mut self, routes: Router<Auth>) -> Self {
        let routes = routes.with_state(self.auth.clone());
        self.router = self.router.merge(routes);
        self
    }

    /// With a layer around the routes so far that renews access tokens.
    pub(crate) fn renewing(mut self) -> Self {
        let layer = self.auth.implicit_refresh();
        self.router = self.router.layer(layer);
        self
    }

    pub(crate) async fn send(&self, request: Request) -> Reply {
        send(self.router.clone(), request).await
    }

    /// What is answered, in short.
    pub(crate) async fn outcome(&self, request: Request) -> String {
        outcome(&self.send(request).await)
    }

    pub(crate) fn access(&self, token: impl Into<NewToken>) -> SignedToken<purpose::Access> {
        self.auth.create_access_token(token).unwrap()
    }

    pub(crate) fn refresh(&self, token: impl Into<NewToken>) -> SignedToken<purpose::Refresh> {
        self.auth.create_refresh_token(token).unwrap()
    }

    /// A browser that has no cookies yet.
    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser {
            app: self,
            jar: Jar::default(),
        }
    }
}

/// Keeps cookies, and repeats the CSRF value as the page's script does.
#[derive(Clone)]
pub(crate) struct Browser<'a> {
    app: &'a App,
    pub(crate) jar: Jar,
}

impl Browser<'_> {
    /// As it is, with the cookies.
    pub(crate) async fn send(&mut self, request: Request) -> String {
        let request = request.header("cookie", self.jar.header());
        let reply = self.app.send(request).await;
        self.jar.store(&reply);
        outcome(&reply)
    }

    pub(crate) async fn get(&mut self, target: &str) -> String {
        self.send(Request::new("GET", target)).await
    }

    pub(crate) async fn post(&mut self, target: &str) -> String {
        let name = match target {
            "/refresh" => "csrf_refresh_token",
            _ => "csrf_access_token",
        };
        let csrf = self.jar.get(name).unwrap_or_default().to_owned();
        let request = Request::new("POST", target).header("x-csrf-token", csrf);
        self.send(request).await
    }
}

fn routes() -> Router<Auth> {
    Router::new()
        .route("/login", post(login))
        .route("/logout", any(logout))
        .route("/protected", get(subject))
        .route("/posts", post(subject))
        .route("/refresh", any(refresh))
}

#[derive(Deserialize)]
struct LogIn {
    username: String,
    password: String,
}

async fn login(State(auth): State<Auth>, Json(form): Json<LogIn>) -> Result<Response, IssueError> {
    if form.password != PASSWORD {
        return Ok((StatusCode::UNAUTHORIZED, "Invalid credentials").into_response());
    }
    let access = auth.create_access_token(NewToken::for_subject(&form.username).fresh())?;
    let refresh = auth.create_refresh_token(&form.username)?;
    let access = auth.set_access_cookies(&access)?;
    let refresh = auth.set_refresh_cookies(&refresh)?;
    Ok((access, refresh, "welcome").into_response())
}

async fn logout(State(auth): State<Auth>) -> impl IntoResponse {
    (auth.unset_cookies(), "bye")
}

pub(crate) async fn subject(token: Access) -> String {
    token.subject().to_owned()
}

async fn refresh(
    State(auth): State<Auth>,
    token: Refresh,
) -> Result<impl IntoResponse, IssueError> {
    let access = auth.create_access_token(&token)?;
    Ok((auth.set_access_cookies(&access)?, "refreshed"))
}

pub(crate) async fn send(router: Router, request: Request) -> Reply {
    let mut builder = axum::http::Request::builder()
        .method(request.method())
        .uri(request.target());
    for (name, value) in request.lines() {
        builder = builder.header(name, value);
    }
    let request = builder.body(Body::from(request.content().to_vec()));
    let response = router.oneshot(request.unwrap()).await.unwrap();
    let headers = response.headers().iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.to_string(), value)
    });
    let (status, headers) = (response.status().as_u16(), headers.collect());
    let body = response.into_body().collect().await.unwrap().to_bytes();
    Reply::new(status, headers, String::from_utf8_lossy(&body).into_owned())
}

/// `200 user1`, `401 token_expired`.
pub(crate) fn outcome(reply: &Reply) -> String {
    let json = reply.json();
    let said = json["code"].as_str().unwrap_or(&reply.body);
    format!("{} {said}", reply.status)
}

pub(crate) fn log_in(user: &str) -> Request {
    let form = serde_json::json!({"username": user, "password": PASSWORD});
    Request::new("POST", "/login").json(&form)
}

pub(crate) fn get_with(target: &str, token: &SignedToken<purpose::Access>) -> Request {
    Request::new("GET", target).cookies([access_cookie(token)])
}

/// As the page's script sends it.
pub(crate) fn post_with(target: &str, token: &SignedToken<purpose::Access>) -> Request {
    Request::new("POST", target)
        .cookies([access_cookie(token)])
        .header("x-csrf-token", csrf(token))
}

pub(crate) fn access_cookie(token: &SignedToken<purpose::Access>) -> String {
    format!("access_token_cookie={}", token.as_str())
}

pub(crate) fn refresh_cookie(token: &SignedToken<purpose::Refresh>) -> String {
    format!("refresh_token_cookie={}", token.as_str())
}

pub(crate) fn csrf<P: Purpose>(token: &SignedToken<P>) -> &str {
    token.csrf().unwrap()
}

pub(crate) fn config(settings: &[(&str, &str)]) -> Config {
    build(settings).unwrap()
}

/// What is wrong with these settings.
pub(crate) fn problems(settings: &[(&str, &str)]) -> Vec<String> {
    let error = build(settings).unwrap_err();
    error.problems().iter().map(ToString::to_string).collect()
}

/// The secret counts unless there is another one.
fn build(settings: &[(&str, &str)]) -> Result<Config, handstamp::error::ConfigError> {
    let variables = settings
        .iter()
        .map(|(name, value)| (name.into(), value.into()));
    Config::builder()
        .secret_key(SECRET)
        .env_from(variables)
        .build()
}

/// Shows the time it was set to.
#[derive(Debug, Clone)]
pub(crate) struct ManualClock(Arc<AtomicU64>);

impl ManualClock {
    pub(crate) fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixTime {
        UnixTime::from_secs(self.0.load(Ordering::Relaxed))
    }
}

/// Ids of tokens that are good no longer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Revoked(Arc<Mutex<HashSet<String>>>);

impl Revoked {
    pub(crate) fn add(&self, id: &str) {
        let mut ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ids.insert(id.to_owned());
    }

    fn judge(&self, id: &str) -> TokenStatus {
        let ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if ids.contains(id) {
            TokenStatus::Revoked
        } else {
            TokenStatus::Active
        }
    }
}

const PASSWORD: &str = "a password that is right";
pub(crate) const NOON: u64 = 1_700_000_000;
