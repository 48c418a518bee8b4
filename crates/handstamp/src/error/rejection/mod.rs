//! A rejected request, and the response to it.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::reason::RejectionKind;
use super::refusal_id::RefusalId;
use super::style::ErrorStyle;

/// A rejected request, and the response to it.
///
/// [`code`](Self::code) is stable and meant for programs; the messages may change. An adapter sends
/// [`status`](Self::status), [`headers`](Self::headers) and [`body`](Self::body).
///
/// ```
/// use handstamp::error::Rejection;
///
/// // All that an adapter does.
/// fn response(rejection: &Rejection) -> String {
///     let mut text = format!("HTTP/1.1 {}\r\n", rejection.status());
///     for (name, value) in rejection.headers() {
///         text += &format!("{name}: {value}\r\n");
///     }
///     text + "\r\n" + &rejection.body()
/// }
/// # use handstamp::{Auth, Authenticated, Config, RequestHead, Require};
/// # struct Get;
/// # impl RequestHead for Get {
/// #     fn method(&self) -> &str { "GET" }
/// #     fn header_values(&self, _: &str) -> impl Iterator<Item = &[u8]> { std::iter::empty() }
/// #     fn query(&self) -> Option<&str> { None }
/// # }
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
/// # let rejection = runtime.block_on(auth.authenticate(&Get, &Require::access())).unwrap_err();
/// # let head = "HTTP/1.1 401\r\ncontent-type: application/problem+json\r\n";
/// # assert!(response(&rejection).starts_with(head));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Security
/// The client learns the code and the message of [`body`](Self::body), and no more. Details are
/// logged: a failing store at level `error`, everything else at `debug`.
#[derive(Clone)]
pub struct Rejection {
    reason: Arc<RejectionKind>,
    shape: Arc<RejectionStyle>,
    id: RefusalId,
    closes: bool,
}

impl Rejection {
    pub(crate) fn new(reason: RejectionKind, shape: Arc<RejectionStyle>, id: RefusalId) -> Self {
        Self {
            reason: Arc::new(reason),
            shape,
            id,
            closes: false,
        }
    }

    /// Adds `Connection: close` to the headers.
    pub(crate) fn closing(self) -> Self {
        Self {
            closes: true,
            ..self
        }
    }

    /// Returns the stable code of the reason: `missing_token`, `token_expired`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.reason.code()
    }

    /// Returns the id of this refusal, 16 characters, which the response has as `Refusal-Id`. The
    /// line of the log that tells the whole reason has it as `refusal`: a page can show it, for the
    /// user to quote.
    #[must_use]
    pub fn id(&self) -> String {
        self.id.to_string()
    }

    /// Returns whether the request had no token at all, so that the caller is anonymous.
    #[must_use]
    pub fn is_missing_token(&self) -> bool {
        matches!(*self.reason, RejectionKind::MissingToken { .. })
    }

    /// Returns where the user can log in, if that helps and is configured. The style of AuthX has
    /// other statuses, and says the same.
    pub(crate) fn log_in(&self) -> Option<&LogIn> {
        // What the application refuses, such as a wrong password, it shows itself.
        let is_ours = !matches!(*self.reason, RejectionKind::Refused { .. });
        let log_in = self.shape.log_in.as_ref();
        log_in.filter(|_| is_ours && self.reason.row().standard == 401)
    }

    /// Returns whether the token has a valid signature but has expired, so that the client should
    /// refresh.
    #[must_use]
    pub fn is_expired_token(&self) -> bool {
        matches!(*self.reason, RejectionKind::TokenExpired)
    }

    /// Returns the HTTP status code.
    #[must_use]
    pub fn status(&self) -> u16 {
        let row = self.reason.row();
        match self.shape.style {
            ErrorStyle::Standard => row.standard,
            ErrorStyle::AuthX => row.authx,
        }
    }

    /// Returns the header fields of the response, with names in lower case.
    #[must_use]
    pub fn headers(&self) -> Vec<(&'static str, Cow<'static, str>)> {
        let mut headers = vec![
            ("content-type", self.media_type().into()),
            ("cache-control", "no-store".into()),
        ];
        if let Some(challenge) = self.challenge() {
            headers.push(("www-authenticate", challenge));
        }
        if let Some(seconds) = self.reason.retry_after() {
            headers.push(("retry-after", seconds.to_string().into()));
        }
        if self.closes {
            headers.push(("connection", "close".into()));
        }
        headers.push(("refusal-id", self.id().into()));
        headers
    }

    fn media_type(&self) -> &'static str {
        match self.shape.style {
            ErrorStyle::Standard => "application/problem+json",
            ErrorStyle::AuthX => "application/json",
        }
    }

    /// Returns the body: a problem document ([RFC
    /// 9457](https://www.rfc-editor.org/rfc/rfc9457#section-3)), or the two members of
    /// [`ErrorStyle::AuthX`].
    #[must_use]
    pub fn body(&self) -> String {
        let body = Body {
            reason: &self.reason,
            shape: &self.shape,
        };
        // Strings and numbers under string keys always serialize.
        serde_json::to_string(&body).unwrap_or_default()
    }

    /// Returns `WWW-Authenticate`, which every 401 must contain ([RFC 9110,
    /// 15.5.2](https://www.rfc-editor.org/rfc/rfc9110#section-15.5.2)), with the error codes of
    /// [RFC 6750, section 3](https://www.rfc-editor.org/rfc/rfc6750#section-3).
    fn challenge(&self) -> Option<Cow<'static, str>> {
        match &*self.reason {
            RejectionKind::InsufficientScope { required, .. } => {
                Some(insufficient_scope(required).into())
            }
            _ if self.status() != 401 => None,
            // No token is at fault here, so there is no error code (RFC 6750, section 3.1).
            RejectionKind::MissingToken { .. }
            | RejectionKind::MissingCsrfToken { .. }
            | RejectionKind::CsrfMismatch
            | RejectionKind::CrossSiteRequest(_)
            | RejectionKind::OriginNotAllowed { .. }
            | RejectionKind::Refused { .. } => Some("Bearer".into()),
            _ => Some("Bearer error=\"invalid_token\"".into()),
        }
    }
}

impl fmt::Debug for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rejection")
            .field("code", &self.code())
            .field("id", &self.id())
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
            RejectionKind::StoreUnavailable(error) => Some(error),
            _ => None,
        }
    }
}

/// What the responses for a reason have in common, whatever the request.
#[cfg(feature = "utoipa")]
pub(crate) struct Outline {
    pub(crate) status: u16,
    pub(crate) media_type: &'static str,
    /// The member of the body that names the reason, and the name.
    pub(crate) label: (&'static str, Cow<'static, str>),
    pub(crate) has_challenge: bool,
    pub(crate) has_retry_after: bool,
}

#[cfg(feature = "utoipa")]
impl RejectionKind {
    pub(crate) fn outline(self, style: ErrorStyle) -> Outline {
        let row = self.row();
        let label = match style {
            ErrorStyle::Standard => ("code", row.code.into()),
            ErrorStyle::AuthX => ("error_type", row.error_type),
        };
        let shape = RejectionStyle {
            style,
            message_key: String::new(),
            log_in: None,
        };
        let rejection = Rejection::new(self, Arc::new(shape), RefusalId::default());
        Outline {
            status: rejection.status(),
            media_type: rejection.media_type(),
            label,
            has_challenge: rejection.challenge().is_some(),
            has_retry_after: rejection.reason.retry_after().is_some(),
        }
    }
}

/// The configured style of rejections.
#[derive(Debug)]
pub(crate) struct RejectionStyle {
    pub(crate) style: ErrorStyle,
    pub(crate) message_key: String,
    pub(crate) log_in: Option<LogIn>,
}

/// Where a browser is sent that opens a page without being logged in.
#[derive(Debug)]
pub(crate) struct LogIn {
    pub(crate) page: String,
    /// The parameter of the query in which a token may be.
    pub(crate) token_parameter: Option<String>,
}

/// The members of the body, in the order of AuthX.
struct Body<'a> {
    reason: &'a RejectionKind,
    shape: &'a RejectionStyle,
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = self.reason.row();
        let mut body = serializer.serialize_map(None)?;
        if self.shape.style == ErrorStyle::Standard {
            body.serialize_entry("type", "about:blank")?;
            body.serialize_entry("title", reason_phrase(row.standard))?;
            body.serialize_entry("status", &row.standard)?;
            body.serialize_entry("code", row.code)?;
        }
        body.serialize_entry(
            &self.shape.message_key,
            &self.reason.message(self.shape.style),
        )?;
        body.serialize_entry("error_type", &row.error_type)?;
        if let RejectionKind::LoginTypeMismatch { expected, actual } = self.reason {
            body.serialize_entry("expected_type", expected)?;
            body.serialize_entry("actual_type", actual)?;
        }
        if let RejectionKind::RateLimited { .. } = self.reason {
            body.serialize_entry("retry_after", &self.reason.retry_after())?;
        }
        body.end()
    }
}

/// Returns the title of a problem without a type of its own ([RFC 9457, section
/// 4.2.1](https://www.rfc-editor.org/rfc/rfc9457#section-4.2.1)).
fn reason_phrase(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        410 => "Gone",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        423 => "Locked",
        428 => "Precondition Required",
        429 => "Too Many Requests",
        503 => "Service Unavailable",
        ..500 => "Client Error",
        _ => "Server Error",
    }
}

/// Names the scopes that the grammar can express; it has no form for an empty list.
fn insufficient_scope(required: &[String]) -> String {
    let scopes: Vec<&str> = required
        .iter()
        .map(String::as_str)
        .filter(|scope| is_scope(scope))
        .collect();
    let scope = match scopes.join(" ") {
        none if none.is_empty() => none,
        some => format!(", scope=\"{some}\""),
    };
    format!("Bearer error=\"insufficient_scope\"{scope}")
}

/// Returns whether the text is a `scope-token` of [RFC 6749, section
/// 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3).
fn is_scope(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'))
}

#[cfg(test)]
mod tests;
