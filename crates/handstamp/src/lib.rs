//! Login with cookies and JWTs: access and refresh tokens in HttpOnly cookies, CSRF values bound to
//! them, scopes, and sessions whose refresh tokens rotate and that a log-out ends on every node.
//!
//! The book begins with [how it works].
//!
//! [how it works]: https://github.com/handstamp/handstamp/blob/main/docs/how-it-works.md
//!
//! This crate is the core. It takes the head of a request and returns a verified token, a rejection
//! or the lines of `Set-Cookie`. It performs no I/O, names no web framework and needs no async
//! runtime: `handstamp-axum`, `handstamp-actix` and `handstamp-tower` connect it to a framework,
//! `handstamp-sqlx` and `handstamp-redis` keep its sessions.
//!
//! ```
//! use handstamp::error::AuthError;
//! use handstamp::session::ClientInfo;
//! use handstamp::store::MemoryStore;
//! use handstamp::{Auth, Config, Location, days, minutes};
//!
//! async fn log_in(auth: &Auth) -> Result<(), AuthError> {
//!     // Check the password first.
//!     let tokens = auth.log_in("user1", ClientInfo::new()).await?;
//!     for line in auth.set_cookies(&tokens)?.lines() {
//!         println!("Set-Cookie: {}", line.to_header_value());
//!     }
//!     Ok(())
//! }
//!
//! let config = Config::builder()
//!     .secret_key("a secret of at least thirty-two bytes")
//!     .token_locations([Location::Cookies])
//!     .access_token_expires(minutes(15))
//!     .refresh_token_expires(days(30))
//!     .build()?; // reports every mistake at once
//! let auth = Auth::builder(config).store(MemoryStore::new()).build()?;
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(log_in(&auth))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The way of one request
//!
//! ```text
//! adapter   RequestHead      borrowed from the framework's request
//!   |
//! core      locate           one token, or the cookies of one name
//!   |       origin check     may this sender present it at all?
//!   |       verify           signature, then times, parties and purpose
//!   |       double submit    the CSRF value, for cookies
//!   |
//! store     admit            is the session live? The only await, skipped without a store
//!   |
//! core      Authenticated    or a Rejection, which is a response
//!   |
//! adapter   handler          log_in, refresh, log_out
//!   |
//! core      SetCookies       the lines of Set-Cookie of the response
//! ```
//!
//! [`Auth::authenticate`] runs all checks down to [`Authenticated`]. Its types have no public
//! constructor, so a handler that has an `Authenticated<Access>` has the proof that every check was
//! made.
//!
//! # I want to …
//!
//! | I want to … | type or method |
//! |---|---|
//! | read the settings from the environment | [`Config::from_env`], [`ConfigBuilder::env`](config::ConfigBuilder::env) |
//! | keep sessions in memory or in a database | [`AuthBuilder::store`], [`store`], [which store for what](_documentation::sessions) |
//! | log a user in | [`Auth::log_in`], then [`Auth::set_cookies`] |
//! | put scopes and claims into tokens | [`NewToken`] |
//! | protect a route | [`Auth::authenticate`] with [`Require::access`]; in adapters the extractor `Access` |
//! | tell a page who is logged in | [`session::SessionInfo`]; in adapters the extractor `SessionInfo` |
//! | demand scopes | [`Require::scope`], [`Require::any_scope`], [`Require::all_scopes`] |
//! | demand a recent password | [`Require::fresh_within`] |
//! | take a role away from all sessions of a user | [`Auth::change_all_sessions`] |
//! | record that the password was given again | [`Auth::reauthenticate`] |
//! | refresh | [`Auth::refresh`] |
//! | change scopes or claims at a refresh | [`Auth::refresh_with`]; [`AuthBuilder::on_implicit_refresh`] |
//! | refresh, log out and list sessions without handlers of one's own | in adapters the function `routes` |
//! | log out | [`Auth::authenticate_log_out`], then [`Auth::log_out`] |
//! | list the sessions of a user | [`Auth::sessions`], [`session::Session`] |
//! | end one session, the others, or all | [`Auth::revoke_session`], [`Auth::revoke_other_sessions`], [`Auth::revoke_all_sessions`] |
//! | end all that was issued before a time | [`Auth::revoke_issued_before`] |
//! | end a single token | [`Auth::revoke_token`], [`AuthBuilder::with_blocklist`] |
//! | send a link for a new password, or to confirm an address | [`one_time`], [`Auth::create_one_time_token`] |
//! | hear of log-ins, reuse and revocations | [`AuthBuilder::on_session_event`] |
//! | count requests, refreshes and calls of the store | the feature `metrics`, [`AuthBuilder::build`] |
//! | check who sent a log-in form | [`Auth::require_same_origin`] |
//! | render a form | [`Auth::masked_csrf`] |
//! | read a form or JSON body that carries a token | [`body::RequestBody`] |
//! | end a WebSocket with its token | [`Auth::watch`], [`connection`] |
//! | load the user of a token | [`subject::LoadSubject`], [`Auth::load_subject`] |
//! | decide by rules or policies what a user may do | [`authorize::Authorize`], [`Auth::require_permission`]; in adapters the layer `authorize`; policies in Cedar by `handstamp-cedar` |
//! | renew access tokens of active browsers | [`adapter::ImplicitRefresh`]; a layer in each adapter |
//! | accept access tokens of an identity provider | `foreign::ForeignIssuer`, by the feature `asymmetric` |
//! | issue tokens to clients without cookies | [`Auth::create_token_pair`] |
//! | send a rejection, or learn why one was sent | [`error::Rejection`], its [`code`](error::Rejection::code), [the log](_documentation::log) |
//! | refuse a wrong password | [`Auth::invalid_credentials`] |
//! | refuse for a reason of the application | [`Auth::refuse`] |
//! | limit the rate of requests | [`limit::RateLimits`], [`Auth::check_rate`]; a layer in each adapter |
//! | refuse a request that came too soon, by a count of the application's own | [`Auth::rate_limited`] |
//!
//! # Features
//! * `form`: [`body::RequestBody::form`], the fields of a form as a type of the application.
//! * `asymmetric`: RS, PS and ES algorithms and `EdDSA`, by `aws-lc-rs`, and `foreign`, access
//!   tokens of other issuers. HS256, HS384 and HS512 are always available.
//! * `metrics`: counts of requests by outcome, refreshes, sessions and calls of stores, by the
//!   facade `metrics`: [`AuthBuilder::build`].
//! * `testing`: [`testing`], a browser, a clock and a store for the tests of applications.
//!
//! # More
//! [`_documentation`] has every setting with its default and the reason, the incidents in other
//! libraries and the tests that guard against them, and the differences from Python's AuthX.

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
pub mod authorize;
mod claims;
pub mod clock;
pub mod config;
pub mod connection;
mod context;
mod cookie;
mod csrf;
pub mod error;
#[cfg(feature = "asymmetric")]
pub mod foreign;
mod issue;
mod jws;
pub mod limit;
mod locate;
mod location;
pub mod one_time;
#[cfg(feature = "utoipa")]
pub mod openapi;
mod origin;
pub mod purpose;
pub mod random;
mod request;
mod scope;
pub mod secret;
pub mod session;
pub mod store;
pub mod subject;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

/// The examples of the README, which are tested with the documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
