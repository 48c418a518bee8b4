//! The names, labels and meanings of all series, and what counts for which.
//!
//! No value of a label is text of a request or of the application, so no client can make a series.

use std::time::Instant;

use metrics::{Counter, Histogram, Unit, counter, describe_counter, describe_histogram, histogram};

use super::label::{Counters, Label, label};
use super::{Asked, Uneventful};
use crate::context::{EventKind, deadline};
use crate::error::{BodyError, RejectionKind, StoreError};
use crate::store::EndReason;

/// The series of one `Auth`. Those of several in one process are the same ones.
pub(in crate::context) struct Metrics {
    requests: Counters<Outcome>,
    csrf_refusals: Counters<Csrf>,
    refreshes: Counters<Way>,
    started: Counters<StartedBy>,
    ended: Counters<EndedBy>,
    stores: Vec<StoreSeries>,
}

/// The series of one of those who are asked.
struct StoreSeries {
    ok: Counter,
    error: Counter,
    timeout: Counter,
    seconds: Histogram,
}

impl Metrics {
    pub(in crate::context) fn new() -> Self {
        describe_counter!(STORE_CALLS, STORE_CALLS_HELP);
        describe_histogram!(STORE_SECONDS, Unit::Seconds, STORE_SECONDS_HELP);
        Self {
            requests: Counters::new(REQUESTS, REQUESTS_HELP),
            csrf_refusals: Counters::new(CSRF_REFUSALS, CSRF_REFUSALS_HELP),
            refreshes: Counters::new(REFRESHES, REFRESHES_HELP),
            started: Counters::new(STARTED, STARTED_HELP),
            ended: Counters::new(ENDED, ENDED_HELP),
            stores: Store::ALL.iter().copied().map(StoreSeries::new).collect(),
        }
    }

    /// A token was admitted.
    pub(in crate::context) fn admitted(&self) {
        self.requests.add(Outcome::Ok);
    }

    /// A request without a good token was let through where none is needed.
    pub(in crate::context) fn anonymous(&self) {
        self.requests.add(Outcome::Anonymous);
    }

    pub(in crate::context) fn refused(&self, reason: &RejectionKind) {
        self.requests.add(Outcome::from(reason));
        let kind = match reason {
            RejectionKind::MissingCsrfToken { .. } => Csrf::MissingToken,
            RejectionKind::CsrfMismatch => Csrf::Mismatch,
            RejectionKind::CrossSiteRequest(_) => Csrf::CrossSite,
            RejectionKind::OriginNotAllowed {
                by_socket: false, ..
            } => Csrf::Origin,
            RejectionKind::OriginNotAllowed {
                by_socket: true, ..
            } => Csrf::SocketOrigin,
            _ => return,
        };
        self.csrf_refusals.add(kind);
    }

    pub(in crate::context) fn event(&self, kind: EventKind) {
        match kind {
            EventKind::LoggedIn => self.started.add(StartedBy::LogIn),
            EventKind::Adopted => {
                self.started.add(StartedBy::Adoption);
                self.refreshes.add(Way::Adopted);
            }
            EventKind::Rotated => self.refreshes.add(Way::Rotated),
            EventKind::Debounced => self.refreshes.add(Way::Debounced),
            EventKind::Reissued => self.refreshes.add(Way::Reissued),
            EventKind::ReissuedLate => self.refreshes.add(Way::ReissuedLate),
            EventKind::Recovered => self.refreshes.add(Way::Recovered),
            EventKind::Reused(_) => {
                self.refreshes.add(Way::Reused);
                self.ended.add(EndedBy::Reused);
            }
            EventKind::Revoked(reason) => self.ended.add(reason.into()),
            // Its end was counted before, or was a time at which nothing happened.
            EventKind::Expired => {}
        }
    }

    pub(in crate::context) fn refreshed(&self, how: Uneventful) {
        self.refreshes.add(match how {
            Uneventful::Implicit => Way::Implicit,
            Uneventful::WithoutSession => Way::WithoutSession,
        });
    }

    /// Returns when the answer began to be waited for.
    #[expect(clippy::unused_self, reason = "as without the feature")]
    pub(in crate::context) fn ask(&self) -> Instant {
        Instant::now()
    }

    pub(in crate::context) fn answered<T>(
        &self,
        asked: Asked,
        since: Instant,
        answer: &Result<T, StoreError>,
    ) {
        let Some(series) = self.stores.get(Store::from(asked).index()) else {
            return;
        };
        series.seconds.record(since.elapsed());
        let counter = match answer {
            Ok(_) => &series.ok,
            Err(error) if deadline::is_too_slow(error) => &series.timeout,
            Err(_) => &series.error,
        };
        counter.increment(1);
    }
}

impl StoreSeries {
    fn new(store: Store) -> Self {
        let store = store.text();
        let calls = |result| counter!(STORE_CALLS, Store::NAME => store, "result" => result);
        Self {
            ok: calls("ok"),
            error: calls("error"),
            timeout: calls("timeout"),
            seconds: histogram!(STORE_SECONDS, Store::NAME => store),
        }
    }
}

label! {
    /// What becomes of a request: `ok`, `anonymous`, or the code of its rejection. All codes of the
    /// application count as one.
    Outcome "outcome" {
        Ok "ok",
        Anonymous "anonymous",
        MissingToken "missing_token",
        MissingCsrfToken "missing_csrf_token",
        CsrfMismatch "csrf_mismatch",
        CrossSiteRequest "cross_site_request",
        OriginNotAllowed "origin_not_allowed",
        AmbiguousCookie "ambiguous_cookie",
        InvalidToken "invalid_token",
        InvalidSignature "invalid_signature",
        TokenExpired "token_expired",
        InvalidAudience "invalid_audience",
        InvalidIssuer "invalid_issuer",
        AccessTokenRequired "access_token_required",
        RefreshTokenRequired "refresh_token_required",
        FreshTokenRequired "fresh_token_required",
        TokenRevoked "token_revoked",
        SessionEnded "session_ended",
        RefreshReused "refresh_reused",
        LoginTypeMismatch "login_type_mismatch",
        UnknownSubject "unknown_subject",
        InsufficientScope "insufficient_scope",
        PolicyDenied "policy_denied",
        InvalidOneTimeToken "invalid_one_time_token",
        StoreUnavailable "store_unavailable",
        RateLimited "rate_limited",
        Busy "busy",
        InvalidCredentials "invalid_credentials",
        NoSuchSession "no_such_session",
        UnsupportedMediaType "unsupported_media_type",
        MalformedBody "malformed_body",
        InvalidBody "invalid_body",
        BodyTooLarge "body_too_large",
        Application "application",
    }
}

impl From<&RejectionKind> for Outcome {
    fn from(reason: &RejectionKind) -> Self {
        match reason {
            RejectionKind::MissingToken { .. } => Self::MissingToken,
            RejectionKind::MissingCsrfToken { .. } => Self::MissingCsrfToken,
            RejectionKind::CsrfMismatch => Self::CsrfMismatch,
            RejectionKind::CrossSiteRequest(_) => Self::CrossSiteRequest,
            RejectionKind::OriginNotAllowed { .. } => Self::OriginNotAllowed,
            RejectionKind::AmbiguousCookie { .. } => Self::AmbiguousCookie,
            RejectionKind::InvalidToken(_) | RejectionKind::NotYetValid { .. } => {
                Self::InvalidToken
            }
            RejectionKind::InvalidSignature => Self::InvalidSignature,
            RejectionKind::TokenExpired => Self::TokenExpired,
            RejectionKind::InvalidAudience => Self::InvalidAudience,
            RejectionKind::InvalidIssuer => Self::InvalidIssuer,
            RejectionKind::AccessTokenRequired => Self::AccessTokenRequired,
            RejectionKind::RefreshTokenRequired => Self::RefreshTokenRequired,
            RejectionKind::FreshTokenRequired => Self::FreshTokenRequired,
            RejectionKind::TokenRevoked => Self::TokenRevoked,
            RejectionKind::SessionEnded => Self::SessionEnded,
            RejectionKind::RefreshReused => Self::RefreshReused,
            RejectionKind::LoginTypeMismatch { .. } => Self::LoginTypeMismatch,
            RejectionKind::UnknownSubject => Self::UnknownSubject,
            RejectionKind::InsufficientScope { .. } => Self::InsufficientScope,
            RejectionKind::PolicyDenied { .. } => Self::PolicyDenied,
            RejectionKind::InvalidOneTimeToken(_) => Self::InvalidOneTimeToken,
            RejectionKind::StoreUnavailable(_) => Self::StoreUnavailable,
            RejectionKind::RateLimited { .. } => Self::RateLimited,
            RejectionKind::Busy => Self::Busy,
            RejectionKind::Body(BodyError::MediaType { .. }) => Self::UnsupportedMediaType,
            RejectionKind::Body(BodyError::Malformed(_)) => Self::MalformedBody,
            RejectionKind::Body(BodyError::Shape(_)) => Self::InvalidBody,
            RejectionKind::Body(BodyError::TooLarge) => Self::BodyTooLarge,
            // The library words these two in the same way as an application its own.
            RejectionKind::Refused { code, .. } => match *code {
                "invalid_credentials" => Self::InvalidCredentials,
                "no_such_session" => Self::NoSuchSession,
                _ => Self::Application,
            },
        }
    }
}

label! {
    /// Which proof is missing that no other site sent the request.
    Csrf "kind" {
        MissingToken "missing_token",
        Mismatch "mismatch",
        CrossSite "cross_site",
        Origin "origin",
        SocketOrigin "socket_origin",
    }
}

label! {
    /// What a refresh token yields.
    Way "way" {
        Rotated "rotated",
        Debounced "debounced",
        Reissued "reissued",
        ReissuedLate "reissued_late",
        Recovered "recovered",
        Reused "reused",
        Adopted "adopted",
        Implicit "implicit",
        WithoutSession "without_session",
    }
}

label! {
    /// What starts a session.
    StartedBy "by" {
        LogIn "log_in",
        Adoption "adoption",
    }
}

label! {
    /// What ends a session. Time ends one as well, and is not seen.
    EndedBy "reason" {
        LoggedOut "logged_out",
        Replaced "replaced",
        Revoked "revoked",
        Reused "reused",
        Limit "limit",
    }
}

impl From<EndReason> for EndedBy {
    fn from(reason: EndReason) -> Self {
        match reason {
            EndReason::LoggedOut => Self::LoggedOut,
            EndReason::Replaced => Self::Replaced,
            EndReason::Revoked => Self::Revoked,
            EndReason::Reused => Self::Reused,
            EndReason::Limit => Self::Limit,
        }
    }
}

label! {
    /// Who is asked.
    Store "asked" {
        Sessions "sessions",
        Blocklist "blocklist",
        Limits "limits",
        Subjects "subjects",
        Policies "policies",
        Renewal "renewal",
    }
}

impl From<Asked> for Store {
    fn from(asked: Asked) -> Self {
        match asked {
            Asked::Sessions => Self::Sessions,
            Asked::Blocklist => Self::Blocklist,
            Asked::Limits => Self::Limits,
            Asked::Subjects => Self::Subjects,
            Asked::Policies => Self::Policies,
            Asked::Renewal => Self::Renewal,
        }
    }
}

const REQUESTS: &str = "handstamp_requests_total";
const REQUESTS_HELP: &str = "Requests whose token was admitted (ok, once per request), visitors \
                             without one (anonymous), and rejections by their code.";

const CSRF_REFUSALS: &str = "handstamp_csrf_refusals_total";
const CSRF_REFUSALS_HELP: &str =
    "Rejected requests that did not prove that no other site sent them, by the proof.";

const REFRESHES: &str = "handstamp_refreshes_total";
const REFRESHES_HELP: &str = "Refresh tokens that were presented, by what they yielded, and access \
                              tokens that were renewed with a response (implicit).";

const STARTED: &str = "handstamp_sessions_started_total";
const STARTED_HELP: &str = "Sessions that were started, by a log-in or an adopted token.";

const ENDED: &str = "handstamp_sessions_ended_total";
const ENDED_HELP: &str =
    "Sessions that were ended, by the reason. Those that expired are not counted.";

const STORE_CALLS: &str = "handstamp_store_calls_total";
const STORE_CALLS_HELP: &str =
    "Calls of stores and of the application that a request waited for, by their result.";

const STORE_SECONDS: &str = "handstamp_store_seconds";
const STORE_SECONDS_HELP: &str =
    "How long requests waited for the answers of stores and of the application.";
