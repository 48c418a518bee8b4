//! handstamp for axum: extractors that verify, cookies as response parts, rejections that are
//! responses.
//!
//! ```
//! use axum::extract::{FromRef, State};
//! use axum::response::IntoResponse;
//! use axum::routing::{get, post};
//! use axum::{Json, Router};
//! use handstamp_axum::{Access, Auth, Config, Error};
//! use serde_json::{Value, json};
//!
//! async fn login(State(auth): State<Auth>) -> Result<impl IntoResponse, Error> {
//!     // Check the password first.
//!     let access = auth.create_access_token("user1")?;
//!     let refresh = auth.create_refresh_token("user1")?;
//!     Ok((auth.set_access_cookies(&access)?, auth.set_refresh_cookies(&refresh)?, "welcome"))
//! }
//!
//! async fn protected(token: Access) -> Json<Value> {
//!     Json(json!({"username": token.subject()}))
//! }
//!
//! async fn logout(State(auth): State<Auth>) -> impl IntoResponse {
//!     (auth.unset_cookies(), "bye")
//! }
//!
//! let auth = Auth::new(Config::builder().secret_key("a secret of at least thirty-two bytes").build()?)?;
//! let app: Router = Router::new()
//!     .route("/login", post(login))
//!     .route("/protected", get(protected))
//!     .route("/logout", post(logout))
//!     .with_state(auth);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod auth;
mod body;
mod cookies;
mod error;
mod extract;
mod session;
#[cfg(feature = "ws")]
mod socket;
mod user;

pub use auth::Auth;
pub use body::{AccessForm, AccessJson, LogOutBody, RefreshJson, UploadedFile};
pub use cookies::SetCookies;
pub use error::{Error, Rejection};
pub use extract::{Access, Fresh, Refresh};
pub use handstamp::error::StoreError;
pub use handstamp::purpose;
pub use handstamp::subject::LoadSubject;
pub use handstamp::{
    Authenticated, Config, Location, NewToken, Require, SignedToken, TokenPair, days, minutes,
};
pub use handstamp_tower::{
    Head, ImplicitRefreshLayer, ImplicitRefreshService, RequireLayer, RequireService,
    SameOriginLayer, SameOriginService,
};
pub use session::{ClientInfo, LogOut, Session};
#[cfg(feature = "ws")]
pub use socket::GuardedSocket;
pub use user::{Current, Visitor};

/// The core, for what is not re-exported here.
pub use handstamp;

/// The examples of the README, which are tested with the documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
