//! What goes wrong, as pages.

use std::fmt;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::pages;

/// Whatever a handler returns with `?`.
#[derive(Debug)]
pub(crate) enum Error {
    /// Of handstamp: a token that is not valid, a store that is down.
    Auth(handstamp_axum::Error),
    WrongCredentials,
    UnfitPassword,
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    pub(crate) fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Auth(error) => error.status(),
            // Not 401, by which a page would be asked to log in first.
            Self::WrongCredentials => StatusCode::FORBIDDEN,
            Self::UnfitPassword => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn words(&self) -> &'static str {
        match self.status() {
            StatusCode::FORBIDDEN if matches!(self, Self::WrongCredentials) => {
                "The address or the password is wrong."
            }
            StatusCode::UNPROCESSABLE_ENTITY => "A password has 8 to 1024 bytes.",
            // Whether it is forged, old or used helps nobody but a thief.
            StatusCode::FORBIDDEN => {
                "This link is no longer valid: it was used, its time is over, or the password was changed since. Ask for a new one."
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                "It is not known whether this was done. Try to log in with the new password, or ask for a new link."
            }
            _ => "Something went wrong here.",
        }
    }
}

impl From<handstamp_axum::Error> for Error {
    fn from(error: handstamp_axum::Error) -> Self {
        Self::Auth(error)
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if let Self::Internal(error) = &self {
            eprintln!("{error}");
        }
        pages::with_status(self.status(), &pages::refused(self.words()))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Internal(error) => error.fmt(f),
            other => f.write_str(other.words()),
        }
    }
}

impl std::error::Error for Error {}
