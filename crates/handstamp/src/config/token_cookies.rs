//! The names and attributes of the four cookies, as configured.

use std::sync::Arc;

use crate::cookie::{CookieName, NamedCookie};

/// The two cookies of one purpose.
#[derive(Debug)]
pub(crate) struct TokenCookies {
    pub(crate) token: Arc<NamedCookie>,
    pub(crate) csrf: Arc<NamedCookie>,
    /// The header in which a request repeats the CSRF value.
    pub(crate) csrf_header: String,
    /// The form field in which it may repeat the CSRF value instead.
    pub(crate) csrf_field: String,
    /// The cookies that an earlier configuration may have left behind, which are deleted whenever
    /// these two are set or deleted.
    pub(crate) former: Vec<Arc<NamedCookie>>,
}

/// Returns the four names, each with its setting.
pub(super) fn names<'c>(
    access: &'c TokenCookies,
    refresh: &'c TokenCookies,
) -> [(&'static str, &'c CookieName); 4] {
    [
        ("JWT_ACCESS_COOKIE_NAME", &access.token.name),
        ("JWT_ACCESS_CSRF_COOKIE_NAME", &access.csrf.name),
        ("JWT_REFRESH_COOKIE_NAME", &refresh.token.name),
        ("JWT_REFRESH_CSRF_COOKIE_NAME", &refresh.csrf.name),
    ]
}
