//! Settings, from code and from the environment, and every rule between them.
//!
//! [`defaults`](crate::_documentation::defaults) lists all settings, each with its default and the
//! reason for it.
//!
//! `settings.rs` is the table of all settings. [`ConfigBuilder`] collects their values, `rules/`
//! checks them together, and [`Config`] holds them and the values derived from them. Nothing here
//! reads a request or a token.

mod builder;
mod check_sessions;
#[expect(
    clippy::module_inception,
    reason = "the file is called after its type, as all are"
)]
pub(crate) mod config;
mod cookie_names;
mod cookie_prefix;
pub mod danger;
mod env;
mod former_cookie;
mod implicit_refresh;
mod log_in_page;
mod origin_check;
pub(crate) mod parse;
mod report;
mod route;
mod rules;
mod service_link;
mod setting_info;
mod settings;
#[cfg(test)]
mod tests;
mod token_cookies;

pub use builder::ConfigBuilder;
pub use check_sessions::CheckSessions;
pub(crate) use config::{Config, CookieLifetime};
pub use cookie_names::CookieNames;
pub use cookie_prefix::CookiePrefix;
pub use origin_check::OriginCheck;
pub use rules::LONGEST_LIFE;
pub use setting_info::{SettingInfo, SettingSource, SettingValue};

pub use crate::{cookie::SameSite, error::style::ErrorStyle, jws::Algorithm};
