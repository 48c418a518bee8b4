//! Settings, from code and from the environment, and every rule between them.
//!
//! [`defaults`](crate::_documentation::defaults) lists them all, each with its default and the reason.
mod builder;
mod check;
mod cookie_names;
mod cookies;
mod csrf;
pub mod danger;
pub(crate) mod duration;
mod env;
mod errors;
mod implicit_refresh;
mod keys;
mod list;
mod locations;
mod login_type;
mod nearest;
mod origins;
mod report;
mod sessions;
mod setting;
pub(crate) mod settled;
#[cfg(test)]
mod tests;
mod text;
mod token_cookies;
mod tokens;

pub use builder::ConfigBuilder;
pub use cookie_names::CookieNames;
pub(crate) use cookies::CookieLifetime;
pub use cookies::CookiePrefix;
pub use errors::ErrorStyle;
pub use origins::OriginCheck;
pub use sessions::CheckSessions;
pub(crate) use settled::Config;
pub(crate) use token_cookies::TokenCookies;
pub(crate) use tokens::LONGEST_LIFE;

pub use crate::{cookie::SameSite, jws::Algorithm};
