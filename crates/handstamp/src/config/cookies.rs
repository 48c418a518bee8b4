//! The four cookies: what they are called, where they go, how long they stay.

use std::time::Duration;

use super::{
    ConfigBuilder,
    danger::{Danger, Dangers},
    duration::format_duration,
    origins::Origins,
    report::Report,
    setting::{Apply, Setting, settings},
};
use crate::cookie::{CookieDomain, CookieName, CookiePath, LONGEST_MAX_AGE, SameSite};

settings! {
    /// Token cookies, and what CSRF cookies share with them.
    Cookies in cookies {
        /// The cookie that holds access tokens. Default: `access_token_cookie`.
        "JWT_ACCESS_COOKIE_NAME" access_cookie_name(text CookieName): Option<CookieName> = None;
        /// The cookie that holds refresh tokens. Default: `refresh_token_cookie`.
        "JWT_REFRESH_COOKIE_NAME" refresh_cookie_name(text CookieName): Option<CookieName> = None;
        /// Where browsers send the access token. Default: `/`.
        "JWT_ACCESS_COOKIE_PATH" access_cookie_path(text CookiePath): CookiePath = CookiePath::default();
        /// Where browsers send the refresh token. Default: `/`.
        "JWT_REFRESH_COOKIE_PATH" refresh_cookie_path(text CookiePath): CookiePath = CookiePath::default();
        /// The domain that shares the cookies. Default: only the host that set them.
        "JWT_COOKIE_DOMAIN" cookie_domain(text CookieDomain): Option<CookieDomain> = None;
        /// Whether cookies travel over HTTPS only. Default: yes.
        "JWT_COOKIE_SECURE" cookie_secure(value bool): bool = true;
        /// Whether scripts are kept from the token cookies. Default: yes; no needs [`Danger::ScriptReadableCookies`].
        "JWT_COOKIE_HTTP_ONLY" cookie_http_only(value bool): bool = true;
        /// When other sites' requests carry the cookies. Default: [`SameSite::Lax`].
        "JWT_COOKIE_SAMESITE" cookie_samesite(value SameSite): SameSite = SameSite::Lax;
        /// The same for the refresh token and its CSRF cookie. Default: as [`ConfigBuilder::cookie_samesite`].
        "HANDSTAMP_REFRESH_COOKIE_SAMESITE" refresh_cookie_samesite(value SameSite): Option<SameSite> = None;
        /// How long browsers keep the cookies. Default: see [`ConfigBuilder::session_cookie`].
        "JWT_COOKIE_MAX_AGE" cookie_max_age(value Duration): Option<Duration> = None;
        /// Whether cookies go when the browser closes. Default: yes; if not, they stay as long as their token lives, or as
        /// [`ConfigBuilder::cookie_max_age`] says.
        "JWT_SESSION_COOKIE" session_cookie(value bool): bool = true;
        /// Whether all four names begin with a prefix that browsers enforce. Default: [`CookiePrefix::None`].
        "HANDSTAMP_COOKIE_PREFIX" cookie_prefix(value CookiePrefix): CookiePrefix = CookiePrefix::None;
    }
}

/// A prefix of cookie names by which browsers refuse cookies that somebody else could have set.
///
/// ```
/// use handstamp::{Config, config::CookiePrefix};
///
/// let builder = Config::builder().cookie_prefix(CookiePrefix::Host);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CookiePrefix {
    /// The names as they are set.
    None,
    /// `__Host-Http-` for token cookies, `__Host-` for CSRF cookies: Secure, for `/`, without a domain.
    Host,
}

/// How long browsers keep a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CookieLifetime {
    /// Until they close.
    Session,
    /// This long, whatever the token says.
    Fixed(Duration),
    /// As long as the token lives.
    AsToken,
}

impl Cookies {
    pub(super) fn lifetime(&self) -> CookieLifetime {
        match (self.cookie_max_age, self.session_cookie) {
            (Some(span), _) => CookieLifetime::Fixed(span),
            (None, true) => CookieLifetime::Session,
            (None, false) => CookieLifetime::AsToken,
        }
    }

    /// Rules about attributes alone.
    pub(super) fn check(&self, origins: &Origins, dangers: &Dangers, report: &mut Report) {
        if !self.cookie_http_only && !dangers.allow(Danger::ScriptReadableCookies) {
            report.problem(
                "JWT_COOKIE_HTTP_ONLY",
                Some("false"),
                "any script on the page could take the tokens away",
                "Remove it. The CSRF value is in a cookie of its own, which scripts can read",
            );
        }
        if !self.cookie_secure {
            check_insecure(origins, report);
        }
        self.check_lifetime(report);
        if let (Some(domain), Some(origin)) = (&self.cookie_domain, &origins.public_origin)
            && !origin.domain_matches(domain.as_str())
        {
            report.problem(
                "JWT_COOKIE_DOMAIN",
                Some(domain.as_str()),
                format!("browsers at {origin} refuse cookies for this domain"),
                "Use the origin's host or a domain above it, or remove it",
            );
        }
    }

    fn check_lifetime(&self, report: &mut Report) {
        const KEY: &str = "JWT_COOKIE_MAX_AGE";
        let Some(span) = self.cookie_max_age else {
            return;
        };
        if span > LONGEST_MAX_AGE {
            report.problem(
                KEY,
                Some(&format_duration(span)),
                "browsers keep no cookie longer than 400 days",
                "Use 400d or less",
            );
        }
        if span < Duration::from_secs(1) {
            report.warn("JWT_COOKIE_MAX_AGE=0: browsers delete every cookie as soon as it is set");
        }
        if self.session_cookie && report.is_given("JWT_SESSION_COOKIE") {
            report.problem(
                KEY,
                Some(&format_duration(span)),
                "JWT_SESSION_COOKIE=true is set as well, and says the opposite",
                "Remove one of the two",
            );
        }
    }
}

/// Plain HTTP is for this machine.
fn check_insecure(origins: &Origins, report: &mut Report) {
    match &origins.public_origin {
        Some(origin) if !origin.is_loopback() => report.problem(
            "JWT_COOKIE_SECURE",
            Some("false"),
            format!("tokens for {origin} would travel where anybody on the way can read them"),
            "Remove it",
        ),
        _ => report.warn("JWT_COOKIE_SECURE=false: cookies also travel over plain HTTP. For http://localhost only"),
    }
}
