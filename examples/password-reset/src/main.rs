//! The reset of a password by a link in a mail: a one-time token, bound to the present hash of the
//! password, whose use ends all sessions of the user.
//!
//! `JWT_SECRET_KEY=$(openssl rand -hex 32) cargo run -p password-reset`, then
//! <http://localhost:8000/forgot>: ada@example.com, whose password is `correct horse`. The mail is
//! printed. Settings: `PORT` (8000), and every `JWT_*` and `HANDSTAMP_*` variable.

mod app;
mod error;
mod forgot;
mod log_in;
mod mails;
mod pages;
mod passwords;
mod reset;
#[cfg(test)]
mod tests;
mod users;

use std::error::Error;
use std::time::Duration;

use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::get;
use axum::{Router, extract::DefaultBodyLimit};
use handstamp_axum::handstamp::limit::{Limit, Quota, RateLimits};
use handstamp_axum::handstamp::store::MemoryStore;
use handstamp_axum::{Access, Auth, Config, routes};

use crate::app::App;
use crate::mails::Mails;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port: u16 = std::env::var("PORT").map_or(Ok(8000), |port| port.parse())?;
    let suffix = match port {
        0 | 8000 => String::new(),
        port => format!("_{port}"),
    };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let address = listener.local_addr()?;
    // That of the links, too.
    let origin = std::env::var("HANDSTAMP_PUBLIC_ORIGIN");
    let origin = origin.unwrap_or_else(|_| format!("http://localhost:{}", address.port()));
    let config = Config::builder()
        .public_origin(&origin)
        .cookie_secure(false) // for http://localhost only
        .cookie_suffix(suffix)
        .env()
        .build()?;
    // With several nodes, one that all of them share.
    let auth = Auth::builder(config).store(MemoryStore::new()).build()?;
    let (mails, mut outbox) = Mails::new();
    // In its place, the service that sends your mails.
    tokio::spawn(async move {
        while let Some(mail) = outbox.recv().await {
            println!("to {}: choose a new password at {}", mail.to, mail.link);
        }
    });
    let app = App::new(auth, origin, mails, BETWEEN_MAILS)?;
    app.users.add("ada@example.com", "correct horse").await?;
    println!("listening on http://{address}");
    let limits = RateLimits::in_memory([Limit::by_address("forms", Quota::per_minute(60))])?;
    serve::serve(listener, router(app, limits), std::future::pending()).await;
    Ok(())
}

/// `limits` bounds how many passwords one client has hashed and compared.
fn router(app: App, limits: RateLimits) -> Router {
    let auth = app.auth.clone();
    let forms = Router::new()
        .route("/log-in", get(log_in::page).post(log_in::log_in))
        .route("/forgot", get(forgot::page).post(forgot::send_link))
        .route("/reset", get(reset::page).post(reset::reset))
        // Forms without a token of a session: browsers say which site sent them.
        .layer(auth.same_origin())
        // Behind a proxy, name it: `.trusted_proxies(..)`.
        .layer(auth.rate_limit(limits))
        .layer(DefaultBodyLimit::max(16 * 1024));
    Router::new()
        .route("/me", get(async |token: Access| token.subject().to_owned()))
        .merge(forms)
        .merge(routes(&auth))
        .layer(map_response(with_headers))
        .with_state(app)
}

/// The address of a page may contain a token. It loads nothing from elsewhere, stays in no cache,
/// and tells no other page its address; `no-referrer` would also take the origin from its own form.
async fn with_headers<B>(mut response: Response<B>) -> Response<B> {
    const POLICY: &str =
        "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Nobody's mailbox is filled by this service.
const BETWEEN_MAILS: Duration = Duration::from_secs(60);
