//! handstamp for tower and hyper: layers that pass on only requests with the token that a route
//! demands.
//!
//! The book explains [how it works].
//!
//! [how it works]: https://github.com/handstamp/handstamp/blob/main/docs/how-it-works.md
//!
//! ```
//! use handstamp::purpose::Access;
//! use handstamp::{Auth, Config, Require};
//! use handstamp_tower::{RequireLayer, verified};
//! use http::{Request, Response};
//! use http_body_util::BodyExt as _;
//! use tower::{ServiceBuilder, ServiceExt as _};
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let config = Config::builder().secret_key("a secret of at least thirty-two bytes").build()?;
//! let auth = Auth::new(config)?;
//! let token = auth.create_access_token("user1")?;
//!
//! let service = ServiceBuilder::new()
//!     .layer(RequireLayer::new(auth.clone(), Require::access()))
//!     .service_fn(move |request: Request<()>| {
//!         let token = verified::<Access>(&auth, request.extensions()).expect("behind the layer");
//!         let greeting = format!("hello {}", token.subject());
//!         async move { Ok::<_, std::convert::Infallible>(Response::new(greeting)) }
//!     });
//!
//! let response = service.clone().oneshot(Request::new(())).await?;
//! assert_eq!(response.status(), 401);
//!
//! let cookie = format!("access_token_cookie={}", token.as_str());
//! let request = Request::builder().header("cookie", cookie).body(())?;
//! let response = service.oneshot(request).await?;
//! let body = response.into_body().collect().await?.to_bytes();
//! assert_eq!(body, "hello user1");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A layer does not read bodies. If a token may be in JSON, or a CSRF value in a form, the handler
//! calls [`access_before_body`], and then collects the body.

mod authenticate;
mod authorize;
mod before_body;
mod body;
mod caching;
#[cfg(feature = "utoipa")]
mod described;
mod drain;
mod head;
mod implicit_refresh;
mod layer;
mod navigation;
mod rate_limit;
mod response;
mod same_origin;
mod verified;

pub use authenticate::{access, fresh, refresh, session_info, visitor};
pub use authorize::{AuthorizeFuture, AuthorizeLayer, AuthorizeService};
pub use before_body::{access_before_body, log_out_before_body, refresh_before_body};
pub use body::ResponseBody;
pub use caching::NoStoreLayer;
pub use drain::drain;
/// The core, so that both have one version of it.
pub use handstamp;
pub use head::Head;
pub use implicit_refresh::{ImplicitRefreshFuture, ImplicitRefreshLayer, ImplicitRefreshService};
pub use layer::{AdmissionFuture, RequireFuture, RequireLayer, RequireService};
pub use rate_limit::{PeerAddress, RateLimitFuture, RateLimitLayer, RateLimitService};
pub use response::{append_cookies, refuse};
pub use same_origin::{SameOriginFuture, SameOriginLayer, SameOriginService};
pub use verified::verified;

/// The examples of the README, which are tested with the documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
