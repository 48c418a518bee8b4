//! handstamp for axum: extractors that verify, cookies as response parts, and rejections that are
//! responses.
//!
//! [Start], a page of the book, leads from nothing to logged in.
//!
//! [Start]: https://github.com/handstamp/handstamp/blob/main/docs/start.md
//!
//! ```
//! use axum::extract::State;
//! use axum::response::IntoResponse;
//! use axum::routing::{get, post};
//! use axum::{Json, Router};
//! use handstamp_axum::handstamp::store::MemoryStore;
//! use handstamp_axum::{Access, Auth, ClientInfo, Config, Error, LogOut, Refresh};
//! use serde_json::{Value, json};
//!
//! async fn login(
//!     State(auth): State<Auth>,
//!     client: ClientInfo,
//! ) -> Result<impl IntoResponse, Error> {
//!     // Check the password first.
//!     let tokens = auth.log_in("user1", client).await?;
//!     Ok((auth.set_cookies(&tokens)?, "welcome"))
//! }
//!
//! async fn protected(token: Access) -> Json<Value> {
//!     Json(json!({"username": token.subject()}))
//! }
//!
//! async fn refresh(
//!     State(auth): State<Auth>,
//!     token: Refresh,
//! ) -> Result<impl IntoResponse, Error> {
//!     let tokens = auth.refresh(token).await?; // a replay after the grace window ends the session
//!     Ok((auth.set_cookies(&tokens)?, "refreshed"))
//! }
//!
//! async fn logout(
//!     State(auth): State<Auth>,
//!     log_out: LogOut,
//! ) -> Result<impl IntoResponse, Error> {
//!     Ok((auth.log_out(log_out).await?, "bye")) // at once; on every node, with a shared store
//! }
//!
//! let config = Config::builder().secret_key("a secret of at least thirty-two bytes").build()?;
//! let auth: Auth = Auth::builder(config).store(MemoryStore::new()).build()?;
//! let app: Router = Router::new()
//!     .route("/login", post(login))
//!     .route("/protected", get(protected))
//!     .route("/refresh", post(refresh))
//!     .route("/logout", post(logout))
//!     .layer(auth.no_store()) // nothing stays in the browser's cache after a log-out
//!     .with_state(auth);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Without a store ([`Auth::new`]) there are no sessions: a log-out deletes cookies, and a copied
//! token is accepted until it expires. For several nodes, or sessions that survive a restart, use
//! `handstamp-sqlx` or `handstamp-redis`. [`handstamp`] has a table of what is done with which
//! type.

mod auth;
mod body;
mod cookies;
#[cfg(feature = "utoipa")]
mod described;
mod error;
mod extract;
mod routes;
mod session;
#[cfg(feature = "ws")]
mod socket;
#[cfg(feature = "testing")]
pub mod testing;
mod user;

pub use auth::Auth;
pub use body::{AccessForm, AccessJson, LogOutBody, RefreshJson, UploadedFile};
pub use cookies::SetCookies;
#[cfg(feature = "utoipa")]
pub use described::{Demands, DescribedRoutes};
pub use error::{Error, Rejection};
pub use extract::{Access, Fresh, Refresh, Visitor};
pub use handstamp::adapter::Route;
pub use handstamp::authorize::Authorize;
pub use handstamp::error::StoreError;
pub use handstamp::purpose;
pub use handstamp::subject::LoadSubject;
pub use handstamp::{
    Authenticated, Config, Location, NewToken, Require, SignedToken, TokenPair, days, minutes,
};
pub use handstamp_tower::{
    AuthorizeLayer, AuthorizeService, Head, ImplicitRefreshLayer, ImplicitRefreshService,
    NoStoreLayer, PeerAddress, RateLimitLayer, RateLimitService, RequireLayer, RequireService,
    SameOriginLayer, SameOriginService,
};
pub use routes::{Routes, routes};
pub use session::{ClientInfo, LogOut, Session, SessionInfo};
#[cfg(feature = "ws")]
pub use socket::GuardedSocket;
pub use user::Current;

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
