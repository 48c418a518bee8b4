//! What tokens say, and for how long.

use std::time::Duration;

use super::{
    ConfigBuilder,
    duration::{days, format_duration, minutes},
    report::Report,
    setting::{Apply, Setting, settings},
};
use crate::claims::REGISTERED;

settings! {
    /// Lifetimes and claims.
    Tokens in tokens {
        /// How long an access token lives. Default: 15 minutes.
        "JWT_ACCESS_TOKEN_EXPIRES" access_token_expires(value Duration): Duration = minutes(15);
        /// How long a refresh token lives. Default: 20 days.
        "JWT_REFRESH_TOKEN_EXPIRES" refresh_token_expires(value Duration): Duration = days(20);
        /// How long after its end a token is still taken, for clocks that differ. Default: not at all.
        "JWT_DECODE_LEEWAY" decode_leeway(value Duration): Duration = Duration::ZERO;
        /// Whether tokens carry `nbf`, equal to `iat`. Default: yes.
        "JWT_ENCODE_NBF" encode_nbf(value bool): bool = true;
        /// The claim `aud` of new tokens; also what is asked for, unless [`ConfigBuilder::decode_audience`] says otherwise.
        "JWT_ENCODE_AUDIENCE" encode_audience(texts String): Vec<String> = Vec::new();
        /// Tokens must be for one of these.
        "JWT_DECODE_AUDIENCE" decode_audience(texts String): Vec<String> = Vec::new();
        /// The claim `iss` of new tokens; also what is asked for, unless [`ConfigBuilder::decode_issuer`] says otherwise.
        "JWT_ENCODE_ISSUER" encode_issuer(text String): Option<String> = None;
        /// Tokens must come from this issuer.
        "JWT_DECODE_ISSUER" decode_issuer(text String): Option<String> = None;
        /// The claim that names the user, beside `sub`. Default: `sub` alone.
        "JWT_IDENTITY_CLAIM" identity_claim(text String): String = "sub".to_owned();
    }
}

impl Tokens {
    pub(super) fn check(&mut self, report: &mut Report) {
        for (key, lifetime) in [
            ("JWT_ACCESS_TOKEN_EXPIRES", self.access_token_expires),
            ("JWT_REFRESH_TOKEN_EXPIRES", self.refresh_token_expires),
        ] {
            check_span(key, lifetime, report);
        }
        self.check_order(report);
        if self.decode_leeway > LONGEST_LEEWAY {
            report.problem(
                "JWT_DECODE_LEEWAY",
                Some(&format_duration(self.decode_leeway)),
                "tokens would live on after their end; leeway is for clocks that differ by seconds",
                "Use 1h or less, and longer lifetimes if those are meant",
            );
        } else if self.decode_leeway > LONGEST_USUAL_LEEWAY {
            report.warn(format!(
                "JWT_DECODE_LEEWAY: every token lives {} longer than it says",
                format_duration(self.decode_leeway)
            ));
        }
        for (key, audience) in [
            ("JWT_ENCODE_AUDIENCE", &self.encode_audience),
            ("JWT_DECODE_AUDIENCE", &self.decode_audience),
        ] {
            if report.is_given(key) && report.is_sound(key) && audience.is_empty() {
                report.problem(key, None, "an empty list", "Remove it");
            }
        }
        // A service that names itself in its tokens does not want those that name others.
        if !report.is_given("JWT_DECODE_AUDIENCE") {
            self.decode_audience.clone_from(&self.encode_audience);
        }
        if !report.is_given("JWT_DECODE_ISSUER") {
            self.decode_issuer.clone_from(&self.encode_issuer);
        }
        if self.identity_claim != "sub" && REGISTERED.contains(&self.identity_claim.as_str()) {
            report.problem(
                "JWT_IDENTITY_CLAIM",
                Some(&self.identity_claim),
                "this claim has a meaning of its own",
                "Use \"sub\" or a name of your own",
            );
        }
    }

    /// A refresh token is there to outlive access tokens.
    fn check_order(&self, report: &mut Report) {
        const ACCESS: &str = "JWT_ACCESS_TOKEN_EXPIRES";
        const REFRESH: &str = "JWT_REFRESH_TOKEN_EXPIRES";
        if self.access_token_expires <= self.refresh_token_expires
            || !report.is_sound(ACCESS)
            || !report.is_sound(REFRESH)
        {
            return;
        }
        let access = format_duration(self.access_token_expires);
        let refresh = format_duration(self.refresh_token_expires);
        if report.is_given(ACCESS) {
            report.problem(
                ACCESS,
                Some(&access),
                format!("longer than {REFRESH}, {refresh}"),
                "Make it shorter",
            );
        } else {
            report.problem(
                REFRESH,
                Some(&refresh),
                format!("shorter than {ACCESS}, {access}"),
                "Make it longer",
            );
        }
    }
}

/// A span that something lives: there must be some of it, and an end.
pub(super) fn check_span(key: &'static str, span: Duration, report: &mut Report) {
    let reason = if span < Duration::from_secs(1) {
        "shorter than a second"
    } else if span > LONGEST_LIFE {
        "longer than ten years"
    } else {
        return;
    };
    report.problem(
        key,
        Some(&format_duration(span)),
        reason,
        "Use something like 15m or 20d",
    );
}

/// Past ten years a lifetime is a slip of the unit.
pub(crate) const LONGEST_LIFE: Duration = days(3650);
const LONGEST_LEEWAY: Duration = Duration::from_secs(60 * 60);
const LONGEST_USUAL_LEEWAY: Duration = minutes(5);
