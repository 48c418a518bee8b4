use std::fmt;
use std::ops::Deref;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, ContentType, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use handstamp::error::{AuthError, BodyError, ClaimsError, IssueError, StoreError};

/// A request that was refused, as a response: [`handstamp::error::Rejection`].
///
/// Whether a handler, an extractor or a middleware refused: for logs and metrics, the response has
/// this one as its error, `response.error().and_then(|error| error.as_error::<Rejection>())`, and
/// the core's `Rejection` among its extensions.
#[derive(Debug, Clone)]
pub struct Rejection(handstamp::error::Rejection);

impl Deref for Rejection {
    type Target = handstamp::error::Rejection;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl From<handstamp::error::Rejection> for Rejection {
    fn from(rejection: handstamp::error::Rejection) -> Self {
        Self(rejection)
    }
}

impl ResponseError for Rejection {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::UNAUTHORIZED)
    }

    fn error_response(&self) -> HttpResponse {
        let body = BoxBody::new(self.0.body());
        let mut response = HttpResponse::with_body(self.status_code(), body);
        for (name, value) in self.0.headers() {
            // Challenges hold what RFC 6749 allows in a scope, all of it visible ASCII, so the
            // value is always made.
            if let Ok(value) = HeaderValue::from_str(&value) {
                response
                    .headers_mut()
                    .insert(HeaderName::from_static(name), value);
            }
        }
        response.extensions_mut().insert(self.0.clone());
        response
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Rejection {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

/// Every error of handstamp that a handler may return, as a response. `?` makes it from each of
/// them.
///
/// An application with an error of its own needs one `From`:
///
/// ```
/// use std::fmt;
///
/// use actix_web::http::StatusCode;
/// use actix_web::{HttpResponse, Responder, ResponseError};
/// use handstamp_actix::{Auth, ClientInfo};
///
/// #[derive(Debug)]
/// enum ApiError {
///     Auth(handstamp_actix::Error),
///     WrongPassword,
/// }
///
/// impl From<handstamp_actix::Error> for ApiError {
///     fn from(error: handstamp_actix::Error) -> Self {
///         Self::Auth(error)
///     }
/// }
///
/// impl ResponseError for ApiError {
///     fn error_response(&self) -> HttpResponse {
///         match self {
///             Self::Auth(error) => error.error_response(),
///             Self::WrongPassword => HttpResponse::new(StatusCode::UNAUTHORIZED),
///         }
///     }
/// }
///
/// impl fmt::Display for ApiError {
///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         match self {
///             Self::Auth(error) => error.fmt(f),
///             Self::WrongPassword => f.write_str("wrong password"),
///         }
///     }
/// }
///
/// async fn login(auth: Auth, client: ClientInfo) -> Result<impl Responder, ApiError> {
///     # let password_is_right = true;
///     if !password_is_right {
///         return Err(ApiError::WrongPassword);
///     }
///     let tokens = auth.log_in("user1", client).await?;
///     Ok(auth.set_cookies(&tokens)?)
/// }
/// ```
///
/// A page that answers in HTML takes an extractor as an `actix_web::Result`, and looks at the
/// error's `as_error::<Rejection>()`, or at `as_error::<Error>()` for a body that does not fit.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The request is refused, for its token or CSRF value, or as the store does not answer.
    Rejected(Rejection),
    /// A token or cookie cannot be made: 500 without detail. The log has it: the program is wrong,
    /// not the request.
    Issue(IssueError),
    /// The claims of a token are not what the handler reads: 500 without detail, and the log has
    /// it.
    Claims(ClaimsError),
    /// The body is not what the route takes: 400, 415 or 422, in words.
    Body(BodyError),
    /// A store that the application asks by itself does not answer: 503 without detail, and the log
    /// has it.
    Store(StoreError),
}

impl Error {
    fn inner(&self) -> &(dyn std::error::Error + 'static) {
        match self {
            Self::Rejected(error) => error,
            Self::Issue(error) => error,
            Self::Claims(error) => error,
            Self::Body(error) => error,
            Self::Store(error) => error,
        }
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        let status = match self {
            Self::Rejected(rejection) => rejection.status(),
            Self::Issue(_) | Self::Claims(_) => 500,
            Self::Body(error) => error.status(),
            Self::Store(_) => 503,
        };
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::Rejected(rejection) => rejection.error_response(),
            Self::Body(error) => HttpResponse::build(self.status_code())
                .insert_header((CONTENT_TYPE, ContentType::plaintext()))
                .body(error.to_string()),
            Self::Issue(_) | Self::Claims(_) | Self::Store(_) => {
                tracing::error!(error = %self, "a handler failed");
                HttpResponse::new(self.status_code())
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.inner(), f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.inner().source()
    }
}

impl From<handstamp::error::Rejection> for Error {
    fn from(rejection: handstamp::error::Rejection) -> Self {
        Self::Rejected(rejection.into())
    }
}

impl From<AuthError> for Error {
    fn from(error: AuthError) -> Self {
        error.rejection().map_or_else(Self::Issue, Self::from)
    }
}

macro_rules! from {
    ($($error:ty => $variant:ident),+ $(,)?) => {$(
        impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        }
    )+};
}

from! {
    Rejection => Rejected,
    IssueError => Issue,
    ClaimsError => Claims,
    BodyError => Body,
    StoreError => Store,
}

/// The programmer did not give the application what an extractor looks for: 500 without detail. The
/// log was told what.
#[derive(Debug)]
pub(crate) struct NoData;

impl ResponseError for NoData {
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

impl fmt::Display for NoData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the application's data lacks something")
    }
}
