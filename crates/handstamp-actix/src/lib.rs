//! handstamp for actix-web: extractors that verify, cookies on responders, rejections that are
//! responses.
//!
//! ```
//! use actix_web::{App, Responder, web};
//! use handstamp_actix::{Access, Auth, Config, Error};
//! use serde_json::{Value, json};
//!
//! async fn login(auth: Auth) -> Result<impl Responder, Error> {
//!     // Check the password first.
//!     let access = auth.create_access_token("user1")?;
//!     let refresh = auth.create_refresh_token("user1")?;
//!     let cookies = auth.set_access_cookies(&access)?.and(auth.set_refresh_cookies(&refresh)?);
//!     Ok(cookies.on("welcome"))
//! }
//!
//! async fn protected(token: Access) -> web::Json<Value> {
//!     web::Json(json!({"username": token.subject()}))
//! }
//!
//! async fn logout(auth: Auth) -> impl Responder {
//!     auth.unset_cookies().on("bye")
//! }
//!
//! let auth = Auth::new(Config::builder().secret_key("a secret of at least thirty-two bytes").build()?)?;
//! let app = move || {
//!     App::new()
//!         .app_data(auth.clone())
//!         .route("/login", web::post().to(login))
//!         .route("/protected", web::get().to(protected))
//!         .route("/logout", web::post().to(logout))
//! };
//! # app(); // else for `HttpServer::new`
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod auth;
mod body;
mod cookies;
mod error;
mod extract;
mod head;
mod implicit_refresh;
mod middleware;
mod same_origin;
mod session;
#[cfg(feature = "ws")]
mod socket;
mod user;
mod verified;

pub use auth::Auth;
pub use body::{AccessForm, AccessJson, LogOutBody, RefreshJson, UploadedFile};
pub use cookies::{ResponseCookies, SetCookies, WithCookies, append_cookies};
pub use error::{Error, Rejection};
pub use extract::{Access, Fresh, Optional, Refresh, Visitor};
pub use handstamp::error::StoreError;
pub use handstamp::purpose;
pub use handstamp::subject::LoadSubject;
pub use handstamp::{
    Authenticated, Config, Location, NewToken, Require, SignedToken, TokenPair, days, minutes,
};
pub use head::Head;
pub use implicit_refresh::{ImplicitRefreshMiddleware, ImplicitRefreshService};
pub use middleware::{RequireMiddleware, RequireService};
pub use same_origin::{SameOriginMiddleware, SameOriginService};
pub use session::{ClientInfo, LogOut, Session};
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
