//! The attributes of a line of `Set-Cookie`.

use std::time::Duration;

use super::date;
use crate::clock::UnixTime;
use crate::config::SameSite;

/// The attributes of a line. Of one that occurs twice the last counts.
#[derive(Debug)]
pub(super) struct Attributes {
    pub(super) domain: Option<String>,
    pub(super) path: Option<String>,
    pub(super) is_secure: bool,
    pub(super) is_http_only: bool,
    pub(super) is_partitioned: bool,
    pub(super) same_site: SameSite,
    pub(super) expires: Option<UnixTime>,
    pub(super) max_age: Option<UnixTime>,
}

impl Default for Attributes {
    fn default() -> Self {
        Self {
            domain: None,
            path: None,
            is_secure: false,
            is_http_only: false,
            is_partitioned: false,
            // Browsers treat a cookie without the attribute so. Chromium sends it with forms of
            // other sites for two minutes as well, and Firefox and Safari with everything: a test
            // that relies on the attribute writes it.
            same_site: SameSite::Lax,
            expires: None,
            max_age: None,
        }
    }
}

impl Attributes {
    pub(super) fn add(&mut self, name: &str, value: &str, now: UnixTime) {
        if value.len() > MAX_ATTRIBUTE_VALUE {
            return;
        }
        match name.to_ascii_lowercase().as_str() {
            "expires" => {
                let latest = now.saturating_add(LONGEST_AGE);
                self.expires = date::parse(value)
                    .map(|time| time.min(latest))
                    .or(self.expires);
            }
            "max-age" => self.max_age = max_age(value, now).or(self.max_age),
            "domain" => {
                let domain = value.strip_prefix('.').unwrap_or(value);
                self.domain = Some(domain.to_ascii_lowercase());
            }
            "path" => self.path = value.starts_with('/').then(|| value.to_owned()),
            "secure" => self.is_secure = true,
            "httponly" => self.is_http_only = true,
            "partitioned" => self.is_partitioned = true,
            "samesite" => {
                self.same_site = match value.to_ascii_lowercase().as_str() {
                    "strict" => SameSite::Strict,
                    "none" => SameSite::None,
                    _ => SameSite::Lax,
                };
            }
            _ => {}
        }
    }
}

/// Returns the end of a cookie of this `Max-Age`, or `None` if it is no number.
fn max_age(value: &str, now: UnixTime) -> Option<UnixTime> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if digits.len() < value.len() {
        return Some(UnixTime::from_secs(0));
    }
    // More digits than a number holds are more than 400 days.
    let age = digits.parse().map_or(LONGEST_AGE, Duration::from_secs);
    Some(if age.is_zero() {
        UnixTime::from_secs(0)
    } else {
        now.saturating_add(age.min(LONGEST_AGE))
    })
}

/// 400 days (section 5.5).
const LONGEST_AGE: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// Bytes (section 5.6).
const MAX_ATTRIBUTE_VALUE: usize = 1024;
