//! The four cookies as they are format_duration, settled from names, prefix and attributes.

use super::{CookiePrefix, cookies::Cookies, csrf::Csrf, report::Report};
use crate::{
    cookie::{Attributes, CookieName, CookiePath},
    purpose::sealed::Kind,
};

/// The two cookies of one purpose.
#[derive(Debug)]
pub(crate) struct TokenCookies {
    pub(crate) token: NamedCookie,
    pub(crate) csrf: NamedCookie,
    /// The header in which a request repeats the CSRF value.
    pub(crate) csrf_header: String,
    /// The form field in which it may do so as well.
    pub(crate) csrf_field: String,
}

/// A cookie without its value.
#[derive(Debug)]
pub(crate) struct NamedCookie {
    pub(crate) name: CookieName,
    pub(crate) attributes: Attributes,
}

impl Cookies {
    /// What [`CookiePrefix::Host`] promises in the name of all four cookies, told once and not for each.
    pub(super) fn check_prefix(&self, csrf: &Csrf, report: &mut Report) {
        if self.cookie_prefix != CookiePrefix::Host {
            return;
        }
        let elsewhere = |path: &CookiePath| path.as_str() != "/";
        for (broken, promise) in [
            (!self.cookie_secure, "JWT_COOKIE_SECURE=true"),
            (!self.cookie_http_only, "JWT_COOKIE_HTTP_ONLY=true"),
            (self.cookie_domain.is_some(), "no JWT_COOKIE_DOMAIN"),
            (
                elsewhere(&self.access_cookie_path),
                "JWT_ACCESS_COOKIE_PATH=/",
            ),
            (
                elsewhere(&self.refresh_cookie_path),
                "JWT_REFRESH_COOKIE_PATH=/",
            ),
            (
                elsewhere(&csrf.access_csrf_cookie_path),
                "JWT_ACCESS_CSRF_COOKIE_PATH=/",
            ),
            (
                elsewhere(&csrf.refresh_csrf_cookie_path),
                "JWT_REFRESH_CSRF_COOKIE_PATH=/",
            ),
        ] {
            if broken {
                report.problem(
                    PREFIX,
                    Some("host"),
                    format!("needs {promise}"),
                    "Change that, or remove the prefix",
                );
            }
        }
    }

    /// The cookies of one purpose, if their names and attributes agree.
    pub(super) fn of(&self, kind: Kind, csrf: &Csrf, report: &mut Report) -> Option<TokenCookies> {
        let (name, path, same_site) = match kind {
            Kind::Access => (
                &self.access_cookie_name,
                &self.access_cookie_path,
                self.cookie_samesite,
            ),
            Kind::Refresh => (
                &self.refresh_cookie_name,
                &self.refresh_cookie_path,
                self.refresh_cookie_samesite.unwrap_or(self.cookie_samesite),
            ),
        };
        let of_csrf = csrf.of(kind);
        let attributes = |path: &CookiePath, http_only| Attributes {
            path: path.clone(),
            domain: self.cookie_domain.clone(),
            same_site,
            secure: self.cookie_secure,
            http_only,
        };
        let of_token = attributes(path, self.cookie_http_only);
        if let Some(reason) = of_token.problem() {
            let own = kind == Kind::Refresh && self.refresh_cookie_samesite.is_some();
            let key = if own {
                "HANDSTAMP_REFRESH_COOKIE_SAMESITE"
            } else {
                "JWT_COOKIE_SAMESITE"
            };
            // The refresh cookies may have it from the access cookies, which have been told.
            if report.is_sound(key) {
                let help = "Use \"lax\", or remove JWT_COOKIE_SECURE=false";
                report.problem(key, Some(same_site.name()), reason, help);
            }
            return None;
        }
        let token = Plan {
            key: kind_key(kind, "JWT_ACCESS_COOKIE_NAME", "JWT_REFRESH_COOKIE_NAME"),
            name: name.as_ref().map_or(
                kind_key(kind, "access_token_cookie", "refresh_token_cookie"),
                CookieName::as_str,
            ),
            prefix: "__Host-Http-",
            attributes: of_token,
        };
        let csrf = Plan {
            key: kind_key(
                kind,
                "JWT_ACCESS_CSRF_COOKIE_NAME",
                "JWT_REFRESH_CSRF_COOKIE_NAME",
            ),
            name: of_csrf.cookie_name.map_or(
                kind_key(kind, "csrf_access_token", "csrf_refresh_token"),
                CookieName::as_str,
            ),
            prefix: "__Host-",
            attributes: attributes(of_csrf.cookie_path, false),
        };
        Some(TokenCookies {
            token: token.settle(self.cookie_prefix, report)?,
            csrf: csrf.settle(self.cookie_prefix, report)?,
            csrf_header: of_csrf.header_name.to_owned(),
            csrf_field: of_csrf.field_name.to_owned(),
        })
    }
}

fn kind_key(kind: Kind, access: &'static str, refresh: &'static str) -> &'static str {
    match kind {
        Kind::Access => access,
        Kind::Refresh => refresh,
    }
}

/// A cookie as the settings want it.
struct Plan<'a> {
    key: &'static str,
    name: &'a str,
    /// What [`CookiePrefix::Host`] puts in front.
    prefix: &'static str,
    attributes: Attributes,
}

impl Plan<'_> {
    fn settle(self, prefix: CookiePrefix, report: &mut Report) -> Option<NamedCookie> {
        let Self {
            key,
            name,
            prefix: host,
            attributes,
        } = self;
        let (to_blame, name) = match prefix {
            CookiePrefix::None => (key, name.to_owned()),
            CookiePrefix::Host if name.starts_with("__") => {
                let reason =
                    "HANDSTAMP_COOKIE_PREFIX=host puts a prefix in front of a name that has one";
                report.problem(key, Some(name), reason, "Leave the prefix out of the name");
                return None;
            }
            // What its promise asks for is asked by `check_prefix`.
            CookiePrefix::Host if !report.is_sound(PREFIX) => return None,
            CookiePrefix::Host => (PREFIX, format!("{host}{name}")),
        };
        let name = match CookieName::try_from(name.as_str()) {
            Ok(name) => name,
            Err(error) => {
                report.problem(
                    to_blame,
                    Some(&name),
                    error.to_string(),
                    "Use a shorter name",
                );
                return None;
            }
        };
        if let Some(reason) = name.prefix().and_then(|prefix| prefix.problem(&attributes)) {
            let help = "Change the settings that it names, or use another name";
            report.problem(to_blame, Some(name.as_str()), reason, help);
            return None;
        }
        Some(NamedCookie { name, attributes })
    }
}

/// The four names, each with its setting.
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

/// Two cookies of one name would overwrite each other, or be mistaken for each other.
pub(super) fn check_distinct(access: &TokenCookies, refresh: &TokenCookies, report: &mut Report) {
    let names = names(access, refresh);
    for (i, (key, name)) in names.iter().enumerate() {
        if let Some((former, _)) = names.iter().take(i).find(|(_, other)| other == name) {
            let (key, other) = if report.is_given(key) {
                (key, former)
            } else {
                (former, key)
            };
            report.problem(
                key,
                Some(name.as_str()),
                format!("the same name as {other}"),
                "Use four different names",
            );
        }
    }
}

const PREFIX: &str = "HANDSTAMP_COOKIE_PREFIX";
