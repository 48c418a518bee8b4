//! The rule that a cookie has room for a token next to its name, and an answer for its cookies.

use super::token_cookies::bytes_of_deletions;
use crate::config::{report::Report, settings::Settings, token_cookies::TokenCookies};
use crate::cookie::MAX_NAME_AND_VALUE;
use crate::jws::KeySet;
use crate::location::Location;

/// Checks that both cookies can carry the shortest token that they are ever given. A longer one is
/// refused at the log-in that needs it.
pub(super) fn check(
    settings: &Settings,
    keys: &KeySet,
    access: &TokenCookies,
    refresh: &TokenCookies,
    report: &mut Report,
) {
    if !settings.token_locations.contains(&Location::Cookies) {
        return;
    }
    let issuer = settings.encode_issuer.as_ref().map_or(0, String::len);
    let audiences: usize = settings.encode_audience.iter().map(String::len).sum();
    // A service without a key to sign with sets no token.
    let Ok(token) = keys.sign(&vec![b' '; SHORTEST_CLAIMS + issuer + audiences]) else {
        return;
    };
    for (key, cookie) in [
        ("JWT_ACCESS_COOKIE_NAME", &access.token),
        ("JWT_REFRESH_COOKIE_NAME", &refresh.token),
    ] {
        let (name, value) = (cookie.name.as_str().len(), token.len());
        if name + value > MAX_NAME_AND_VALUE {
            report.problem(
                key,
                None,
                format!(
                    "its {name} bytes and the {value} of the shortest token are more than {MAX_NAME_AND_VALUE}, \
                     and browsers drop such a cookie"
                ),
                "Use a shorter name, issuer or audience",
            );
        }
    }
    let bytes = bytes_of_deletions(access, refresh) + 2 * (token.len() + CSRF_VALUE);
    if bytes > MOST_COOKIES {
        report.warn(format!(
            "a log-in answers with cookies of {bytes} bytes or more, and nginx refuses a head of more than 4096 (502) unless \
             it has `proxy_buffer_size 16k`: set that, or use ES256 instead of RS256, shorter names or fewer HANDSTAMP_FORMER_COOKIES"
        ));
    }
}

const CSRF_VALUE: usize = 22;
/// The default `proxy_buffer_size` of nginx is 4 KiB for the whole head. The answer has headers of
/// its own, and a subject and claims of the application make tokens longer.
const MOST_COOKIES: usize = 3 * 1024 + 512;

/// The claims of a session's refresh token whose subject has a few bytes.
const SHORTEST_CLAIMS: usize = 240;
