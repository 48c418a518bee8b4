//! Sessions.

use std::time::Duration;

use super::{
    ConfigBuilder,
    duration::{days, format_duration},
    report::Report,
    setting::{Apply, Setting, settings},
    tokens::{Tokens, check_span},
};

settings! {
    /// What lives longer than one token.
    Sessions in sessions {
        /// Whether log-ins are kept as sessions. Default: when there is a store. Yes also refuses refresh tokens without a
        /// session, and without a store everything.
        "JWT_SESSION_TRACKING" session_tracking(value bool): Option<bool> = None;
        /// Whether a session remembers when it was last used. Default: yes.
        "JWT_SESSION_UPDATE_LAST_ACTIVE" session_update_last_active(value bool): bool = true;
        /// How long a session lives without a refresh. Default: as long as a refresh token.
        "HANDSTAMP_SESSION_IDLE" session_idle(value Duration): Option<Duration> = None;
        /// How long a session lives at most. Default: 90 days.
        "HANDSTAMP_SESSION_ABSOLUTE" session_absolute(value Duration): Duration = days(90);
        /// How long the former refresh token still counts after the next one has arrived. Default: 10 seconds.
        "HANDSTAMP_REFRESH_GRACE" refresh_grace(value Duration): Duration = Duration::from_secs(10);
        /// When sessions are looked up. Default: [`CheckSessions::EveryRequest`].
        "HANDSTAMP_CHECK_SESSIONS" check_sessions(value CheckSessions): CheckSessions = CheckSessions::EveryRequest;
        /// How long the store may take before a request is refused. Default: 2 seconds.
        "HANDSTAMP_STORE_TIMEOUT" store_timeout(value Duration): Duration = Duration::from_secs(2);
    }
}

/// When a token's session is looked up in the store.
///
/// ```
/// use handstamp::{Config, config::CheckSessions};
///
/// let builder = Config::builder().check_sessions(CheckSessions::OnRefresh);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CheckSessions {
    /// With every request: a log-out takes effect at once.
    EveryRequest,
    /// Only when tokens are refreshed: a log-out takes effect when the access token ends.
    OnRefresh,
}

impl Sessions {
    pub(super) fn check(&self, tokens: &Tokens, report: &mut Report) {
        if let Some(idle) = self.session_idle {
            check_span("HANDSTAMP_SESSION_IDLE", idle, report);
        }
        check_span("HANDSTAMP_SESSION_ABSOLUTE", self.session_absolute, report);
        if let Some(idle) = self.session_idle
            && idle > self.session_absolute
        {
            report.warn(format!(
                "HANDSTAMP_SESSION_IDLE: no session lives longer than HANDSTAMP_SESSION_ABSOLUTE={}",
                format_duration(self.session_absolute)
            ));
        }
        let shortest = tokens
            .access_token_expires
            .saturating_mul(2)
            .saturating_add(self.refresh_grace);
        if let Some(idle) = self.session_idle
            && idle < shortest
        {
            report.warn(format!(
                "HANDSTAMP_SESSION_IDLE={}: somebody who is active may be logged out; use at least {}",
                format_duration(idle),
                format_duration(shortest)
            ));
        }
        if self.refresh_grace > LONGEST_GRACE {
            report.problem(
                "HANDSTAMP_REFRESH_GRACE",
                Some(&format_duration(self.refresh_grace)),
                "longer than 300 seconds: a stolen token would be good for that long",
                "Use 10s",
            );
        }
        if self.store_timeout.is_zero() {
            report.problem(
                "HANDSTAMP_STORE_TIMEOUT",
                Some("0s"),
                "no store answers at once",
                "Use 2s",
            );
        }
    }
}

const LONGEST_GRACE: Duration = Duration::from_secs(300);
