//! The guard against requests that other sites start.

use super::{
    ConfigBuilder,
    danger::{Danger, Dangers},
    locations::Locations,
    origins::Origins,
    parse::text::{HeaderName, Method},
    report::Report,
    setting::{Apply, Setting, settings},
};
use crate::{
    Location,
    cookie::{CookieName, CookiePath},
    purpose::sealed::Kind,
};

settings! {
    /// Double submit.
    Csrf in csrf {
        /// Whether requests with a token cookie have to prove that this site started them. Default: yes; no needs
        /// [`Danger::NoCsrf`].
        "JWT_COOKIE_CSRF_PROTECT" cookie_csrf_protect(value bool): bool = true;
        /// Whether the CSRF value is put in a cookie that scripts can read. Default: yes.
        "JWT_CSRF_IN_COOKIES" csrf_in_cookies(value bool): bool = true;
        /// The request methods that are guarded. Default: POST, PUT, PATCH, DELETE; without POST needs [`Danger::NoCsrf`].
        "JWT_CSRF_METHODS" csrf_methods(texts Method): Vec<String> = UNSAFE.map(str::to_owned).into();
        /// Whether the CSRF value may come in a form field. Default: no.
        "JWT_CSRF_CHECK_FORM" csrf_check_form(value bool): bool = false;
        /// The cookie that holds the CSRF value of the access token. Default: `csrf_access_token`.
        "JWT_ACCESS_CSRF_COOKIE_NAME" access_csrf_cookie_name(text CookieName): Option<CookieName> = None;
        /// The cookie that holds the CSRF value of the refresh token. Default: `csrf_refresh_token`.
        "JWT_REFRESH_CSRF_COOKIE_NAME" refresh_csrf_cookie_name(text CookieName): Option<CookieName> = None;
        /// The pages whose scripts can read the access token's CSRF value. Default: `/`.
        "JWT_ACCESS_CSRF_COOKIE_PATH" access_csrf_cookie_path(text CookiePath): CookiePath = CookiePath::default();
        /// The pages whose scripts can read the refresh token's CSRF value. Default: `/`.
        "JWT_REFRESH_CSRF_COOKIE_PATH" refresh_csrf_cookie_path(text CookiePath): CookiePath = CookiePath::default();
        /// The header that repeats the CSRF value of the access token. Default: `X-CSRF-TOKEN`.
        "JWT_ACCESS_CSRF_HEADER_NAME" access_csrf_header_name(text HeaderName): String = "X-CSRF-TOKEN".to_owned();
        /// The header that repeats the CSRF value of the refresh token. Default: `X-CSRF-TOKEN`.
        "JWT_REFRESH_CSRF_HEADER_NAME" refresh_csrf_header_name(text HeaderName): String = "X-CSRF-TOKEN".to_owned();
        /// The form field that repeats the CSRF value of the access token. Default: `csrf_token`.
        "JWT_ACCESS_CSRF_FIELD_NAME" access_csrf_field_name(text String): String = "csrf_token".to_owned();
        /// The form field that repeats the CSRF value of the refresh token. Default: `csrf_token`.
        "JWT_REFRESH_CSRF_FIELD_NAME" refresh_csrf_field_name(text String): String = "csrf_token".to_owned();
    }
}

/// The settings of one purpose.
pub(super) struct OfKind<'a> {
    pub(super) cookie_name: Option<&'a CookieName>,
    pub(super) cookie_path: &'a CookiePath,
    pub(super) header_name: &'a str,
    pub(super) field_name: &'a str,
}

impl Csrf {
    pub(super) fn of(&self, kind: Kind) -> OfKind<'_> {
        match kind {
            Kind::Access => OfKind {
                cookie_name: self.access_csrf_cookie_name.as_ref(),
                cookie_path: &self.access_csrf_cookie_path,
                header_name: &self.access_csrf_header_name,
                field_name: &self.access_csrf_field_name,
            },
            Kind::Refresh => OfKind {
                cookie_name: self.refresh_csrf_cookie_name.as_ref(),
                cookie_path: &self.refresh_csrf_cookie_path,
                header_name: &self.refresh_csrf_header_name,
                field_name: &self.refresh_csrf_field_name,
            },
        }
    }

    pub(super) fn check(
        &self,
        locations: &Locations,
        origins: &Origins,
        dangers: &Dangers,
        report: &mut Report,
    ) {
        if locations.token_locations.contains(&Location::Cookies) {
            let is_guarded = origins.guard() || dangers.allow(Danger::NoCsrf);
            self.check_protection(is_guarded, report);
        }
        for (key, path) in [
            ("JWT_ACCESS_CSRF_COOKIE_PATH", &self.access_csrf_cookie_path),
            (
                "JWT_REFRESH_CSRF_COOKIE_PATH",
                &self.refresh_csrf_cookie_path,
            ),
        ] {
            if path.as_str() != "/" {
                report.warn(format!(
                    "{key}: only scripts of pages below {path} can read the CSRF value"
                ));
            }
        }
    }

    /// `is_guarded`: without a CSRF value as well, or the danger is known.
    fn check_protection(&self, is_guarded: bool, report: &mut Report) {
        let missing: Vec<&str> = UNSAFE
            .into_iter()
            .filter(|method| !self.csrf_methods.iter().any(|listed| listed == method))
            .collect();
        if !self.cookie_csrf_protect {
            if !is_guarded {
                report.problem(
                    "JWT_COOKIE_CSRF_PROTECT",
                    Some("false"),
                    UNGUARDED,
                    "Remove it, or set HANDSTAMP_PUBLIC_ORIGIN",
                );
            }
        } else if missing.contains(&"POST") && !is_guarded {
            if report.is_sound("JWT_CSRF_METHODS") {
                let given = self.csrf_methods.join(",");
                report.problem(
                    "JWT_CSRF_METHODS",
                    Some(&given),
                    format!("POST is missing: {UNGUARDED}"),
                    "Add POST",
                );
            }
        } else if !missing.is_empty() {
            report.warn(format!(
                "JWT_CSRF_METHODS: no CSRF value is asked of {}",
                missing.join(", ")
            ));
        }
    }
}

/// The methods that change something (RFC 9110, section 9.2.1).
const UNSAFE: [&str; 4] = ["POST", "PUT", "PATCH", "DELETE"];

const UNGUARDED: &str = "other sites could send requests with your visitors' cookies";
