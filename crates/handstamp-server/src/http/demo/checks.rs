//! What each check said of a request, in the order in which the library makes them.
//!
//! It takes the code of the rejection, if there was one: each code comes from one check, those
//! before it passed, and those after it were not made.

use axum::http::StatusCode;
use serde_json::{Value, json};

/// What the routes of the server demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    LogIn,
    LogOut,
    Refresh,
    /// Tells who is logged in, no one as well.
    Session,
    /// Needs an access token.
    Access,
}

impl Route {
    /// Returns `None` for a path of which there is nothing to tell.
    pub(super) fn of(path: &str) -> Option<Self> {
        Some(match path {
            "/login" => Self::LogIn,
            "/logout" => Self::LogOut,
            "/refresh" => Self::Refresh,
            "/session" => Self::Session,
            "/protected" | "/posts" | "/sessions" => Self::Access,
            _ if path.starts_with("/sessions/") => Self::Access,
            _ => return None,
        })
    }
}

/// What of a request the checks look at.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) route: Route,
    pub(super) reads: bool,
    /// Whether the cookie of the token came.
    pub(super) token: bool,
    /// Its name.
    pub(super) cookie: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Check {
    Locate,
    Origin,
    Verify,
    DoubleSubmit,
    Store,
    Handler,
}

/// Returns the outcome of each check, with a sentence.
pub(super) fn all(sent: &Sent, code: Option<&str>, status: StatusCode) -> Vec<Value> {
    let refusing = code.map(|code| refusing(code, sent.route));
    CHECKS
        .iter()
        .map(|&(check, name)| {
            let skipped = skipped(check, sent);
            let (outcome, says) = match refusing {
                Some(refusing) if check == refusing => {
                    ("refused", code.unwrap_or_default().to_owned())
                }
                Some(refusing) if check > refusing => ("unreached", String::new()),
                _ if check == Check::Handler && !status.is_success() => {
                    ("refused", format!("answered {}", status.as_u16()))
                }
                _ => match skipped {
                    Some(reason) => ("skipped", reason.to_owned()),
                    None => ("passed", passed(check, sent)),
                },
            };
            json!({"name": name, "outcome": outcome, "says": says})
        })
        .collect()
}

const CHECKS: [(Check, &str); 6] = [
    (Check::Locate, "locate"),
    (Check::Origin, "origin"),
    (Check::Verify, "verify"),
    (Check::DoubleSubmit, "csrf"),
    (Check::Store, "store"),
    (Check::Handler, "handler"),
];

/// Returns the check that rejects with this code. What a handler has rejected it, such as a log-in
/// for the number of attempts, is the handler's.
fn refusing(code: &str, route: Route) -> Check {
    match code {
        "missing_token" | "ambiguous_cookie" => Check::Locate,
        "cross_site_request" | "origin_not_allowed" => Check::Origin,
        "missing_csrf_token" | "csrf_mismatch" => Check::DoubleSubmit,
        "store_unavailable" if route != Route::LogIn => Check::Store,
        "token_revoked" | "session_ended" | "refresh_reused" => Check::Store,
        "invalid_token"
        | "invalid_signature"
        | "token_expired"
        | "invalid_audience"
        | "invalid_issuer"
        | "access_token_required"
        | "refresh_token_required"
        | "fresh_token_required"
        | "login_type_mismatch" => Check::Verify,
        _ => Check::Handler,
    }
}

/// Returns why a check was not made although the request came to it.
fn skipped(check: Check, sent: &Sent) -> Option<&'static str> {
    match (check, sent.route) {
        (Check::Handler, _) | (Check::Origin, Route::LogIn) => None,
        (_, Route::LogIn) => Some("a log-in has no token yet"),
        (Check::Origin, Route::LogOut) if !sent.token => None,
        (_, Route::Session | Route::LogOut) if !sent.token => {
            Some("no token came: no one is logged in")
        }
        (Check::Locate, _) => None,
        (_, Route::LogOut) => {
            Some("a log-out is answered whatever the token: a genuine one needs its CSRF value")
        }
        (Check::Origin | Check::DoubleSubmit, Route::Access | Route::Session) if sent.reads => {
            Some("a request that only reads needs none")
        }
        (Check::Origin, _) => Some("without HANDSTAMP_PUBLIC_ORIGIN the CSRF value decides alone"),
        _ => None,
    }
}

fn passed(check: Check, sent: &Sent) -> String {
    match check {
        Check::Locate if sent.route == Route::LogOut => "a cookie with a token".to_owned(),
        Check::Locate => format!("the cookie {}", sent.cookie),
        Check::Origin => "no other site has sent it".to_owned(),
        Check::Verify => "signature, times and purpose are right".to_owned(),
        Check::DoubleSubmit => "the header repeats the value that is in the token".to_owned(),
        Check::Store => "the session is live".to_owned(),
        Check::Handler => "answered".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Check, Route, Value, refusing};

    /// A new code must be put next to its check: by default it counts as one of the handler.
    #[test]
    fn each_code_comes_from_one_check() {
        let list = include_str!("../../../../handstamp/codes.json");
        let list: Value = serde_json::from_str(list).unwrap();
        let codes = list["codes"].as_array().unwrap();
        let of = |check| {
            let codes = codes.iter().map(|code| code["code"].as_str().unwrap());
            codes.filter(move |code| refusing(code, Route::Access) == check)
        };
        for (check, expected) in [
            (Check::Locate, &["missing_token", "ambiguous_cookie"][..]),
            (Check::Origin, &["cross_site_request", "origin_not_allowed"]),
            (
                Check::Verify,
                &[
                    "invalid_token",
                    "invalid_signature",
                    "token_expired",
                    "invalid_audience",
                    "invalid_issuer",
                    "access_token_required",
                    "refresh_token_required",
                    "fresh_token_required",
                    "login_type_mismatch",
                ],
            ),
            (
                Check::DoubleSubmit,
                &["missing_csrf_token", "csrf_mismatch"],
            ),
            (
                Check::Store,
                &[
                    "token_revoked",
                    "session_ended",
                    "refresh_reused",
                    "store_unavailable",
                ],
            ),
            (
                Check::Handler,
                &[
                    "unknown_subject",
                    "invalid_one_time_token",
                    "insufficient_scope",
                    "policy_denied",
                    "rate_limited",
                    "busy",
                    "invalid_credentials",
                    "no_such_session",
                    "unsupported_media_type",
                    "malformed_body",
                    "invalid_body",
                    "body_too_large",
                    "not_found",
                    "method_not_allowed",
                    "demo_user",
                    "wrong_password",
                    "password_not_new",
                    "outcome_unknown",
                    "sessions_not_ended",
                    "log_in_again",
                ],
            ),
        ] {
            assert_eq!(of(check).collect::<Vec<_>>(), expected, "{check:?}");
        }
    }
}
