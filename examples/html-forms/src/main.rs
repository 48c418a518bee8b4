//! Pages with forms, and no script at all: log-in, posts with a file, log-out. What is refused is
//! said in words, on a page.
//!
//! `JWT_SECRET_KEY=$(openssl rand -hex 32) cargo run -p html-forms`, then <http://localhost:8000>:
//! user1, password1. Settings: `PORT` (8000), and every `JWT_*` and `HANDSTAMP_*` variable.

mod app;
mod draft;
mod log_in;
mod next;
mod pages;
mod posts;
mod refused;

use std::error::Error;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::middleware::{Next, from_fn_with_state, map_response};
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use handstamp_axum::handstamp::store::MemoryStore;
use handstamp_axum::{Auth, Config, Head, Location, minutes};

use app::App;
use refused::Refused;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port: u16 = std::env::var("PORT").map_or(Ok(8000), |port| port.parse())?;
    // Ports of one host share cookies, so at another port the names of ours end with it.
    let suffix = match port {
        0 | 8000 => String::new(),
        port => format!("_{port}"),
    };
    // The environment wins over what stands here.
    let config = Config::builder()
        .token_locations([Location::Cookies])
        .access_token_expires(minutes(60))
        .implicit_refresh_deltatime(minutes(50)) // who is active stays, for 20 days
        .log_in_page("/log-in") // for who opens a page without being logged in
        .csrf_check_form(true) // no script could set a header
        .csrf_in_cookies(false) // nor read a cookie
        .cookie_secure(false) // for http://localhost only
        .cookie_suffix(suffix)
        .env()
        .build()?;
    let auth = Auth::builder(config).store(MemoryStore::new()).build()?;
    let app = router(auth);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    serve::serve(listener, app, std::future::pending()).await;
    Ok(())
}

fn router(auth: Auth) -> Router {
    // A log-in has no token yet whose CSRF value could be checked. Browsers say which site sent it.
    let log_in = get(log_in::page)
        .post(log_in::log_in)
        .layer(from_fn_with_state(auth.clone(), refuse_other_sites));
    Router::new()
        .route("/", get(async || Redirect::to("/posts")))
        .route("/log-in", log_in)
        .route("/log-out", post(log_in::log_out))
        .route("/posts", get(posts::page).post(posts::create))
        .layer(auth.implicit_refresh())
        .route("/style.css", get(style))
        .layer(map_response(with_headers))
        .with_state(App::new(auth))
}

/// As the layer of `auth.same_origin()`, whose refusal is JSON.
async fn refuse_other_sites(
    State(auth): State<Auth>,
    request: Request,
    next: Next,
) -> Result<Response, Refused> {
    auth.require_same_origin(&Head::from(&request))?;
    Ok(next.run(request).await)
}

async fn style() -> Response<String> {
    let mut response = Response::new(include_str!("../templates/style.css").to_owned());
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/css; charset=utf-8"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("max-age=600"));
    response
}

/// No script from anywhere, no frame around us, forms to us only. Pages hold a CSRF value and what
/// its user may see, so nobody keeps them.
async fn with_headers<B>(mut response: Response<B>) -> Response<B> {
    const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Not `no-referrer`: browsers would send `Origin: null` with our own forms.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::http::Request;
    use handstamp_axum::{Auth, Config};
    use tower::ServiceExt as _;

    use super::router;

    #[tokio::test]
    async fn a_log_in_from_another_address_is_refused_in_words() {
        let config = Config::builder().secret_key([7; 32].as_slice());
        let auth = Auth::new(config.build().unwrap()).unwrap();
        let request = Request::post("/log-in")
            .header("host", "forms.example")
            .header("origin", "http://lan-name:8000")
            .header("content-type", "application/x-www-form-urlencoded");
        let form = Body::from("name=user1&password=password1");
        let response = router(auth)
            .oneshot(request.body(form).unwrap())
            .await
            .unwrap();
        assert_eq!(response.status(), 403);
        assert_eq!(
            response.headers()["content-type"],
            "text/html; charset=utf-8"
        );
        let page = axum::body::to_bytes(response.into_body(), 1 << 16)
            .await
            .unwrap();
        assert!(
            String::from_utf8_lossy(&page).contains("by an address"),
            "{page:?}"
        );
    }

    #[tokio::test]
    async fn a_visitor_of_a_nested_router_comes_back_to_the_page_that_was_asked_for() {
        let config = Config::builder()
            .secret_key([7; 32].as_slice())
            .log_in_page("/app/log-in");
        let auth = Auth::new(config.build().unwrap()).unwrap();
        let request = Request::get("/app/posts?page=2").header("sec-fetch-mode", "navigate");
        let response = Router::new()
            .nest("/app", router(auth))
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap();
        assert_eq!(
            response.headers()["location"],
            "/app/log-in?next=/app/posts%3Fpage%3D2&reason=missing_token"
        );
    }
}
