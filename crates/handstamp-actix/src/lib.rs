//! handstamp for actix-web: extractors that verify, cookies on responders, and rejections that are
//! responses.
//!
//! The book shows how to add it to [an app].
//!
//! [an app]: https://github.com/handstamp/handstamp/blob/main/docs/existing-app.md
//!
//! ```
//! use actix_web::{App, Responder, web};
//! use handstamp_actix::handstamp::store::MemoryStore;
//! use handstamp_actix::{Access, Auth, ClientInfo, Config, Error, LogOut, Refresh};
//! use serde_json::{Value, json};
//!
//! async fn login(auth: Auth, client: ClientInfo) -> Result<impl Responder, Error> {
//!     // Check the password first.
//!     let tokens = auth.log_in("user1", client).await?;
//!     Ok(auth.set_cookies(&tokens)?.on("welcome"))
//! }
//!
//! async fn protected(token: Access) -> web::Json<Value> {
//!     web::Json(json!({"username": token.subject()}))
//! }
//!
//! async fn refresh(auth: Auth, token: Refresh) -> Result<impl Responder, Error> {
//!     let tokens = auth.refresh(token).await?; // a replay after the grace window ends the session
//!     Ok(auth.set_cookies(&tokens)?.on("refreshed"))
//! }
//!
//! async fn logout(auth: Auth, log_out: LogOut) -> Result<impl Responder, Error> {
//!     Ok(auth.log_out(log_out).await?.on("bye")) // at once; on every node, with a shared store
//! }
//!
//! let config = Config::builder().secret_key("a secret of at least thirty-two bytes").build()?;
//! let auth: Auth = Auth::builder(config).store(MemoryStore::new()).build()?;
//! let app = move || {
//!     App::new()
//!         .wrap(auth.no_store())
//!         .app_data(auth.clone())
//!         .route("/login", web::post().to(login))
//!         .route("/protected", web::get().to(protected))
//!         .route("/refresh", web::post().to(refresh))
//!         .route("/logout", web::post().to(logout))
//! };
//! # app(); // for `HttpServer::new`
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Without a store ([`Auth::new`]) there are no sessions: a log-out deletes cookies, and a copied
//! token is accepted until it expires. For several nodes, or sessions that survive a restart, use
//! `handstamp-sqlx` or `handstamp-redis`. [`handstamp`] has a table of what is done with which
//! type.

mod auth;
mod authorize;
mod body;
mod caching;
mod cookies;
#[cfg(feature = "utoipa")]
mod described;
mod error;
mod extract;
mod head;
mod implicit_refresh;
mod middleware;
mod navigation;
mod rate_limit;
mod require;
mod routes;
mod same_origin;
mod session;
#[cfg(feature = "ws")]
mod socket;
#[cfg(feature = "testing")]
pub mod testing;
mod user;
mod verified;

pub use auth::Auth;
pub use authorize::AuthorizeMiddleware;
pub use body::{AccessForm, AccessJson, LogOutBody, RefreshJson, UploadedFile};
pub use caching::NoStoreMiddleware;
pub use cookies::{ResponseCookies, SetCookies, WithCookies, append_cookies};
#[cfg(feature = "utoipa")]
pub use described::{Demands, Described, DescribedScope, DescribedService};
pub use error::{Error, Rejection};
pub use extract::{Access, Fresh, Optional, Refresh, Visitor};
pub use handstamp::adapter::Route;
pub use handstamp::authorize::Authorize;
pub use handstamp::error::StoreError;
pub use handstamp::purpose;
pub use handstamp::subject::LoadSubject;
pub use handstamp::{
    Authenticated, Config, Location, NewToken, Require, SignedToken, TokenPair, days, minutes,
};
pub use head::Head;
pub use implicit_refresh::ImplicitRefreshMiddleware;
pub use middleware::{Middleware, MiddlewareService};
pub use rate_limit::RateLimitMiddleware;
pub use require::RequireMiddleware;
pub use routes::{Routes, routes};
pub use same_origin::SameOriginMiddleware;
pub use session::{ClientInfo, LogOut, Session, SessionInfo};
#[cfg(feature = "ws")]
pub use socket::GuardedSocket;
pub use user::Current;
pub use verified::verified;

/// The core, for what is not re-exported here.
pub use handstamp;

/// The examples of the README, which are tested with the documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The example of the page on CORS.
#[cfg(doctest)]
#[doc = include_str!("../docs/cross-origin.md")]
struct CrossOrigin;
