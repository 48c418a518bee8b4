//! The layers of an `Auth` stand in front of and behind any layer and service that a router takes.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use std::convert::Infallible;
use std::fs;
use std::path::PathBuf;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::Response;
use axum::routing::get;
use handstamp_axum::{Auth, Config, Require};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use tower::{ServiceBuilder, ServiceExt as _, service_fn};
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;
use tower_http::trace::TraceLayer;

/// All layers of an `Auth`, the outermost first.
macro_rules! ours {
    ($auth:expr) => {
        ServiceBuilder::new()
            .layer($auth.same_origin())
            .layer($auth.implicit_refresh())
            .layer($auth.require(Require::access()))
    };
}

/// The layers of others.
macro_rules! others {
    () => {
        ServiceBuilder::new()
            .layer(TraceLayer::new_for_http())
            .layer(CompressionLayer::new())
    };
}

#[tokio::test]
async fn around_routers_and_routes() {
    let auth = auth();
    let hello = || Router::new().route("/hello.txt", get(async || HELLO));
    for (row, router) in [
        ("a router", hello().layer(ours!(auth))),
        ("routes", hello().route_layer(ours!(auth))),
        ("behind others", hello().layer(ours!(auth)).layer(others!())),
        (
            "in front of others",
            hello().layer(others!()).layer(ours!(auth)),
        ),
        (
            "in one stack with others",
            hello().layer(others!().layer(ours!(auth)).layer(CompressionLayer::new())),
        ),
        (
            "one route",
            Router::new().route("/hello.txt", get(async || HELLO).layer(ours!(auth))),
        ),
    ] {
        check(row, &auth, router).await;
    }
}

#[tokio::test]
async fn around_services() {
    let auth = auth();
    let boxed = service_fn(async |_: Request| {
        let body: BoxBody<Bytes, Infallible> = Full::from(HELLO).boxed();
        Ok::<_, Infallible>(Response::new(body))
    });
    let tonic = service_fn(async |_: Request| {
        Ok::<_, Infallible>(Response::new(tonic::body::Body::new(Full::from(HELLO))))
    });
    let takes_tonic = service_fn(async |_: Request<tonic::body::Body>| {
        Ok::<_, Infallible>(Response::new(HELLO.to_owned()))
    });
    let takes_tonic = ours!(auth)
        .service(takes_tonic)
        .map_request(|request: Request| request.map(tonic::body::Body::new));
    let files = ours!(auth).service(ServeDir::new(directory()));
    for (row, router) in [
        ("files", Router::new().fallback_service(files.clone())),
        (
            "files, behind others",
            Router::new().fallback_service(others!().service(files.clone())),
        ),
        (
            "files, their layers around the router",
            Router::new()
                .fallback_service(ServeDir::new(directory()))
                .layer(ours!(auth)),
        ),
        (
            "a boxed body",
            Router::new().route_service("/hello.txt", ours!(auth).service(boxed)),
        ),
        (
            "tonic's body",
            Router::new().route_service("/hello.txt", ours!(auth).service(tonic)),
        ),
        (
            "tonic's body in requests",
            Router::new().route_service("/hello.txt", takes_tonic),
        ),
    ] {
        check(row, &auth, router).await;
    }
    let nested = Router::new().nest_service("/static", files);
    let stripped = |request: Request| {
        let (mut parts, body) = request.into_parts();
        parts.uri = format!("/static{}", parts.uri.path()).parse().unwrap();
        Request::from_parts(parts, body)
    };
    let nested = Router::new().fallback_service(nested.map_request(stripped));
    check("files, nested", &auth, nested).await;
}

/// The inner service answers a request with a token, and nothing else.
async fn check(row: &str, auth: &Auth, router: Router) {
    let token = auth.create_access_token("user1").unwrap();
    let cookie = format!("access_token_cookie={}", token.as_str());
    for (cookie, status, text) in [
        (cookie.as_str(), 200, HELLO),
        ("theme=dark", 401, r#""code":"missing_token""#),
    ] {
        let request = Request::get("/hello.txt").header("cookie", cookie);
        let request = request.body(Body::empty()).unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), status, "{row}");
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let body = String::from_utf8(body.into()).unwrap();
        assert!(body.contains(text), "{row}: {body}");
    }
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
