//! The test kit: a browser for a router in this process, a clock that the test moves, a store that
//! fails on demand.
//!
//! With the feature `testing`, in `[dev-dependencies]`:
//!
//! ```
//! use axum::{Json, Router, routing::post};
//! use handstamp_axum::handstamp::store::MemoryStore;
//! use handstamp_axum::testing::{Browser, FailingStore, TestClock};
//! use handstamp_axum::{Access, Auth, Config, minutes};
//! use serde_json::{Value, json};
//!
//! async fn create_post(token: Access, Json(post): Json<Value>) -> Json<Value> {
//!     Json(json!({"by": token.subject(), "title": post["title"]}))
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! // In a test: #[tokio::test]
//! let clock = TestClock::new();
//! let store = FailingStore::new(MemoryStore::with_clock(clock.clone()));
//! let config = Config::builder().secret_key("a secret of at least thirty-two bytes").build()?;
//! let auth: Auth =
//!     Auth::builder(config).store(store.clone()).with_clock(clock.clone()).build()?;
//! let app = Router::new().route("/posts", post(create_post)).with_state(auth.clone());
//!
//! let browser = Browser::new(app, "https://app.example.com").with_clock(clock.clone());
//! browser.logged_in_as(&auth, "user1").await;
//! let body = json!({"title": "x"});
//! let response = browser.post("/posts").json(&body).send().await;
//! assert_eq!(response.status(), 200);
//! assert_eq!(response.json()["by"], "user1");
//!
//! // A page of another site, in the same browser.
//! let evil = browser.from_origin("https://evil.example");
//! assert_eq!(evil.submit("/posts").send().await.code(), Some("missing_token"));
//!
//! store.fail();
//! let response = browser.post("/posts").json(&body).send().await;
//! assert_eq!((response.status(), response.code()), (503, Some("store_unavailable")));
//! store.restore();
//!
//! clock.advance(minutes(16));
//! let response = browser.post("/posts").json(&body).send().await;
//! assert_eq!(response.code(), Some("token_expired"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Each request has a `ConnectInfo<SocketAddr>`, by default 192.0.2.1, so handlers that take it
//! work as behind `into_make_service_with_connect_info`. [`Browser::with_peer`] chooses another.

#![expect(clippy::panic, reason = "a test that cannot go on fails")]

use std::fmt;
use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::ConnectInfo;
use handstamp::testing::{Application, Request, Response};
pub use handstamp::testing::{FailingStore, Page, RequestBuilder, TestClock, access_token_for};
use tower_service::Service;

/// A browser for a router, or any other service of tower, in this process: see
/// [`handstamp::testing::Browser`] and [the example](self).
pub type Browser = handstamp::testing::Browser<InProcess>;

/// A router, or any other service of tower, that is called in this process. A [`Browser`] makes it.
#[derive(Clone)]
pub struct InProcess(Arc<Call>);

type Call =
    dyn Fn(http::Request<Body>) -> Pin<Box<dyn Future<Output = Response> + Send>> + Send + Sync;

impl<S, B> From<S> for InProcess
where
    S: Service<
            http::Request<Body>,
            Response = http::Response<B>,
            Error: fmt::Debug + Send,
            Future: Send,
        > + Clone
        + Send
        + Sync
        + 'static,
    B: HttpBody<Data = Bytes, Error: Into<axum::BoxError>> + Send + 'static,
{
    fn from(service: S) -> Self {
        Self(Arc::new(move |request| {
            let service = service.clone();
            Box::pin(answer(service, request))
        }))
    }
}

impl Application for InProcess {
    async fn call(&self, request: Request) -> Response {
        let mut builder = http::Request::builder()
            .method(request.method())
            .uri(request.target())
            .extension(ConnectInfo::<SocketAddr>(request.peer()));
        for (name, value) in request.headers() {
            builder = builder.header(name, value);
        }
        let body = Body::from(request.body().to_vec());
        match builder.body(body) {
            Ok(request) => (self.0)(request).await,
            Err(error) => panic!("{request:?} cannot be sent: {error}"),
        }
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcess").finish_non_exhaustive()
    }
}

async fn answer<S, B>(mut service: S, request: http::Request<Body>) -> Response
where
    S: Service<http::Request<Body>, Response = http::Response<B>, Error: fmt::Debug + Send>,
    B: HttpBody<Data = Bytes, Error: Into<axum::BoxError>> + Send + 'static,
{
    let answered = match poll_fn(|context| service.poll_ready(context)).await {
        Ok(()) => service.call(request).await,
        Err(error) => Err(error),
    };
    let (head, body) = match answered {
        Ok(response) => response.into_parts(),
        Err(error) => panic!("the service answers no request: {error:?}"),
    };
    let body = match to_bytes(Body::new(body), usize::MAX).await {
        Ok(body) => body.to_vec(),
        Err(error) => panic!("the body of the response ends too early: {error}"),
    };
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let lines = head.headers.iter();
    let headers = lines.map(|(name, value)| (name.to_string(), text(value)));
    Response::new(head.status.as_u16(), headers.collect(), body)
}
