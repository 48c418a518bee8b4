use std::error::Error;
use std::fmt;

use axum_core::extract::rejection::BytesRejection;
use axum_core::response::{IntoResponse, Response};
use handstamp::error::BodyError;
use http::StatusCode;

use crate::Rejection;

/// Why a request was refused whose body was read, as a response. The token is judged before the content: whoever is refused
/// for it learns nothing about what the route takes.
///
/// A page that answers in HTML takes the extractor as a `Result`, and looks at what went wrong:
///
/// ```
/// # use axum::response::{Html, IntoResponse, Redirect, Response};
/// # use handstamp_axum::{AccessForm, BodyRejection};
/// # #[derive(serde::Deserialize)]
/// # struct NewPost { title: String }
/// async fn create(form: Result<AccessForm<NewPost>, BodyRejection>) -> Response {
///     match form {
///         Ok(AccessForm { token, form, .. }) => Html(format!("{} wrote", token.subject())).into_response(),
///         Err(BodyRejection::Token(rejection)) if rejection.status() == 401 => Redirect::to("/log-in").into_response(),
///         Err(rejection) => (rejection.status(), Html("<p>Reload the page, and try again.")).into_response(),
///     }
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum BodyRejection {
    /// The token, or its CSRF value.
    Token(Rejection),
    /// The body could not be read to its end: it is over axum's limit, or the client went away.
    Unreadable(BytesRejection),
    /// The body is not what the route takes.
    Content(BodyError),
}

impl BodyRejection {
    /// The status of the response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        let status = match self {
            Self::Token(rejection) => rejection.status(),
            Self::Unreadable(rejection) => return rejection.status(),
            Self::Content(error) => error.status(),
        };
        StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST)
    }
}

impl From<Rejection> for BodyRejection {
    fn from(rejection: Rejection) -> Self {
        Self::Token(rejection)
    }
}

impl From<handstamp::error::Rejection> for BodyRejection {
    fn from(rejection: handstamp::error::Rejection) -> Self {
        Self::Token(rejection.into())
    }
}

impl From<BytesRejection> for BodyRejection {
    fn from(rejection: BytesRejection) -> Self {
        Self::Unreadable(rejection)
    }
}

impl From<BodyError> for BodyRejection {
    fn from(error: BodyError) -> Self {
        Self::Content(error)
    }
}

impl IntoResponse for BodyRejection {
    fn into_response(self) -> Response {
        let status = self.status();
        match self {
            Self::Token(rejection) => rejection.into_response(),
            Self::Unreadable(rejection) => rejection.into_response(),
            Self::Content(error) => (status, error.to_string()).into_response(),
        }
    }
}

impl fmt::Display for BodyRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(rejection) => rejection.fmt(f),
            Self::Unreadable(rejection) => rejection.fmt(f),
            Self::Content(error) => error.fmt(f),
        }
    }
}

impl Error for BodyRejection {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Token(rejection) => rejection.source(),
            Self::Unreadable(rejection) => rejection.source(),
            Self::Content(error) => error.source(),
        }
    }
}
