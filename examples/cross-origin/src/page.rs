//! The page, as any host for static files serves it.

use std::error::Error;

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue};
use axum::response::Html;
use axum::routing::get;

pub(crate) fn router(api_origin: &str) -> Result<Router, Box<dyn Error>> {
    let policy = format!(
        "default-src 'none'; script-src 'self'; connect-src {api_origin}; form-action 'none'; base-uri 'none'"
    );
    let policy: HeaderValue = policy.parse()?;
    let page = include_str!("page.html").replace("API_ORIGIN", api_origin);
    let page = ([(CONTENT_SECURITY_POLICY, policy)], Html(page));
    let script = |text: &'static str| ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], text);
    let page_script = script(include_str!("page.js"));
    let client = script(include_str!("handstamp.js"));
    Ok(Router::new()
        .route("/", get(async || page))
        .route("/page.js", get(async || page_script))
        .route("/handstamp.js", get(async || client)))
}
