//! Login with cookies and JWTs: access and refresh tokens, CSRF values bound to them, scopes, revocation.
//!
//! This is the core: it decides, and does no I/O. It knows no web framework; `handstamp-axum`, `handstamp-actix` and
//! `handstamp-tower` bring it to one.
//!
//! ```
//! use handstamp::{Auth, Config, Location, days, minutes};
//!
//! let auth = Auth::new(
//!     Config::builder()
//!         .secret_key("a secret of at least thirty-two bytes")
//!         .token_locations([Location::Cookies])
//!         .access_token_expires(minutes(15))
//!         .refresh_token_expires(days(30))
//!         .build()?, // every mistake at once, each with what to do about it
//! )?;
//! let access = auth.create_access_token("user1")?;
//! for line in auth.set_access_cookies(&access)?.lines() {
//!     println!("Set-Cookie: {}", line.to_header_value());
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//! * `form`: [`body::RequestBody::form`], the fields of a form as a type of the application's own.
//! * `asymmetric`: RS, PS and ES algorithms and `EdDSA`, by `aws-lc-rs`. HS256, HS384 and HS512 are always there.
//!
//! # More
//! * [`session`]: log-ins that can be refreshed, listed and ended, and [which store](_documentation::sessions) for what.
//! * [`_documentation`]: every setting with its default and the reason; the accidents of others and the tests that
//!   guard against them; the differences from the Python original.

#[doc(inline)]
pub use crate::{
    auth::{Auth, AuthBuilder},
    authenticate::{Authenticated, Require},
    config::{
        config::Config,
        parse::duration::{days, minutes},
    },
    cookie::{SetCookie, SetCookies},
    issue::{NewToken, SignedToken, TokenPair},
    location::Location,
    request::RequestHead,
};
pub use crate::{context::blocklist, request::body};

pub mod _documentation;
pub mod adapter;
mod auth;
mod authenticate;
mod claims;
pub mod clock;
pub mod config;
pub mod connection;
mod context;
mod cookie;
mod csrf;
pub mod error;
mod issue;
mod jws;
mod locate;
mod location;
mod origin;
pub mod purpose;
pub mod random;
mod request;
mod scope;
pub mod secret;
pub mod session;
pub mod store;
pub mod subject;
#[cfg(test)]
mod testing;

/// The examples of the README, which are tested with the documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
