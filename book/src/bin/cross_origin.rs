//! An API for a page on another origin.
//!
//! Settings: `PORT` (8000), `API_ORIGIN` and `PAGE_ORIGIN` (`http://localhost:8000` and
//! `http://localhost:3000`), and every `JWT_*` and `HANDSTAMP_*` variable.

use axum::extract::State;
use axum::http::Method;
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Json, Router};
use handstamp_axum::handstamp::store::MemoryStore;
use handstamp_axum::{
    Access, Auth, ClientInfo, Config, Error, Refresh, Require, Route, TokenPair, minutes, routes,
};
use serde::Deserialize;
use serde_json::{Value, json};
use tower_http::cors::{AllowOrigin, CorsLayer};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port: u16 = std::env::var("PORT").map_or(Ok(8000), |port| port.parse())?;
    let api_origin = origin("API_ORIGIN", "http://localhost:8000");
    let page_origin = origin("PAGE_ORIGIN", "http://localhost:3000");
    let config = Config::builder()
        .public_origin(&*api_origin)
        .trusted_origins([&*page_origin])
        .csrf_in_cookies(false) // the page could not read them
        .env() // the environment wins over what stands here
        .build()?;
    let auth = Auth::builder(config).store(MemoryStore::new()).build()?;
    let app = api(auth, &page_origin)?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}

fn origin(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}

fn api(auth: Auth, page_origin: &str) -> Result<Router, Box<dyn std::error::Error>> {
    // A page that was just loaded has no CSRF value while its access token is expired. That the
    // request is from it is proven by its origin, which is among the trusted ones.
    let by_origin = auth.require(Require::refresh().without_csrf_token());
    Ok(Router::new()
        .route("/login", post(login).layer(auth.same_origin()))
        .route("/refresh", post(refresh).layer(by_origin))
        .route("/posts", post(create_post))
        .layer(auth.no_store())
        // GET /session, POST /logout, the list of sessions
        .merge(routes(&auth).without(Route::Refresh))
        // Last, so outermost: refusals need its headers too, and a preflight has no cookies.
        .layer(cors(page_origin)?)
        .with_state(auth))
}

/// With credentials a browser wants exact origins and headers, no `*`.
fn cors(page_origin: &str) -> Result<CorsLayer, Box<dyn std::error::Error>> {
    Ok(CorsLayer::new()
        .allow_origin(AllowOrigin::list([page_origin.parse::<HeaderValue>()?]))
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([CONTENT_TYPE, HeaderName::from_static("x-csrf-token")])
        .expose_headers([RETRY_AFTER])
        .max_age(minutes(60)))
}

#[derive(Deserialize)]
struct LoginRequest {
    username: String,
    password: String,
}

/// In place of your own table of users.
const USERS: [(&str, &str); 2] = [("user1", "password1"), ("user2", "password2")];

async fn login(
    State(auth): State<Auth>,
    client: ClientInfo,
    Json(form): Json<LoginRequest>,
) -> Result<impl IntoResponse, Error> {
    if !USERS.contains(&(&form.username, &form.password)) {
        return Err(auth.invalid_credentials());
    }
    let tokens = auth.log_in(&form.username, client).await?;
    Ok((auth.set_cookies(&tokens)?, Json(for_the_page(&tokens))))
}

async fn refresh(State(auth): State<Auth>, token: Refresh) -> Result<impl IntoResponse, Error> {
    let tokens = auth.refresh(token).await?;
    Ok((auth.set_cookies(&tokens)?, Json(for_the_page(&tokens))))
}

/// What the page needs to know that cannot read the cookies. Both tokens of a session have the same
/// CSRF value.
fn for_the_page(tokens: &TokenPair) -> Value {
    json!({
        "csrf": tokens.csrf(),
        "expires_in": tokens.access().expires_in().as_secs(),
    })
}

#[derive(Deserialize)]
struct Post {
    title: String,
}

/// The origin and the CSRF value were checked before this is called.
async fn create_post(token: Access, Json(post): Json<Post>) -> Json<Value> {
    Json(json!({"title": post.title, "user": token.subject()}))
}

#[cfg(test)]
mod tests {
    use handstamp_axum::testing::{Browser, TestClock};
    use handstamp_axum::{Auth, Config, minutes};
    use serde_json::json;

    use super::{MemoryStore, api};

    const API: &str = "https://api.example.com";
    const PAGE: &str = "https://app.example.com";

    fn scene() -> (Browser, Auth, TestClock) {
        let clock = TestClock::new();
        let config = Config::builder()
            .public_origin(API)
            .trusted_origins([PAGE])
            .csrf_in_cookies(false)
            .secret_key([7; 32].as_slice());
        let auth: Auth = Auth::builder(config.build().unwrap())
            .store(MemoryStore::with_clock(clock.clone()))
            .with_clock(clock.clone())
            .build()
            .unwrap();
        let app = api(auth.clone(), PAGE).unwrap();
        // The origin of the API: it is what paths are relative to.
        let browser = Browser::new(app, API).with_clock(clock.clone());
        (browser, auth, clock)
    }

    #[tokio::test]
    async fn the_page_logs_in_and_posts() {
        let (browser, ..) = scene();
        let page = browser.from_origin(PAGE);
        let form = json!({"username": "user1", "password": "password1"});
        assert_eq!(page.post("/login").json(&form).send().await.status(), 200);
        // The page knows the CSRF value from the body of the log-in.
        let post = json!({"title": "x"});
        let posted = page.post("/posts").json(&post).send().await;
        assert_eq!((posted.status(), posted.code()), (200, None));
        let forged = page.post("/posts").json(&post).without_csrf();
        let forged = forged.send().await;
        assert_eq!(forged.code(), Some("missing_csrf_token"));
        assert_eq!(forged.cors_error(), None, "the page can read the code");
    }

    #[tokio::test]
    async fn a_page_that_was_just_loaded_refreshes() {
        let (browser, auth, clock) = scene();
        browser.logged_in_as(&auth, "user1").await;
        let page = browser.from_origin(PAGE);
        clock.advance(minutes(16));
        browser.reload(); // the value was in the memory of the page
        let expired = page.get("/session").send().await;
        assert_eq!(expired.code(), Some("token_expired"));
        assert_eq!(page.post("/refresh").send().await.status(), 200);
        let post = json!({"title": "x"});
        let posted = page.post("/posts").json(&post).send().await;
        assert_eq!(posted.status(), 200);
    }

    #[tokio::test]
    async fn other_pages_read_and_write_nothing() {
        let (browser, auth, _) = scene();
        browser.logged_in_as(&auth, "user1").await;
        // Of the same site, so that it has the cookies.
        let sibling = browser.from_origin("https://blog.example.com");
        let read = sibling.get("/session").send().await;
        assert_eq!((read.status(), read.code()), (0, Some("cors")));
        let write = sibling.submit("/posts").form([("title", "x")]);
        assert_eq!(write.send().await.code(), Some("cross_site_request"));
    }
}
