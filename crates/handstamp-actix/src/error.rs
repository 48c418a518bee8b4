use std::fmt;
use std::ops::Deref;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};

/// A request that was refused, as a response: [`handstamp::error::Rejection`].
///
/// Whether a handler, an extractor or a middleware refused: for logs and metrics, the response has this one as its error,
/// `response.error().and_then(|error| error.as_error::<Rejection>())`, and the core's `Rejection` among its extensions.
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
            // Challenges hold what RFC 6749 allows in a scope, all of it visible ASCII, so the value is always made.
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

/// A token or cookie could not be made, as a response: 500 without detail. The log has it: the program is wrong, not
/// the request.
#[derive(Debug)]
pub struct IssueError(handstamp::error::IssueError);

impl Deref for IssueError {
    type Target = handstamp::error::IssueError;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl From<handstamp::error::IssueError> for IssueError {
    fn from(error: handstamp::error::IssueError) -> Self {
        Self(error)
    }
}

impl ResponseError for IssueError {
    fn error_response(&self) -> HttpResponse {
        issue_error(&self.0)
    }
}

impl fmt::Display for IssueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for IssueError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

/// Why somebody cannot be logged in, or a session not be refreshed, as a response: a [`Rejection`]'s, or an
/// [`IssueError`]'s. Errors of both kinds become one by `?`.
#[derive(Debug)]
pub struct AuthError(handstamp::error::AuthError);

impl Deref for AuthError {
    type Target = handstamp::error::AuthError;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<E: Into<handstamp::error::AuthError>> From<E> for AuthError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl From<Rejection> for handstamp::error::AuthError {
    fn from(rejection: Rejection) -> Self {
        rejection.0.into()
    }
}

impl From<IssueError> for handstamp::error::AuthError {
    fn from(error: IssueError) -> Self {
        error.0.into()
    }
}

impl ResponseError for AuthError {
    fn status_code(&self) -> StatusCode {
        match &self.0 {
            handstamp::error::AuthError::Rejected(rejection) => {
                Rejection(rejection.clone()).status_code()
            }
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        match &self.0 {
            handstamp::error::AuthError::Rejected(rejection) => {
                Rejection(rejection.clone()).error_response()
            }
            handstamp::error::AuthError::Issue(error) => issue_error(error),
            other => {
                tracing::error!(error = %other, "nobody could be logged in");
                HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}

fn issue_error(error: &handstamp::error::IssueError) -> HttpResponse {
    tracing::error!(%error, "no token or cookie could be made");
    HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR)
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for AuthError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

/// The programmer did not give the application what an extractor looks for: 500 without detail. The log was told what.
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
