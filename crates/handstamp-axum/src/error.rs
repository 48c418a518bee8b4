use std::fmt;
use std::ops::Deref;

use axum_core::extract::rejection::BytesRejection;
use axum_core::response::{IntoResponse, Response};
use handstamp::error::{AuthError, BodyError, ClaimsError, IssueError, StoreError};
use http::StatusCode;

/// A rejected request, as a response: [`handstamp::error::Rejection`].
///
/// That response has the core's `Rejection`, not this one, among its extensions, for logs and
/// metrics: `response.extensions().get::<handstamp_axum::handstamp::error::Rejection>()`.
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

/// Any error of handstamp that a handler may return, as a response. `?` converts each of them into
/// it.
///
/// An application with its own error type needs one `From`:
///
/// ```
/// use axum::extract::State;
/// use axum::http::StatusCode;
/// use axum::response::{IntoResponse, Response};
/// use handstamp_axum::{Auth, ClientInfo};
///
/// enum ApiError {
///     Auth(handstamp_axum::Error),
///     WrongPassword,
/// }
///
/// impl From<handstamp_axum::Error> for ApiError {
///     fn from(error: handstamp_axum::Error) -> Self {
///         Self::Auth(error)
///     }
/// }
///
/// impl IntoResponse for ApiError {
///     fn into_response(self) -> Response {
///         match self {
///             Self::Auth(error) => error.into_response(),
///             Self::WrongPassword => StatusCode::UNAUTHORIZED.into_response(),
///         }
///     }
/// }
///
/// async fn login(State(auth): State<Auth>, client: ClientInfo) -> Result<impl IntoResponse, ApiError> {
///     # let password_is_right = true;
///     if !password_is_right {
///         return Err(ApiError::WrongPassword);
///     }
///     let tokens = auth.log_in("user1", client).await?;
///     Ok(auth.set_cookies(&tokens)?)
/// }
/// ```
///
/// A handler that responds with HTML takes an extractor as a `Result`, and matches the error:
///
/// ```
/// # use axum::response::{Html, IntoResponse, Redirect, Response};
/// # use handstamp_axum::{AccessForm, Error};
/// # #[derive(serde::Deserialize)]
/// # struct NewPost { title: String }
/// async fn create(form: Result<AccessForm<NewPost>, Error>) -> Response {
///     match form {
///         Ok(AccessForm { token, form, .. }) => Html(format!("{} wrote", token.subject())).into_response(),
///         Err(Error::Rejected(rejection)) if rejection.status() == 401 => Redirect::to("/log-in").into_response(),
///         Err(error) => (error.status(), Html("<p>Reload the page, and try again.")).into_response(),
///     }
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The request is rejected, for its token or CSRF value, or because the store does not answer.
    Rejected(Rejection),
    /// A token or cookie cannot be issued: 500 without detail, which goes to the log. The cause is
    /// a bug in the application.
    Issue(IssueError),
    /// The claims of a token do not have the shape that the handler reads: 500 without detail,
    /// which goes to the log.
    Claims(ClaimsError),
    /// The body is not what the route takes: 400, 415 or 422, in words.
    Body(BodyError),
    /// The body could not be read to its end: it is over axum's limit, or the client went away.
    Unreadable(BytesRejection),
    /// A store that the application called itself does not answer: 503 without detail, which goes
    /// to the log.
    Store(StoreError),
}

impl Error {
    /// Returns the status of the response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        let status = match self {
            Self::Rejected(rejection) => rejection.status(),
            Self::Issue(_) | Self::Claims(_) => 500,
            Self::Body(error) => error.status(),
            Self::Unreadable(rejection) => return rejection.status(),
            Self::Store(_) => 503,
        };
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn inner(&self) -> &(dyn std::error::Error + 'static) {
        match self {
            Self::Rejected(error) => error,
            Self::Issue(error) => error,
            Self::Claims(error) => error,
            Self::Body(error) => error,
            Self::Unreadable(error) => error,
            Self::Store(error) => error,
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = self.status();
        match self {
            Self::Rejected(rejection) => rejection.into_response(),
            Self::Unreadable(rejection) => rejection.into_response(),
            Self::Body(error) => (status, error.to_string()).into_response(),
            Self::Issue(_) | Self::Claims(_) | Self::Store(_) => {
                tracing::error!(error = %self, "a handler failed");
                status.into_response()
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
    BytesRejection => Unreadable,
    StoreError => Store,
}
