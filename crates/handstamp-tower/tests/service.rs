//! What tower asks of a service.

#![expect(clippy::expect_used, reason = "a failing test panics")]

use std::convert::Infallible;
use std::future::{Future, Ready, pending, ready};
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use handstamp::blocklist::TokenStatus;
use handstamp::purpose::Purpose;
use handstamp::{Auth, Config, RequestHead as _, Require};
use handstamp_tower::{Head, RequireLayer};
use http::{Request, Response};
use tower::limit::ConcurrencyLimit;
use tower::{Layer, Service, ServiceExt as _, service_fn};

#[tokio::test]
async fn the_service_that_was_polled_ready_is_the_one_that_is_called() {
    let auth = auth();
    let layer = RequireLayer::new(auth.clone(), Require::access());
    let mut service = layer.layer(Wary::default());
    for _ in 0..2 {
        let response = service.ready().await.expect("it is infallible");
        let response = response.call(with_token(&auth, ())).await;
        assert_eq!(response.expect("it is infallible").status(), 200);
    }
}

#[tokio::test]
async fn a_refused_request_gives_back_what_readiness_took() {
    let layer = RequireLayer::new(auth(), Require::access());
    let mut service = layer.layer(ConcurrencyLimit::new(Wary::default(), 1));
    for _ in 0..3 {
        let response = service.ready().await.expect("it is infallible");
        let response = response.call(Request::new(())).await;
        assert_eq!(response.expect("it is infallible").status(), 401);
    }
}

#[tokio::test]
async fn an_inner_service_that_is_not_ready_is_waited_for() {
    struct Never;
    impl Service<Request<()>> for Never {
        type Response = Response<String>;
        type Error = Infallible;
        type Future = Ready<Result<Response<String>, Infallible>>;
        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Pending
        }
        fn call(&mut self, _: Request<()>) -> Self::Future {
            unreachable!("it is never ready")
        }
    }
    impl Clone for Never {
        fn clone(&self) -> Self {
            Self
        }
    }
    let mut service = RequireLayer::new(auth(), Require::access()).layer(Never);
    let mut context = Context::from_waker(std::task::Waker::noop());
    assert!(Service::<Request<()>>::poll_ready(&mut service, &mut context).is_pending());
}

#[tokio::test]
async fn an_error_of_the_inner_service_is_handed_on() {
    let auth = auth();
    let failing = service_fn(|_: Request<()>| ready(Err::<Response<String>, _>("broken")));
    let service = RequireLayer::new(auth.clone(), Require::access()).layer(failing);
    let answer = service.oneshot(with_token(&auth, ())).await;
    assert_eq!(answer.map(|_| ()), Err("broken"));
}

/// A handler that is dropped while the blocklist thinks never sees the request.
#[tokio::test]
async fn a_request_that_is_dropped_while_the_blocklist_thinks_goes_no_further() {
    let config = Config::builder().secret_key([7; 32].as_slice());
    let auth = Auth::builder(config.build().expect("a key is all it needs"))
        .with_blocklist(|_| pending::<Result<TokenStatus, _>>())
        .build()
        .unwrap();
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let inner = service_fn(move |_: Request<()>| {
        counted.fetch_add(1, Ordering::Relaxed);
        ready(Ok::<_, Infallible>(Response::new(String::new())))
    });
    let service = RequireLayer::new(auth.clone(), Require::access()).layer(inner);
    let mut answer = Box::pin(service.oneshot(with_token(&auth, ())));
    let mut context = Context::from_waker(std::task::Waker::noop());
    assert!(answer.as_mut().poll(&mut context).is_pending());
    drop(answer);
    assert_eq!(calls.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_body_need_not_be_shared_between_threads() {
    // Send and not Sync, as streams of bodies are.
    let auth = auth();
    let inner = service_fn(|_: Request<PhantomData<std::cell::Cell<u8>>>| {
        ready(Ok::<_, Infallible>(Response::new(())))
    });
    let service = RequireLayer::new(auth.clone(), Require::access()).layer(inner);
    let answer = tokio::spawn(service.oneshot(with_token(&auth, PhantomData))).await;
    let answer = answer.expect("nothing panics").expect("it is infallible");
    assert_eq!(answer.status(), 200);
}

#[test]
fn a_head_hands_over_every_line_as_bytes_and_in_order() {
    let request = Request::get("/a?b=%00&c")
        .header("x-token", "one")
        .header("X-Token", b"\xff".as_slice())
        .header("x-other", "three")
        .body(())
        .expect("these are allowed in a request");
    let head = Head::from(&request);
    for (row, name, expected) in [
        (
            "in small letters",
            "x-token",
            vec![b"one".as_slice(), b"\xff"],
        ),
        ("in capitals", "X-TOKEN", vec![b"one", b"\xff"]),
        ("a name that is not there", "x-tokens", vec![]),
        ("a name that no header can have", "x token\n", vec![]),
        ("an empty name", "", vec![]),
    ] {
        let values: Vec<&[u8]> = head.header_values(name).collect();
        assert_eq!(values, expected, "{row}");
    }
    assert_eq!(head.query(), Some("b=%00&c"));
    assert_eq!(head.method(), "GET");
}

#[test]
fn layers_are_cloned_whatever_their_purpose() {
    fn twice<P: Purpose>(layer: &RequireLayer<P>) -> (RequireLayer<P>, String) {
        (layer.clone(), format!("{layer:?}"))
    }
    let (_, text) = twice(&RequireLayer::new(auth(), Require::refresh()));
    assert!(!text.contains("7, 7"), "{text}");
}

/// Panics when it is called without having been polled ready, and is not ready when cloned.
#[derive(Default)]
struct Wary {
    ready: bool,
}

impl Clone for Wary {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Service<Request<()>> for Wary {
    type Response = Response<String>;
    type Error = Infallible;
    type Future = Ready<Result<Response<String>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        assert!(self.ready, "called without having been polled ready");
        self.ready = false;
        ready(Ok(Response::new(String::new())))
    }
}

fn auth() -> Auth {
    let config = Config::builder().secret_key([7; 32].as_slice()).build();
    Auth::new(config.expect("a key is all it needs")).expect("no sessions are required")
}

fn with_token<B>(auth: &Auth, body: B) -> Request<B> {
    let token = auth.create_access_token("user1").expect("it can be made");
    Request::builder()
        .header("cookie", format!("access_token_cookie={}", token.as_str()))
        .body(body)
        .expect("a token is ASCII")
}

/// Tokens stand in headers, and in the query.
#[test]
fn a_head_shows_no_header_and_no_query_in_debug() {
    let request = Request::post("/posts?token=secret")
        .header("cookie", "access_token_cookie=secret")
        .header("x-csrf-token", "secret")
        .body(());
    let shown = request.map(|request| format!("{:?}", Head::from(&request)));
    let expected = r#"Head { method: POST, path: "/posts", .. }"#;
    assert_eq!(shown.ok().as_deref(), Some(expected));
}
