//! What actix-web asks of a middleware.

#![expect(clippy::expect_used, reason = "a failing test panics")]

use std::future::{Future, pending};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Waker};

use actix_web::body::MessageBody;
use actix_web::dev::{Service as _, ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::{Condition, DefaultHeaders, Logger, Next, NormalizePath, from_fn};
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use handstamp_actix::handstamp::blocklist::TokenStatus;
use handstamp_actix::handstamp::{self, RequestHead as _, error::Rejection as CoreRejection};
use handstamp_actix::{Auth, Config, Head, Rejection, Require};

#[actix_web::test]
async fn it_stands_before_a_resource_a_scope_or_the_whole_application() {
    let auth = auth();
    let guard = || auth.require(Require::access());
    let handler = async |token: handstamp_actix::Access| token.subject().to_owned();
    let app = App::new()
        .app_data(auth.clone())
        .service(web::resource("/resource").wrap(guard()).to(handler))
        .service(
            web::scope("/scope")
                .wrap(guard())
                .route("/a", web::to(handler)),
        )
        .service(
            web::scope("/sometimes")
                .wrap(Condition::new(true, guard()))
                .route("/a", web::to(handler)),
        )
        .wrap(NormalizePath::trim())
        .wrap(Logger::default());
    let app = init_service(app).await;
    for path in ["/resource", "/scope/a", "/scope/nothing", "/sometimes/a"] {
        let request = TestRequest::with_uri(path).to_request();
        assert_eq!(call_service(&app, request).await.status(), 401, "{path}");
        let request = with_token(&auth, path).to_request();
        let status = if path.ends_with("nothing") { 404 } else { 200 };
        assert_eq!(call_service(&app, request).await.status(), status, "{path}");
    }

    let app = App::new().wrap(guard()).route("/", web::to(async || "in"));
    let app = init_service(app).await;
    let request = TestRequest::with_uri("/nothing").to_request();
    assert_eq!(call_service(&app, request).await.status(), 401);
}

/// Routing changes the request after it, which panics while an extractor still holds on to it.
#[actix_web::test]
async fn a_middleware_of_ones_own_may_use_the_extractors() {
    async fn own<B: MessageBody>(
        token: handstamp_actix::Access,
        request: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<B>, actix_web::Error> {
        let mut response = next.call(request).await?;
        let name = HeaderValue::from_str(token.subject());
        let name = name.expect("it is ASCII");
        response
            .headers_mut()
            .insert(HeaderName::from_static("x-user"), name);
        Ok(response)
    }
    let auth = auth();
    let app = App::new()
        .app_data(auth.clone())
        .service(web::scope("/a").route("/{b}", web::to(async || "in")))
        .wrap(from_fn(own));
    let app = init_service(app).await;
    let response = call_service(&app, with_token(&auth, "/a/b").to_request()).await;
    assert_eq!(
        response.headers().get("x-user").expect("it is set"),
        "user1"
    );
}

/// As an extractor's: others outside add their headers, and find why.
#[actix_web::test]
async fn a_refusal_is_a_response_that_tells_the_middleware_outside_why() {
    let auth = auth();
    let extractor = async |_: handstamp_actix::Access| "never sent";
    let guard = auth.require(Require::access());
    let app = App::new()
        .app_data(auth)
        .route("/extractor", web::to(extractor))
        .service(
            web::resource("/middleware")
                .wrap(guard)
                .to(async || "never sent"),
        )
        .wrap(DefaultHeaders::new().add(("x-outside", "1")));
    let app = init_service(app).await;
    for path in ["/extractor", "/middleware"] {
        let request = TestRequest::with_uri(path).to_request();
        let response: ServiceResponse<_> = app.call(request).await.expect("it is a response");
        assert_eq!(response.status(), 401, "{path}");
        assert!(response.headers().contains_key("x-outside"), "{path}");
        let response = response.response();
        let error = response.error().and_then(|error| error.as_error());
        let code = error.map(|error: &Rejection| error.code());
        assert_eq!(code, Some("missing_token"), "{path}");
        let extensions = response.extensions();
        let code = extensions.get().map(CoreRejection::code);
        assert_eq!(code, Some("missing_token"), "{path}");
    }
}

/// A handler that is dropped while the blocklist thinks never sees the request.
#[actix_web::test]
async fn a_request_that_is_dropped_while_the_blocklist_thinks_goes_no_further() {
    let config = Config::builder().secret_key([7; 32].as_slice());
    let auth = handstamp::Auth::builder(config.build().expect("a key is all it needs"))
        .with_blocklist(|_| pending::<Result<TokenStatus, _>>())
        .build()
        .unwrap();
    let auth = Auth::from(auth);
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let handler = move || {
        counted.fetch_add(1, Ordering::Relaxed);
        std::future::ready("in")
    };
    let guarded = web::resource("/").wrap(auth.require(Require::access()));
    let app = init_service(App::new().service(guarded.to(handler))).await;
    let mut answer = Box::pin(app.call(with_token(&auth, "/").to_request()));
    let mut context = Context::from_waker(Waker::noop());
    assert!(answer.as_mut().poll(&mut context).is_pending());
    drop(answer);
    assert_eq!(calls.load(Ordering::Relaxed), 0);
}

#[test]
fn a_head_hands_over_every_line_as_bytes_and_in_order() {
    let request = TestRequest::with_uri("/a?b=%00&c")
        .append_header(("x-token", "one"))
        .append_header(("X-Token", b"\xff".as_slice()))
        .append_header(("x-other", "three"))
        .to_http_request();
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
fn no_key_is_shown() {
    let guard = auth().require(Require::refresh());
    let text = format!("{:?}", guard.clone());
    assert!(!text.contains("7, 7"), "{text}");
}

/// They are made once, and the factory of every worker clones them.
#[test]
fn middleware_can_be_made_outside_of_the_factory() {
    fn is_shared<M: Clone + std::fmt::Debug + Send + Sync + 'static>(_: M) {}
    let auth = auth();
    is_shared(auth.require(Require::access()));
    is_shared(auth.same_origin());
    is_shared(auth.implicit_refresh());
}

/// Tokens stand in headers, and in the query.
#[test]
fn a_head_shows_no_header_and_no_query_in_debug() {
    let request = TestRequest::post()
        .uri("/posts?token=secret")
        .insert_header(("cookie", "access_token_cookie=secret"))
        .insert_header(("x-csrf-token", "secret"))
        .to_http_request();
    let shown = format!("{:?}", Head::from(&request));
    assert_eq!(shown, r#"Head { method: POST, path: "/posts", .. }"#);
}

fn auth() -> Auth {
    let config = Config::builder().secret_key([7; 32].as_slice()).build();
    Auth::new(config.expect("a key is all it needs")).expect("no sessions are required")
}

fn with_token(auth: &Auth, path: &str) -> TestRequest {
    let token = auth.create_access_token("user1").expect("it can be made");
    let cookie = format!("access_token_cookie={}", token.as_str());
    TestRequest::with_uri(path).insert_header(("cookie", cookie))
}
