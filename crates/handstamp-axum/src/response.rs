use std::fmt;
use std::ops::Deref;
use std::time::Duration;

use axum_core::response::{IntoResponse, IntoResponseParts, Response, ResponseParts};
use http::StatusCode;

/// The `Set-Cookie` lines of a response: a response part. Several in one response add up; for one cookie the last part
/// counts.
///
/// It is no response by itself: axum puts the last element of a tuple in first, so that the order of such a tuple would
/// not be the order in which cookies are set. Where there is no body, `()` stands for it.
///
/// ```
/// # use axum::extract::State;
/// # use axum::response::IntoResponse;
/// # use handstamp_axum::Auth;
/// async fn log_out(State(auth): State<Auth>) -> impl IntoResponse {
///     (auth.unset_cookies(), ())
/// }
/// ```
///
/// Parts that stand behind it must not undo it: `[(SET_COOKIE, …)]` replaces every line before it, where
/// `AppendHeaders` adds one; and a `Cache-Control` behind it replaces `no-store`.
#[derive(Debug, Clone)]
#[must_use = "cookies that are not part of the response are not set: the user is not logged in, or not out"]
pub struct SetCookies(pub(crate) handstamp::SetCookies);

impl SetCookies {
    /// The browser keeps these cookies this long, also when it is closed: "remember me". At most 400 days.
    pub fn persistent(self, lifetime: Duration) -> Self {
        Self(self.0.persistent(lifetime))
    }

    /// The browser drops these cookies when it is closed.
    pub fn session(self) -> Self {
        Self(self.0.session())
    }
}

impl From<handstamp::SetCookies> for SetCookies {
    fn from(cookies: handstamp::SetCookies) -> Self {
        Self(cookies)
    }
}

impl IntoResponseParts for SetCookies {
    type Error = std::convert::Infallible;

    fn into_response_parts(
        self,
        mut response: ResponseParts,
    ) -> Result<ResponseParts, Self::Error> {
        handstamp_tower::append_cookies(&self.0, response.headers_mut());
        Ok(response)
    }
}

/// A request that was refused, as a response: [`handstamp::error::Rejection`].
///
/// That response has the core's `Rejection`, not this one, among its extensions, for logs and metrics:
/// `response.extensions().get::<handstamp_axum::handstamp::error::Rejection>()`.
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

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        handstamp_tower::refuse(self.0)
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

impl IntoResponse for IssueError {
    fn into_response(self) -> Response {
        tracing::error!(error = %self.0, "no token or cookie could be made");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
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

impl IntoResponse for AuthError {
    fn into_response(self) -> Response {
        match self.0 {
            handstamp::error::AuthError::Rejected(rejection) => {
                Rejection(rejection).into_response()
            }
            handstamp::error::AuthError::Issue(error) => IssueError(error).into_response(),
            other => {
                tracing::error!(error = %other, "nobody could be logged in");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
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
