//! The interface for adapters, which pass the requests and responses of a framework to the core.
//! Applications do not call it.
//!
//! An adapter reads a request as a [`RequestHead`](crate::RequestHead), keeps one [`RequestState`]
//! among its extensions, and writes rejections and cookies to responses. The types that it gives to
//! handlers are made by macros, because the traits of a framework can only be implemented for types
//! of the adapter. It passes their documentation, with the examples of its framework:
//!
//! | macro | types |
//! |---|---|
//! | [`auth!`] | `Auth`, with the methods that handlers call |
//! | [`errors!`] | `Rejection`, `Error` |
//! | [`tokens!`] | `Access`, `Refresh`, `Fresh`, `Visitor` |
//! | [`sessions!`] | `ClientInfo`, `LogOut`, `Session`, `SessionInfo` |
//! | [`set_cookies!`] | `SetCookies` |
//! | [`bodies!`] | `AccessJson`, `AccessForm`, `RefreshJson`, `LogOutBody` |
//! | [`routes!`] | `Routes`, and the function `routes` |
//! | `described!` | none; what their extractors demand, by the feature `utoipa` |
//! | [`newtype!`] | none; conversions between a type of the core and one that holds it |
//!
//! ```
//! use handstamp::Config;
//!
//! handstamp::adapter::errors! {
//!     /// A rejected request, as a response.
//!     pub struct Rejection;
//!
//!     /// Any error that a handler may return.
//!     pub enum Error {}
//! }
//!
//! handstamp::adapter::set_cookies! {
//!     /// The `Set-Cookie` lines of a response.
//!     pub struct SetCookies;
//! }
//!
//! /// The response of a framework that knows headers only.
//! struct Response(Vec<(&'static str, String)>);
//!
//! impl From<SetCookies> for Response {
//!     fn from(cookies: SetCookies) -> Self {
//!         Self(cookies.lines().map(|line| ("set-cookie", line.to_header_value())).collect())
//!     }
//! }
//!
//! impl From<Error> for Response {
//!     fn from(error: Error) -> Self {
//!         Self(vec![(":status", error.status_number().to_string())])
//!     }
//! }
//!
//! fn log_in(auth: &handstamp::Auth, user: &str) -> Result<Response, Error> {
//!     let token = auth.create_access_token(user)?;
//!     Ok(SetCookies::from(auth.set_access_cookies(&token)?).into())
//! }
//!
//! # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
//! let auth = handstamp::Auth::new(config)?;
//! let Response(headers) = log_in(&auth, "user1").unwrap_or_else(Response::from);
//! assert_eq!(headers.len(), 2); // the token, and its CSRF value
//! let Response(headers) = log_in(&auth, "").unwrap_or_else(Response::from);
//! assert_eq!(headers, [(":status", "500".to_owned())]);
//! # Ok::<(), handstamp::error::ConfigError>(())
//! ```

mod authenticating;
mod caching;
mod closing;
mod implicit_refresh;
mod judging_head;
mod judging_visitor;
mod macros;
mod merge_cookies;
mod navigation;
mod optional;
pub(crate) mod rate;
mod request_state;
pub(crate) mod route;
mod seen_cookies;
mod shared;
mod token_cache;

#[cfg(feature = "utoipa")]
#[doc(inline)]
pub use crate::__adapter_described as described;
#[doc(inline)]
pub use crate::{
    __adapter_auth as auth, __adapter_bodies as bodies, __adapter_errors as errors,
    __adapter_newtype as newtype, __adapter_routes as routes, __adapter_sessions as sessions,
    __adapter_set_cookies as set_cookies, __adapter_tokens as tokens,
};
pub use authenticating::Authenticating;
pub use caching::Caching;
pub use closing::closing;
pub use implicit_refresh::{ImplicitRefresh, Renewal, ResponseHead};
pub use judging_head::{AwaitsBody, JudgingHead};
pub use judging_visitor::JudgingVisitor;
pub use merge_cookies::merge_cookies;
pub use navigation::Navigation;
pub use optional::optional;
pub use request_state::RequestState;
pub use route::{Route, RouteResponse};

#[cfg(test)]
mod tests;
