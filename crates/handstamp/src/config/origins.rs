//! Which sites are ours.

use super::{
    ConfigBuilder,
    report::Report,
    setting::{Apply, Setting, settings},
};
use crate::csrf::Origin;

settings! {
    /// Exact origins.
    Origins in origins {
        /// The origin under which browsers see this service, as in `https://app.example.com`. With it, requests that other
        /// sites start are refused by where they come from, before any token is looked at.
        "HANDSTAMP_PUBLIC_ORIGIN" public_origin(text Origin): Option<Origin> = None;
        /// Other origins whose pages may send requests with cookies.
        "HANDSTAMP_TRUSTED_ORIGINS" trusted_origins(texts Origin): Vec<Origin> = Vec::new();
        /// What happens to requests that other sites start. Default: [`OriginCheck::Enforce`].
        "HANDSTAMP_ORIGIN_CHECK" origin_check(value OriginCheck): OriginCheck = OriginCheck::Enforce;
    }
}

/// What happens to a request whose `Sec-Fetch-Site` or `Origin` says that another site started it.
///
/// ```
/// use handstamp::{Config, config::OriginCheck};
///
/// let builder = Config::builder()
///     .public_origin("https://app.example.com")
///     .origin_check(OriginCheck::ReportOnly);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OriginCheck {
    /// It is refused.
    Enforce,
    /// The log says that it would be refused, as a warning, and its CSRF value decides: to see what an origin that is not
    /// yet right would break. Where none is asked for, as at a log-in or on a route
    /// [`without_csrf_token`](crate::Require::without_csrf_token), nothing decides: that is as open as without an origin. A
    /// `WebSocket` is refused all the same.
    ReportOnly,
}

impl Origins {
    /// Whether a request without a CSRF value is still told from one that another site started.
    pub(super) fn guard(&self) -> bool {
        self.public_origin.is_some() && self.origin_check == OriginCheck::Enforce
    }

    pub(super) fn check(&self, cookie_secure: bool, report: &mut Report) {
        if let (None, Some(trusted)) = (&self.public_origin, self.trusted_origins.first())
            && report.is_sound("HANDSTAMP_PUBLIC_ORIGIN")
        {
            report.problem(
                "HANDSTAMP_TRUSTED_ORIGINS",
                Some(trusted.as_str()),
                "no request is compared with it unless this service knows its own origin",
                "Set HANDSTAMP_PUBLIC_ORIGIN as well",
            );
        }
        if self.origin_check == OriginCheck::ReportOnly {
            report.warn("HANDSTAMP_ORIGIN_CHECK=report-only: requests that other sites start are logged, not refused");
        }
        if let Some(origin) = &self.public_origin
            && cookie_secure
            && !origin.is_https()
            && !origin.is_loopback()
        {
            report.warn(format!(
                "HANDSTAMP_PUBLIC_ORIGIN: browsers at {origin} take no Secure cookies"
            ));
        }
    }
}
