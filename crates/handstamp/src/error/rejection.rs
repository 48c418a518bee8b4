//! Why a request is refused, and what the client is told.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::claims::MalformedClaims;
use crate::config::ErrorStyle;
use crate::jws::JwsError;

/// A request that was refused.
///
/// [`code`](Self::code) is stable and meant for programs; the words may change. An adapter sends
/// [`status`](Self::status), [`headers`](Self::headers) and [`body`](Self::body).
///
/// # Security
/// The client learns the code and no more. The rest goes to the log, at level `debug`.
#[derive(Clone)]
pub struct Rejection {
    reason: Arc<Reason>,
    shape: Arc<Shape>,
}

impl Rejection {
    pub(crate) fn new(reason: Reason, shape: Arc<Shape>) -> Self {
        Self {
            reason: Arc::new(reason),
            shape,
        }
    }

    /// The stable name of the reason: `missing_token`, `token_expired`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.reason.code()
    }

    /// Whether there was no token at all, so that the caller is anonymous rather than refused.
    #[must_use]
    pub fn is_missing_token(&self) -> bool {
        matches!(*self.reason, Reason::MissingToken { .. })
    }

    /// The HTTP status code.
    #[must_use]
    pub fn status(&self) -> u16 {
        let row = self.reason.row();
        match self.shape.style {
            ErrorStyle::Standard => row.standard,
            ErrorStyle::AuthX => row.authx,
        }
    }

    /// The header fields of the response, names in lower case.
    #[must_use]
    pub fn headers(&self) -> Vec<(&'static str, Cow<'static, str>)> {
        let mut headers = vec![
            (
                "content-type",
                match self.shape.style {
                    ErrorStyle::Standard => "application/problem+json".into(),
                    ErrorStyle::AuthX => "application/json".into(),
                },
            ),
            ("cache-control", "no-store".into()),
        ];
        if let Some(challenge) = self.challenge() {
            headers.push(("www-authenticate", challenge));
        }
        if let Reason::StoreUnavailable(_) = *self.reason {
            headers.push(("retry-after", "1".into()));
        }
        headers
    }

    /// The body: a problem document ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457#section-3)), or in the style of
    /// the original its two members.
    #[must_use]
    pub fn body(&self) -> String {
        let body = Body {
            reason: &self.reason,
            shape: &self.shape,
        };
        // Strings and numbers under string keys: JSON has a form for each of them.
        serde_json::to_string(&body).unwrap_or_default()
    }

    /// `WWW-Authenticate`, which every 401 must carry ([RFC 9110, 15.5.2](https://www.rfc-editor.org/rfc/rfc9110#section-15.5.2)),
    /// in the words of [RFC 6750, section 3](https://www.rfc-editor.org/rfc/rfc6750#section-3).
    fn challenge(&self) -> Option<Cow<'static, str>> {
        match &*self.reason {
            Reason::InsufficientScope { required, .. } => {
                let scope: Vec<&str> = required
                    .iter()
                    .map(String::as_str)
                    .filter(|scope| is_scope(scope))
                    .collect();
                Some(
                    format!(
                        "Bearer error=\"insufficient_scope\", scope=\"{}\"",
                        scope.join(" ")
                    )
                    .into(),
                )
            }
            _ if self.status() != 401 => None,
            // Nothing is wrong with a token here, so no error code (RFC 6750, section 3.1).
            Reason::MissingToken { .. }
            | Reason::MissingCsrfToken { .. }
            | Reason::CsrfMismatch => Some("Bearer".into()),
            _ => Some("Bearer error=\"invalid_token\"".into()),
        }
    }
}

impl fmt::Debug for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rejection")
            .field("code", &self.code())
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason.message(ErrorStyle::Standard))
    }
}

impl std::error::Error for Rejection {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.reason {
            Reason::StoreUnavailable(error) => Some(error),
            _ => None,
        }
    }
}

/// How the configuration wants refusals to look.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) style: ErrorStyle,
    pub(crate) message_key: String,
}

/// Why a request is refused, with what the log should know.
#[derive(Debug)]
pub(crate) enum Reason {
    MissingToken {
        looked_in: String,
    },
    MissingCsrfToken {
        header: String,
        cookie: String,
    },
    CsrfMismatch,
    AmbiguousCookie {
        name: String,
    },
    InvalidToken(Cow<'static, str>),
    InvalidSignature,
    TokenExpired,
    InvalidAudience,
    InvalidIssuer,
    AccessTokenRequired,
    RefreshTokenRequired,
    FreshTokenRequired,
    TokenRevoked,
    LoginTypeMismatch {
        expected: String,
        actual: Option<String>,
    },
    InsufficientScope {
        required: Vec<String>,
        provided: Vec<String>,
    },
    StoreUnavailable(super::StoreError),
}

impl Reason {
    pub(crate) fn code(&self) -> &'static str {
        self.row().code
    }

    fn row(&self) -> Row {
        let row = |code, error_type, standard, authx| Row {
            code,
            error_type,
            standard,
            authx,
        };
        match self {
            Self::MissingToken { .. } => row("missing_token", "MissingTokenError", 401, 401),
            Self::MissingCsrfToken { .. } => {
                row("missing_csrf_token", "MissingCSRFTokenError", 403, 401)
            }
            Self::CsrfMismatch => row("csrf_mismatch", "CSRFError", 403, 401),
            Self::AmbiguousCookie { .. } => row("ambiguous_cookie", "JWTDecodeError", 401, 422),
            Self::InvalidToken(_) => row("invalid_token", "JWTDecodeError", 401, 422),
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
            Self::LoginTypeMismatch { .. } => {
                row("login_type_mismatch", "LoginTypeMismatchError", 401, 401)
            }
            Self::InsufficientScope { .. } => {
                row("insufficient_scope", "InsufficientScopeError", 403, 403)
            }
            Self::StoreUnavailable(_) => row("store_unavailable", "StoreUnavailable", 503, 503),
        }
    }

    fn message(&self, style: ErrorStyle) -> Cow<'static, str> {
        match (self, style) {
            (Self::MissingToken { .. }, ErrorStyle::AuthX) => "Token Error".into(),
            (Self::AmbiguousCookie { .. }, ErrorStyle::AuthX) | (Self::InvalidToken(_), _) => {
                "Invalid Token".into()
            }
            (Self::MissingToken { looked_in }, _) => {
                format!("Missing JWT in request: looked in {looked_in}").into()
            }
            (Self::MissingCsrfToken { header, cookie }, _) => format!(
                "Missing CSRF token: send the header {header} with the value of the cookie {cookie}"
            )
            .into(),
            (Self::AmbiguousCookie { name }, _) => {
                format!("Several different cookies named {name} in request").into()
            }
            (Self::CsrfMismatch, _) => "CSRF double submit does not match".into(),
            (Self::InvalidSignature, _) => "Signature verification failed".into(),
            (Self::TokenExpired, _) => "Token has expired".into(),
            (Self::InvalidAudience, _) => "Invalid audience".into(),
            (Self::InvalidIssuer, _) => "Invalid issuer".into(),
            (Self::AccessTokenRequired, _) => "Access token required".into(),
            (Self::RefreshTokenRequired, _) => "Refresh token required".into(),
            (Self::FreshTokenRequired, _) => "Fresh token required".into(),
            (Self::TokenRevoked, _) => "Invalid token".into(),
            (Self::LoginTypeMismatch { expected, actual }, _) => format!(
                "Token type mismatch: expected '{expected}', got '{}'",
                actual.as_deref().unwrap_or("unknown")
            )
            .into(),
            (Self::InsufficientScope { required, provided }, _) => format!(
                "Missing required scopes: {}. Provided: {}",
                python_list(required),
                python_list(provided)
            )
            .into(),
            (Self::StoreUnavailable(_), _) => "The session store does not answer; try again".into(),
        }
    }
}

impl From<JwsError> for Reason {
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

impl From<MalformedClaims> for Reason {
    fn from(error: MalformedClaims) -> Self {
        Self::InvalidToken(error.0)
    }
}

/// The members of the body, in the order of the original.
struct Body<'a> {
    reason: &'a Reason,
    shape: &'a Shape,
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = self.reason.row();
        let mut body = serializer.serialize_map(None)?;
        if self.shape.style == ErrorStyle::Standard {
            body.serialize_entry("type", "about:blank")?;
            body.serialize_entry("title", title(row.standard))?;
            body.serialize_entry("status", &row.standard)?;
            body.serialize_entry("code", row.code)?;
        }
        body.serialize_entry(
            &self.shape.message_key,
            &self.reason.message(self.shape.style),
        )?;
        body.serialize_entry("error_type", row.error_type)?;
        if let Reason::LoginTypeMismatch { expected, actual } = self.reason {
            body.serialize_entry("expected_type", expected)?;
            body.serialize_entry("actual_type", actual)?;
        }
        body.end()
    }
}

struct Row {
    code: &'static str,
    error_type: &'static str,
    standard: u16,
    authx: u16,
}

fn title(status: u16) -> &'static str {
    match status {
        401 => "Unauthorized",
        403 => "Forbidden",
        _ => "Service Unavailable",
    }
}

/// `scope-token` of [RFC 6749, section 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3).
fn is_scope(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'))
}

/// `['a', 'b']`, as the original prints its lists.
fn python_list(items: &[String]) -> String {
    let quoted: Vec<String> = items.iter().map(|item| format!("'{item}'")).collect();
    format!("[{}]", quoted.join(", "))
}
