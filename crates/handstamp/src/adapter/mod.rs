//! The interface for adapters, which pass the requests and responses of a framework to the core.
//! Applications do not call it.
//!
//! What an adapter has to do is to read a request as a [`RequestHead`](crate::RequestHead), to keep
//! one [`RequestState`] among its extensions, and to write rejections and cookies to responses. The
//! types that every adapter gives its handlers are made by macros, because the traits of a
//! framework can only be implemented for types of the adapter:
//!
//! | macro | types |
//! |---|---|
//! | `auth!` | `Auth`, with the methods that handlers call |
//! | `errors!` | `Rejection`, `Error` |
//! | `tokens!` | `Access`, `Refresh`, `Fresh` |
//! | `sessions!` | `ClientInfo`, `LogOut`, `Session` |
//! | `set_cookies!` | `SetCookies` |
//! | `bodies!` | `AccessJson`, `AccessForm`, `RefreshJson`, `LogOutBody` |
//! | `newtype!` | conversions between a type of the core and one that holds it |

mod authenticating;
mod implicit_refresh;
mod macros;
mod merge_cookies;
mod optional;
mod request_state;
mod token_cache;

#[doc(hidden)]
pub use crate::{
    __adapter_auth as auth, __adapter_bodies as bodies, __adapter_errors as errors,
    __adapter_newtype as newtype, __adapter_sessions as sessions,
    __adapter_set_cookies as set_cookies, __adapter_tokens as tokens,
};
pub use authenticating::Authenticating;
pub use implicit_refresh::{ImplicitRefresh, Renewal, ResponseHead};
pub use merge_cookies::merge_cookies;
pub use optional::{optional, visitor};
pub use request_state::RequestState;

#[cfg(test)]
mod tests;
