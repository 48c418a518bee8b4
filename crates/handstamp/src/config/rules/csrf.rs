//! Rules about the double submit.

use super::origins;
use crate::{
    config::{report::Report, settings::Settings},
    location::Location,
};

pub(super) fn check(settings: &Settings, report: &mut Report) {
    if settings.token_locations.contains(&Location::Cookies) {
        let is_guarded = origins::guard_alone(settings) || settings.danger_no_csrf;
        check_protection(settings, is_guarded, report);
    }
    for (key, path) in [
        (
            "JWT_ACCESS_CSRF_COOKIE_PATH",
            &settings.access_csrf_cookie_path,
        ),
        (
            "JWT_REFRESH_CSRF_COOKIE_PATH",
            &settings.refresh_csrf_cookie_path,
        ),
    ] {
        if path.as_str() != "/" {
            report.warn(format!(
                "{key}: only scripts of pages below {path} can read the CSRF value"
            ));
        }
    }
}

/// Checks that requests are protected. `is_guarded`: without a CSRF value, either the origin check
/// protects, or the danger was allowed by name.
fn check_protection(settings: &Settings, is_guarded: bool, report: &mut Report) {
    let missing: Vec<&str> = UNSAFE
        .into_iter()
        .filter(|method| !settings.csrf_methods.iter().any(|listed| listed == method))
        .collect();
    if !settings.cookie_csrf_protect {
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
            let given = settings.csrf_methods.join(",");
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

/// The methods that are not safe (RFC 9110, section 9.2.1).
const UNSAFE: [&str; 4] = ["POST", "PUT", "PATCH", "DELETE"];

const UNGUARDED: &str = "other sites could send requests with your visitors' cookies";
