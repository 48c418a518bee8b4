//! An API on one host and its page on another: CORS, and a page that cannot read the CSRF cookie.
//!
//! `JWT_SECRET_KEY=$(openssl rand -hex 32) cargo run -p cross-origin`, then
//! <http://localhost:8001>: user1, password1. Settings: `PORT` (8000) and `PAGE_PORT` (8001),
//! `API_ORIGIN` and `PAGE_ORIGIN` (`http://localhost` with these ports), `REDIS_URL` (sessions are
//! in memory without it), and every `JWT_*` and `HANDSTAMP_*` variable.
//!
//! Two ports of a host, or two subdomains of a domain, are one site: browsers send the cookies. For
//! a page on another site set `JWT_COOKIE_SAMESITE=none` and `JWT_COOKIE_SECURE=true`, on https;
//! many browsers block such cookies all the same.

mod api;
mod page;

use std::error::Error;
use std::future::pending;
use std::sync::Arc;

use handstamp_axum::handstamp::store::{MemoryStore, Store};
use handstamp_axum::{Auth, Config, Location};
use handstamp_redis::RedisStore;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (api, api_origin) = listen("PORT", 8000, "API_ORIGIN").await?;
    let (page, page_origin) = listen("PAGE_PORT", 8001, "PAGE_ORIGIN").await?;
    // Ports of one host share cookies, so at another port the names of ours end with it.
    let suffix = match api.local_addr()?.port() {
        8000 => String::new(),
        port => format!("_{port}"),
    };
    // The environment wins over what stands here.
    let config = Config::builder()
        .token_locations([Location::Cookies])
        .public_origin(&*api_origin)
        .trusted_origins([&*page_origin])
        .csrf_in_cookies(false) // the page could not read them
        .cookie_secure(false) // for http://localhost only
        .cookie_suffix(suffix)
        .env()
        .build()?;
    let auth = Auth::builder(config).store(store()?).build()?;

    println!("listening on http://{}", api.local_addr()?);
    println!("the page is at {page_origin}");
    tokio::join!(
        serve::serve(api, api::router(auth, &page_origin)?, pending()),
        serve::serve(page, page::router(&api_origin)?, pending()),
    );
    Ok(())
}

/// Listens on the port of one variable. The origin is that of another, or this port of localhost.
async fn listen(
    port: &str,
    default: u16,
    origin: &str,
) -> Result<(TcpListener, String), Box<dyn Error>> {
    let port = std::env::var(port).map_or(Ok(default), |port| port.parse())?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let port = listener.local_addr()?.port();
    let origin = std::env::var(origin).unwrap_or_else(|_| format!("http://localhost:{port}"));
    Ok((listener, origin))
}

/// Where the sessions are.
fn store() -> Result<Arc<dyn Store>, Box<dyn Error>> {
    Ok(match std::env::var("REDIS_URL") {
        Ok(url) => Arc::new(RedisStore::new(&url)?),
        Err(_) => Arc::new(MemoryStore::new()),
    })
}
