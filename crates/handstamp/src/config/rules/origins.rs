//! Rules about the origins of the service.

use crate::config::{origin_check::OriginCheck, report::Report, settings::Settings};

/// Returns whether the origin check alone protects against cross-site requests, without a CSRF
/// value.
pub(super) fn guard_alone(settings: &Settings) -> bool {
    settings.public_origin.is_some() && settings.origin_check == OriginCheck::Enforce
}

pub(super) fn check(settings: &Settings, report: &mut Report) {
    if let (None, Some(trusted)) = (&settings.public_origin, settings.trusted_origins.first())
        && report.is_sound("HANDSTAMP_PUBLIC_ORIGIN")
    {
        report.problem(
            "HANDSTAMP_TRUSTED_ORIGINS",
            Some(trusted.as_str()),
            "no request is compared with it unless this service knows its own origin",
            "Set HANDSTAMP_PUBLIC_ORIGIN as well",
        );
    }
    if settings.origin_check == OriginCheck::ReportOnly {
        report.warn("HANDSTAMP_ORIGIN_CHECK=report-only: requests that other sites start are logged, not refused");
    }
    if let Some(origin) = &settings.public_origin
        && settings.cookie_secure
        && !origin.is_https()
        && !origin.is_loopback()
    {
        report.warn(format!(
            "HANDSTAMP_PUBLIC_ORIGIN: browsers at {origin} take no Secure cookies"
        ));
    }
}
