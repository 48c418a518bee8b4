//! The reasons to reject a request: codes, statuses and messages.

use std::borrow::Cow;
use std::time::Duration;

use super::style::ErrorStyle;
use super::{BodyError, StoreError};
use crate::jws::JwsError;

/// The reason why a request is rejected, with details for the log.
#[derive(Debug, Clone)]
pub(crate) enum RejectionKind {
    MissingToken {
        looked_in: String,
    },
    MissingCsrfToken {
        header: String,
        /// The form field that may contain it as well.
        field: Option<String>,
        /// The cookie from which script reads the value; `None` if the application passes it to
        /// pages.
        cookie: Option<String>,
    },
    CsrfMismatch,
    /// With what the browser states, and the setting that it is compared with.
    CrossSiteRequest(String),
    OriginNotAllowed {
        /// The header `Origin`, and the setting that it is compared with.
        stated: String,
        /// Whether the request is to open a WebSocket.
        by_socket: bool,
    },
    AmbiguousCookie {
        name: String,
    },
    InvalidToken(Cow<'static, str>),
    /// A genuine token that is issued or valid only this long from now.
    NotYetValid {
        ahead: Duration,
    },
    InvalidSignature,
    TokenExpired,
    InvalidAudience,
    InvalidIssuer,
    AccessTokenRequired,
    RefreshTokenRequired,
    FreshTokenRequired,
    TokenRevoked,
    SessionEnded,
    RefreshReused,
    LoginTypeMismatch {
        expected: String,
        actual: Option<String>,
    },
    UnknownSubject,
    /// What is wrong with a one-time token. The client does not learn it.
    InvalidOneTimeToken(Cow<'static, str>),
    InsufficientScope {
        required: Vec<String>,
        provided: Vec<String>,
    },
    PolicyDenied {
        /// Why, for the log.
        reason: String,
        /// Whether the policies could not be evaluated, rather than decided.
        failed: bool,
        /// What the client is told; `None` for no more than that it is denied.
        message: Option<Cow<'static, str>>,
    },
    StoreUnavailable(StoreError),
    RateLimited {
        retry_after: Duration,
    },
    Busy,
    Body(BodyError),
    /// For a reason that the application words.
    Refused {
        status: u16,
        code: &'static str,
        message: Cow<'static, str>,
    },
}

impl RejectionKind {
    pub(crate) fn code(&self) -> &'static str {
        self.row().code
    }

    /// Returns whether the request does not prove that no other site sent it.
    pub(crate) fn is_cross_site(&self) -> bool {
        matches!(
            self,
            Self::MissingCsrfToken { .. }
                | Self::CsrfMismatch
                | Self::CrossSiteRequest(_)
                | Self::OriginNotAllowed { .. }
        )
    }

    /// Returns whether the token is missing or dead: it admits no request, whatever the route
    /// demands. On a public page its bearer is anonymous.
    pub(crate) fn is_of_a_dead_token(&self) -> bool {
        match self {
            Self::MissingToken { .. }
            | Self::AmbiguousCookie { .. }
            | Self::InvalidToken(_)
            | Self::NotYetValid { .. }
            | Self::InvalidSignature
            | Self::TokenExpired
            | Self::InvalidAudience
            | Self::InvalidIssuer
            | Self::AccessTokenRequired
            | Self::RefreshTokenRequired
            | Self::TokenRevoked
            | Self::SessionEnded
            | Self::RefreshReused
            | Self::LoginTypeMismatch { .. } => true,
            Self::MissingCsrfToken { .. }
            | Self::CsrfMismatch
            | Self::CrossSiteRequest(_)
            | Self::OriginNotAllowed { .. }
            | Self::FreshTokenRequired
            | Self::UnknownSubject
            | Self::InvalidOneTimeToken(_)
            | Self::InsufficientScope { .. }
            | Self::PolicyDenied { .. }
            | Self::StoreUnavailable(_)
            | Self::RateLimited { .. }
            | Self::Busy
            | Self::Body(_)
            | Self::Refused { .. } => false,
        }
    }

    pub(super) fn row(&self) -> Row {
        let row = |code, error_type: &'static str, standard, authx| Row {
            code,
            error_type: error_type.into(),
            standard,
            authx,
        };
        match self {
            Self::MissingToken { .. } => row("missing_token", "MissingTokenError", 401, 401),
            Self::MissingCsrfToken { .. } => {
                row("missing_csrf_token", "MissingCSRFTokenError", 403, 401)
            }
            Self::CsrfMismatch => row("csrf_mismatch", "CSRFError", 403, 401),
            Self::CrossSiteRequest(_) => row("cross_site_request", "CSRFError", 403, 401),
            Self::OriginNotAllowed { .. } => row("origin_not_allowed", "CSRFError", 403, 401),
            Self::AmbiguousCookie { .. } => row("ambiguous_cookie", "JWTDecodeError", 401, 422),
            Self::InvalidToken(_) | Self::NotYetValid { .. } => {
                row("invalid_token", "JWTDecodeError", 401, 422)
            }
            Self::InvalidSignature => {
                row("invalid_signature", "TokenInvalidSignatureError", 401, 422)
            }
            Self::TokenExpired => row("token_expired", "TokenExpiredError", 401, 422),
            Self::InvalidAudience => row("invalid_audience", "TokenInvalidAudienceError", 401, 422),
            Self::InvalidIssuer => row("invalid_issuer", "TokenInvalidIssuerError", 401, 422),
            Self::AccessTokenRequired => row(
                "access_token_required",
                "AccessTokenRequiredError",
                401,
                401,
            ),
            Self::RefreshTokenRequired => row(
                "refresh_token_required",
                "RefreshTokenRequiredError",
                401,
                401,
            ),
            Self::FreshTokenRequired => {
                row("fresh_token_required", "FreshTokenRequiredError", 401, 401)
            }
            Self::TokenRevoked => row("token_revoked", "RevokedTokenError", 401, 401),
            Self::SessionEnded => row("session_ended", "RevokedTokenError", 401, 401),
            Self::RefreshReused => row("refresh_reused", "RevokedTokenError", 401, 401),
            Self::LoginTypeMismatch { .. } => {
                row("login_type_mismatch", "LoginTypeMismatchError", 401, 401)
            }
            Self::UnknownSubject => row("unknown_subject", "MissingTokenError", 401, 401),
            // No 401: to refresh or to log in does not help.
            Self::InvalidOneTimeToken(_) => {
                row("invalid_one_time_token", "InvalidOneTimeToken", 403, 403)
            }
            Self::InsufficientScope { .. } => {
                row("insufficient_scope", "InsufficientScopeError", 403, 403)
            }
            Self::PolicyDenied { .. } => row("policy_denied", "PolicyDeniedError", 403, 403),
            Self::StoreUnavailable(_) => row("store_unavailable", "StoreUnavailable", 503, 503),
            Self::RateLimited { .. } => row("rate_limited", "RateLimitExceeded", 429, 429),
            Self::Busy => row("busy", "Busy", 503, 503),
            Self::Body(error) => Row::named_by_code(error.code(), error.status()),
            Self::Refused { status, code, .. } => Row::named_by_code(code, *status),
        }
    }

    pub(super) fn message(&self, style: ErrorStyle) -> Cow<'static, str> {
        match (self, style) {
            (Self::MissingToken { .. }, ErrorStyle::AuthX) => "Token Error".into(),
            (Self::AmbiguousCookie { .. }, ErrorStyle::AuthX)
            | (Self::InvalidToken(_) | Self::NotYetValid { .. }, _) => "Invalid Token".into(),
            (Self::MissingToken { looked_in }, _) => {
                format!("Missing JWT in request: looked in {looked_in}").into()
            }
            (
                Self::MissingCsrfToken {
                    header,
                    field,
                    cookie,
                },
                _,
            ) => {
                let field = match field {
                    Some(field) => format!(" or the form field {field}"),
                    None => String::new(),
                };
                let value = match cookie {
                    Some(cookie) => format!("the value of the cookie {cookie}"),
                    None => "the CSRF value that came with the token".to_owned(),
                };
                format!("Missing CSRF token: send the header {header}{field} with {value}").into()
            }
            (Self::AmbiguousCookie { name }, _) => {
                format!("Several different cookies named {name} in request").into()
            }
            (Self::CrossSiteRequest(_) | Self::OriginNotAllowed { .. }, ErrorStyle::AuthX) => {
                "Cross-site request refused".into()
            }
            (Self::CrossSiteRequest(stated) | Self::OriginNotAllowed { stated, .. }, _) => {
                format!("Cross-site request refused: {stated}").into()
            }
            (Self::CsrfMismatch, _) => "CSRF double submit does not match".into(),
            (Self::InvalidSignature, _) => "Signature verification failed".into(),
            (Self::TokenExpired, _) => "Token has expired".into(),
            (Self::InvalidAudience, _) => "Invalid audience".into(),
            (Self::InvalidIssuer, _) => "Invalid issuer".into(),
            (Self::AccessTokenRequired, _) => "Access token required".into(),
            (Self::RefreshTokenRequired, _) => "Refresh token required".into(),
            (Self::FreshTokenRequired, _) => "Fresh token required".into(),
            (Self::TokenRevoked | Self::SessionEnded | Self::RefreshReused, _) => {
                "Invalid token".into()
            }
            (Self::LoginTypeMismatch { expected, actual }, _) => format!(
                "Token type mismatch: expected '{expected}', got '{}'",
                actual.as_deref().unwrap_or("unknown")
            )
            .into(),
            (Self::UnknownSubject, _) => "Unknown subject".into(),
            (Self::InvalidOneTimeToken(_), _) => {
                "This one-time token is not valid, or no longer; ask for a new one".into()
            }
            (Self::InsufficientScope { required, provided }, _) => format!(
                "Missing required scopes: {}. Provided: {}",
                python_list(required),
                python_list(provided)
            )
            .into(),
            (Self::PolicyDenied { message, .. }, _) => message
                .clone()
                .unwrap_or_else(|| "The policies of this service deny the request".into()),
            (Self::StoreUnavailable(_), _) => "The session store does not answer; try again".into(),
            (Self::RateLimited { .. }, _) => format!(
                "Rate limit exceeded. Retry after {} seconds.",
                self.retry_after().unwrap_or_default()
            )
            .into(),
            (Self::Busy, _) => "Too many requests at once; try again".into(),
            (Self::Body(error), _) => error.to_string().into(),
            (Self::Refused { message, .. }, _) => message.clone(),
        }
    }

    /// Returns after how many whole seconds the client may retry, rounded up and at least one.
    pub(super) fn retry_after(&self) -> Option<u64> {
        match self {
            Self::StoreUnavailable(_) | Self::Busy => Some(1),
            Self::RateLimited { retry_after } => {
                let seconds = retry_after.as_secs();
                let rest = u64::from(retry_after.subsec_nanos() > 0);
                Some(seconds.saturating_add(rest).max(1))
            }
            _ => None,
        }
    }
}

impl From<JwsError> for RejectionKind {
    fn from(error: JwsError) -> Self {
        match error {
            JwsError::InvalidSignature => Self::InvalidSignature,
            JwsError::TooLarge => Self::InvalidToken("over the size limit".into()),
            JwsError::UnsupportedAlgorithm => {
                Self::InvalidToken("no key has this algorithm".into())
            }
            JwsError::UnknownKeyId => Self::InvalidToken("no key has this kid".into()),
            JwsError::Malformed(problem) => Self::InvalidToken(problem.into()),
        }
    }
}

impl From<StoreError> for RejectionKind {
    fn from(error: StoreError) -> Self {
        Self::StoreUnavailable(error)
    }
}

pub(super) struct Row {
    pub(super) code: &'static str,
    pub(super) error_type: Cow<'static, str>,
    pub(super) standard: u16,
    pub(super) authx: u16,
}

impl Row {
    /// For what AuthX does not know: the type is the code in camel case, and the status is the same
    /// in both styles.
    fn named_by_code(code: &'static str, status: u16) -> Self {
        let words = code.split('_');
        let error_type: String = words
            .flat_map(|word| {
                let mut letters = word.chars();
                let first = letters.next().map(|letter| letter.to_ascii_uppercase());
                first.into_iter().chain(letters)
            })
            .collect();
        Self {
            code,
            error_type: error_type.into(),
            standard: status,
            authx: status,
        }
    }
}

/// Formats a list as AuthX does, `['a', 'b']`: a text that contains a single quote and no double
/// one is enclosed in double quotes.
fn python_list(items: &[String]) -> String {
    let quoted: Vec<String> = items
        .iter()
        .map(|item| {
            let item = item.replace('\\', "\\\\");
            if item.contains('\'') && !item.contains('"') {
                format!("\"{item}\"")
            } else {
                format!("'{}'", item.replace('\'', "\\'"))
            }
        })
        .collect();
    format!("[{}]", quoted.join(", "))
}
