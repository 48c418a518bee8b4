//! The test kit: a browser for an application in this process, a clock that the test moves, a store
//! that fails on demand.
//!
//! With the feature `testing`, in `[dev-dependencies]`:
//!
//! ```
//! use actix_web::{App, test::init_service, web};
//! use handstamp_actix::handstamp::store::MemoryStore;
//! use handstamp_actix::testing::{Browser, FailingStore, TestClock};
//! use handstamp_actix::{Access, Auth, Config, minutes};
//! use serde_json::{Value, json};
//!
//! async fn create_post(token: Access, post: web::Json<Value>) -> web::Json<Value> {
//!     web::Json(json!({"by": token.subject(), "title": post["title"]}))
//! }
//!
//! # actix_web::rt::System::new().block_on(async {
//! // In a test: #[actix_web::test]
//! let clock = TestClock::new();
//! let store = FailingStore::new(MemoryStore::with_clock(clock.clone()));
//! let config = Config::builder().secret_key("a secret of at least thirty-two bytes").build()?;
//! let auth: Auth =
//!     Auth::builder(config).store(store.clone()).with_clock(clock.clone()).build()?;
//! let app = App::new().app_data(auth.clone()).route("/posts", web::post().to(create_post));
//! let app = init_service(app).await;
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
//! Each request has a `peer_addr`, by default that of 192.0.2.1. [`Browser::with_peer`] chooses
//! another.

#![expect(clippy::panic, reason = "a test that cannot go on fails")]

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::HttpResponse;
use actix_web::body::{BoxBody, MessageBody, to_bytes};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header::HeaderValue;
use actix_web::test::TestRequest;
use handstamp::testing::{Application, Request, Response};
pub use handstamp::testing::{FailingStore, Page, RequestBuilder, TestClock, access_token_for};

/// A browser for an application that [`init_service`](actix_web::test::init_service) has made, in
/// this process: see [`handstamp::testing::Browser`] and [the example](self).
pub type Browser = handstamp::testing::Browser<InProcess>;

/// An application that is called in this process. A [`Browser`] makes it.
#[derive(Clone)]
pub struct InProcess(Rc<Call>);

type Call = dyn Fn(actix_http::Request) -> Pin<Box<dyn Future<Output = HttpResponse>>>;

impl<S, B> From<S> for InProcess
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = actix_web::Error>
        + 'static,
    B: MessageBody + 'static,
{
    fn from(service: S) -> Self {
        let service = Rc::new(service);
        Self(Rc::new(move |request| {
            let service = Rc::clone(&service);
            Box::pin(async move {
                match service.call(request).await {
                    Ok(response) => response.into_parts().1.map_into_boxed_body(),
                    // As the server does with the error of a middleware.
                    Err(error) => HttpResponse::from_error(error),
                }
            })
        }))
    }
}

impl Application for InProcess {
    async fn call(&self, request: Request) -> Response {
        let method = request.method().parse();
        let Ok(method) = method else {
            panic!("{request:?} cannot be sent: {method:?}");
        };
        let mut builder = TestRequest::with_uri(request.target())
            .method(method)
            .peer_addr(request.peer())
            .set_payload(request.body().to_vec());
        for line in request.headers() {
            builder = builder.append_header(line);
        }
        answer((self.0)(builder.to_request()).await).await
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcess").finish_non_exhaustive()
    }
}

async fn answer(response: HttpResponse<BoxBody>) -> Response {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let lines = response.headers().iter();
    let headers = lines.map(|(name, value)| (name.to_string(), text(value)));
    let (status, headers) = (response.status().as_u16(), headers.collect());
    match to_bytes(response.into_body()).await {
        Ok(body) => Response::new(status, headers, body.to_vec()),
        Err(error) => panic!("the body of the response ends too early: {error}"),
    }
}
