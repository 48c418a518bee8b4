//! The layers stand in front of and behind any layer and service, whatever the bodies of requests
//! and responses.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use std::convert::Infallible;
use std::fmt::Debug;
use std::fs;
use std::path::PathBuf;
use std::rc::Rc;

use bytes::Bytes;
use handstamp::{Auth, Config, Require};
use handstamp_tower::{ImplicitRefreshLayer, RequireLayer, SameOriginLayer};
use http::{Request, Response};
use http_body::Body;
use http_body_util::combinators::{BoxBody, UnsyncBoxBody};
use http_body_util::{BodyExt as _, Empty, Full};
use tower::{Layer as _, Service, ServiceBuilder, ServiceExt as _, service_fn};
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;
use tower_http::trace::TraceLayer;

/// A service behind all our layers.
macro_rules! guarded {
    ($auth:expr, $inner:expr) => {
        ServiceBuilder::new()
            .layer(SameOriginLayer::new($auth.clone()))
            .layer(ImplicitRefreshLayer::new($auth.clone()))
            .layer(RequireLayer::new($auth.clone(), Require::access()))
            .service($inner)
    };
}

#[tokio::test]
async fn in_front_of_services_of_any_response_body() {
    let auth = auth();
    let tonic = service_fn(async |_: Request<Empty<Bytes>>| {
        Ok::<_, Infallible>(Response::new(tonic::body::Body::new(Full::from(HELLO))))
    });
    check("tonic's body", &auth, guarded!(auth, tonic), Empty::new()).await;
    let boxed = service_fn(async |_: Request<Empty<Bytes>>| {
        let body: BoxBody<Bytes, Infallible> = Full::from(HELLO).boxed();
        Ok::<_, Infallible>(Response::new(body))
    });
    check("a boxed body", &auth, guarded!(auth, boxed), Empty::new()).await;
    let unsync = service_fn(async |_: Request<Empty<Bytes>>| {
        let body: UnsyncBoxBody<Bytes, Infallible> = Full::from(HELLO).boxed_unsync();
        Ok::<_, Infallible>(Response::new(body))
    });
    check(
        "an unsync body",
        &auth,
        guarded!(auth, unsync),
        Empty::new(),
    )
    .await;
    let files = guarded!(auth, ServeDir::new(directory()));
    check("ServeDir", &auth, files, Empty::<Bytes>::new()).await;
}

#[tokio::test]
async fn in_front_of_and_behind_other_layers() {
    let auth = auth();
    let around = ServiceBuilder::new()
        .layer(TraceLayer::new_for_http())
        .layer(CompressionLayer::new());
    let behind = around.service(guarded!(auth, service_fn(hello)));
    check("behind both", &auth, behind, Empty::new()).await;
    let inner = ServiceBuilder::new()
        .layer(TraceLayer::new_for_http())
        .layer(CompressionLayer::new())
        .service_fn(hello);
    check(
        "in front of both",
        &auth,
        guarded!(auth, inner),
        Empty::new(),
    )
    .await;
    let between = ServiceBuilder::new()
        .layer(CompressionLayer::new())
        .service(guarded!(
            auth,
            TraceLayer::new_for_http().layer(ServeDir::new(directory()))
        ));
    check("between them", &auth, between, Empty::<Bytes>::new()).await;
    let twice = guarded!(auth, guarded!(auth, service_fn(hello)));
    check("behind themselves", &auth, twice, Empty::new()).await;
}

#[tokio::test]
async fn in_front_of_services_of_any_request_body() {
    let auth = auth();
    let anything = service_fn(async |_: Request<tonic::body::Body>| {
        Ok::<_, Infallible>(Response::new(Full::from(HELLO)))
    });
    let body = tonic::body::Body::empty();
    check("tonic's body", &auth, guarded!(auth, anything), body).await;
    let no_body =
        service_fn(async |_: Request<u8>| Ok::<_, Infallible>(Response::new(HELLO.to_owned())));
    check("what is no body", &auth, guarded!(auth, no_body), 7).await;
    let of_one_thread = service_fn(async |request: Request<Rc<str>>| {
        Ok::<_, Infallible>(Response::new(Full::from(request.into_body().to_string())))
    });
    let body = Rc::from(HELLO);
    let service = guarded!(auth, of_one_thread);
    check("a body of one thread", &auth, service, body).await;
}

/// The inner service answers a request with a token, and nothing else; a refusal has its whole
/// body.
async fn check<S, Sent, Answer>(row: &str, auth: &Auth, service: S, body: Sent)
where
    S: Service<Request<Sent>, Response = Response<Answer>, Error: Debug> + Clone,
    Answer: Body<Data = Bytes, Error: Debug>,
    Sent: Default,
{
    let token = auth.create_access_token("user1").unwrap();
    let cookie = format!("access_token_cookie={}", token.as_str());
    let request = Request::get("/hello.txt").header("cookie", cookie);
    let request = request.body(body).unwrap();
    let answer = service.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), 200, "{row}");
    assert_eq!(text(answer).await, HELLO, "{row}");

    let request = Request::get("/hello.txt").body(Sent::default()).unwrap();
    let refusal = service.oneshot(request).await.unwrap();
    assert_eq!(refusal.status(), 401, "{row}");
    let length = refusal.body().size_hint().exact();
    let text = text(refusal).await;
    assert!(text.contains(r#""code":"missing_token""#), "{row}: {text}");
    assert_eq!(length, u64::try_from(text.len()).ok(), "{row}");
}

async fn text(response: Response<impl Body<Data = Bytes, Error: Debug>>) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.into()).unwrap()
}

async fn hello(_: Request<Empty<Bytes>>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::from(HELLO)))
}

fn directory() -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("any_body");
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join("hello.txt"), HELLO).unwrap();
    directory
}

fn auth() -> Auth {
    let config = Config::builder().secret_key([7; 32].as_slice()).build();
    Auth::new(config.unwrap()).unwrap()
}

const HELLO: &str = "hello";
