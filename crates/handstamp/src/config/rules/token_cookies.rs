//! Rules about the names of cookies and the guarantees of their prefixes, and the four cookies
//! derived from them.

use std::sync::Arc;

use crate::{
    config::{
        cookie_prefix::CookiePrefix,
        report::Report,
        settings::Settings,
        token_cookies::{TokenCookies, names},
    },
    cookie::{Attributes, CookieName, CookiePath, NamedCookie, SameSite, SetCookie},
    purpose::sealed::Kind,
};

/// Checks what [`CookiePrefix::Host`] requires of all four cookies, and reports it once instead of
/// for each.
pub(super) fn check_prefix(settings: &Settings, report: &mut Report) {
    if settings.cookie_prefix != CookiePrefix::Host {
        return;
    }
    let elsewhere = |path: &CookiePath| path.as_str() != "/";
    for (broken, promise) in [
        (!settings.cookie_secure, "JWT_COOKIE_SECURE=true"),
        (!settings.cookie_http_only, "JWT_COOKIE_HTTP_ONLY=true"),
        (settings.cookie_domain.is_some(), "no JWT_COOKIE_DOMAIN"),
        (
            elsewhere(&settings.access_cookie_path),
            "JWT_ACCESS_COOKIE_PATH=/",
        ),
        (
            elsewhere(&settings.refresh_cookie_path),
            "JWT_REFRESH_COOKIE_PATH=/",
        ),
        (
            elsewhere(&settings.access_csrf_cookie_path),
            "JWT_ACCESS_CSRF_COOKIE_PATH=/",
        ),
        (
            elsewhere(&settings.refresh_csrf_cookie_path),
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

/// Returns the cookies of one purpose, if their names and attributes agree.
pub(super) fn derive(kind: Kind, settings: &Settings, report: &mut Report) -> Option<TokenCookies> {
    let OfPurpose {
        same_site_key,
        same_site,
        token,
        csrf,
        csrf_header,
        csrf_field,
    } = OfPurpose::new(kind, settings);
    let attributes = |path: &CookiePath, http_only| Attributes {
        path: path.clone(),
        domain: settings.cookie_domain.clone(),
        same_site,
        secure: settings.cookie_secure,
        http_only,
        partitioned: settings.cookie_partitioned,
    };
    let of_token = attributes(token.path, settings.cookie_http_only);
    if let Some(reason) = of_token.problem() {
        // The refresh cookies may inherit it from the access cookies, for which it was reported.
        if report.is_sound(same_site_key) && report.is_sound(PARTITIONED) {
            let help = "Use \"lax\", or JWT_COOKIE_SECURE=true";
            if same_site == SameSite::None {
                report.problem(same_site_key, Some(same_site.name()), reason, help);
            } else {
                let help = "Remove it, or JWT_COOKIE_SECURE=false";
                report.problem(PARTITIONED, Some("true"), reason, help);
            }
        }
        return None;
    }
    if settings.cookie_partitioned && same_site != SameSite::None {
        report.warn(format!(
            "{PARTITIONED}=true, and {same_site_key} is {}: in a frame of another site browsers keep no such cookie. Use none, \
             or remove {PARTITIONED}",
            same_site.name()
        ));
    }
    let of_csrf = attributes(csrf.path, false);
    let token = token.named(settings, "__Host-Http-", of_token, report)?;
    let csrf = csrf.named(settings, "__Host-", of_csrf, report)?;
    let mut former: Vec<NamedCookie> = former_variants(&token)
        .chain(former_variants(&csrf))
        .collect();
    if kind == Kind::Refresh {
        // A log-in sets a refresh token, and a log-out deletes it.
        former.extend(settings.former_cookies.iter().map(|former| {
            let attributes = Attributes {
                domain: former.domain.clone(),
                path: former.path.clone(),
                http_only: false,
                partitioned: false,
                ..token.attributes.clone()
            };
            NamedCookie::new(former.name.clone(), attributes)
        }));
    }
    Some(TokenCookies {
        token: Arc::new(token),
        csrf: Arc::new(csrf),
        csrf_header: csrf_header.to_owned(),
        csrf_field: csrf_field.to_owned(),
        former: former.into_iter().map(Arc::new).collect(),
    })
}

/// Returns the cookies of the same name and path that a browser keeps in addition to this one, from
/// before `Domain` or `Partitioned` was configured.
fn former_variants(cookie: &NamedCookie) -> impl Iterator<Item = NamedCookie> {
    let Attributes {
        domain,
        partitioned,
        ..
    } = &cookie.attributes;
    let unpartitioned = partitioned.then(|| (domain.clone(), false));
    let host_only = domain.is_some().then_some((None, *partitioned));
    [unpartitioned, host_only]
        .into_iter()
        .flatten()
        .map(|(domain, partitioned)| {
            let attributes = Attributes {
                domain,
                partitioned,
                ..cookie.attributes.clone()
            };
            NamedCookie::new(cookie.name.clone(), attributes)
        })
}

/// Checks that the cookies to delete are former ones, and that their lines fit into what proxies
/// buffer of a response's head.
pub(super) fn check_former(access: &TokenCookies, refresh: &TokenCookies, report: &mut Report) {
    let current = [&access.token, &access.csrf, &refresh.token, &refresh.csrf];
    for former in &refresh.former {
        let is_current = |cookie: &NamedCookie| {
            let (cookie, former) = (&cookie.attributes, &former.attributes);
            (&cookie.domain, &cookie.path, cookie.partitioned)
                == (&former.domain, &former.path, former.partitioned)
        };
        let mut same_name = current.iter().filter(|cookie| cookie.name == former.name);
        if same_name.any(|cookie| is_current(cookie)) {
            report.problem(
                FORMER,
                Some(former.name.as_str()),
                "a cookie that this configuration sets, or deletes without an entry",
                "List what an earlier configuration has set, with the Domain and Path that it had",
            );
        }
    }
    let bytes = bytes_of_deletions(access, refresh);
    if bytes > MOST_DELETIONS {
        report.problem(
            FORMER,
            None,
            format!(
                "a log-out would have {bytes} bytes of headers, and proxies take {MOST_DELETIONS}"
            ),
            "List fewer cookies, or use shorter names",
        );
    }
}

/// Returns what a log-out adds to the head of its answer. A log-in adds as much, and the values.
pub(super) fn bytes_of_deletions(access: &TokenCookies, refresh: &TokenCookies) -> usize {
    let current = [&access.token, &access.csrf, &refresh.token, &refresh.csrf];
    let all = current
        .into_iter()
        .chain(&access.former)
        .chain(&refresh.former);
    let lines = all.map(SetCookie::unset);
    lines.map(|line| LINE + line.to_header_value().len()).sum()
}

/// The settings of one purpose.
struct OfPurpose<'s> {
    same_site_key: &'static str,
    same_site: SameSite,
    token: Source<'s>,
    csrf: Source<'s>,
    csrf_header: &'s str,
    csrf_field: &'s str,
}

impl<'s> OfPurpose<'s> {
    fn new(kind: Kind, settings: &'s Settings) -> Self {
        match kind {
            Kind::Access => Self {
                same_site_key: "JWT_COOKIE_SAMESITE",
                same_site: settings.cookie_samesite,
                token: Source {
                    key: "JWT_ACCESS_COOKIE_NAME",
                    name: settings.access_cookie_name.as_ref(),
                    default: "access_token_cookie",
                    path: &settings.access_cookie_path,
                },
                csrf: Source {
                    key: "JWT_ACCESS_CSRF_COOKIE_NAME",
                    name: settings.access_csrf_cookie_name.as_ref(),
                    default: "csrf_access_token",
                    path: &settings.access_csrf_cookie_path,
                },
                csrf_header: &settings.access_csrf_header_name,
                csrf_field: &settings.access_csrf_field_name,
            },
            Kind::Refresh => Self {
                same_site_key: match settings.refresh_cookie_samesite {
                    Some(_) => "HANDSTAMP_REFRESH_COOKIE_SAMESITE",
                    None => "JWT_COOKIE_SAMESITE",
                },
                same_site: settings
                    .refresh_cookie_samesite
                    .unwrap_or(settings.cookie_samesite),
                token: Source {
                    key: "JWT_REFRESH_COOKIE_NAME",
                    name: settings.refresh_cookie_name.as_ref(),
                    default: "refresh_token_cookie",
                    path: &settings.refresh_cookie_path,
                },
                csrf: Source {
                    key: "JWT_REFRESH_CSRF_COOKIE_NAME",
                    name: settings.refresh_csrf_cookie_name.as_ref(),
                    default: "csrf_refresh_token",
                    path: &settings.refresh_csrf_cookie_path,
                },
                csrf_header: &settings.refresh_csrf_header_name,
                csrf_field: &settings.refresh_csrf_field_name,
            },
        }
    }
}

/// The settings that one cookie gets its name and path from.
struct Source<'s> {
    /// The setting of the name.
    key: &'static str,
    name: Option<&'s CookieName>,
    default: &'static str,
    path: &'s CookiePath,
}

impl Source<'_> {
    /// Returns the cookie with its full name, which begins with `host` if [`CookiePrefix::Host`] is
    /// set, and ends with the suffix.
    fn named(
        &self,
        settings: &Settings,
        host: &str,
        attributes: Attributes,
        report: &mut Report,
    ) -> Option<NamedCookie> {
        let name = self.name.map_or(self.default, CookieName::as_str);
        let suffix = &settings.cookie_suffix;
        let (key, name) = match settings.cookie_prefix {
            CookiePrefix::None => (self.key, format!("{name}{suffix}")),
            CookiePrefix::Host if name.starts_with("__") => {
                let reason =
                    "HANDSTAMP_COOKIE_PREFIX=host puts a prefix in front of a name that has one";
                let help = "Leave the prefix out of the name";
                report.problem(self.key, Some(name), reason, help);
                return None;
            }
            // The problem was reported by `check_prefix`.
            CookiePrefix::Host if !report.is_sound(PREFIX) => return None,
            CookiePrefix::Host => (PREFIX, format!("{host}{name}{suffix}")),
        };
        let name = match CookieName::try_from(name.as_str()) {
            Ok(name) => name,
            Err(error) => {
                let help = "Use a shorter name";
                report.problem(key, Some(&name), error.to_string(), help);
                return None;
            }
        };
        if let Some(reason) = name.prefix().and_then(|prefix| prefix.problem(&attributes)) {
            let help = "Change the settings that it names, or use another name";
            report.problem(key, Some(name.as_str()), reason, help);
            return None;
        }
        Some(NamedCookie::new(name, attributes))
    }
}

/// Checks that no two cookies share a name: they would overwrite or be mistaken for each other.
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
const PARTITIONED: &str = "HANDSTAMP_COOKIE_PARTITIONED";
const FORMER: &str = "HANDSTAMP_FORMER_COOKIES";

/// `Set-Cookie: ` and the end of the line.
const LINE: usize = 14;
/// The default `proxy_buffer_size` of nginx is 4 KiB for the whole head, and the application has
/// headers of its own.
const MOST_DELETIONS: usize = 3 * 1024;
