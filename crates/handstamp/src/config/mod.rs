//! Settings, from code and from the environment, and every rule between them.
//!
//! [`defaults`](crate::_documentation::defaults) lists them all, each with its default and the reason.
mod builder;
mod check;
#[expect(
    clippy::module_inception,
    reason = "the file is called after its type, as all are"
)]
pub(crate) mod config;
mod cookie_names;
mod cookies;
mod csrf;
pub mod danger;
mod env;
mod errors;
mod implicit_refresh;
mod keys;
mod locations;
mod login_type;
mod origins;
pub(crate) mod parse;
mod report;
mod sessions;
mod setting;
#[cfg(test)]
mod tests;
mod token_cookies;
mod tokens;

pub use builder::ConfigBuilder;
pub(crate) use config::Config;
pub use cookie_names::CookieNames;
pub(crate) use cookies::CookieLifetime;
pub use cookies::CookiePrefix;
pub use errors::ErrorStyle;
pub use origins::OriginCheck;
pub use sessions::CheckSessions;
pub(crate) use token_cookies::TokenCookies;
pub(crate) use tokens::LONGEST_LIFE;

pub use crate::{cookie::SameSite, jws::Algorithm};
