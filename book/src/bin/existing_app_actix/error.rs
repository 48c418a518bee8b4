//! What a handler answers instead of its result.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;

/// Any error, for the log.
pub(crate) type AnyError = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug)]
pub(crate) enum ApiError {
    /// Whatever handstamp refuses. It is a response already.
    Auth(handstamp_actix::Error),
    /// Of a user who is logged in, who stays so: 401 would say the contrary.
    WrongPassword,
    NameTaken,
    Forbidden,
    NotFound,
    /// Too many passwords at once.
    Busy,
    /// A mistake of ours, or a database that is down. The client learns no detail.
    Internal(AnyError),
}

impl ApiError {
    /// The code is for script, the message for people.
    fn code_and_message(&self) -> (&'static str, &'static str) {
        match self {
            Self::Auth(_) => ("auth", "handstamp refuses the request"),
            Self::WrongPassword => ("wrong_password", "The current password is another one"),
            Self::NameTaken => ("name_taken", "This name or address is taken"),
            Self::Forbidden => ("forbidden", "You may not do that"),
            Self::NotFound => ("not_found", "There is no such user"),
            Self::Busy => ("busy", "Try again in a moment"),
            Self::Internal(_) => ("internal", "The service has failed"),
        }
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Auth(error) => error.status_code(),
            Self::WrongPassword | Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NameTaken => StatusCode::CONFLICT,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The body has `code` and `message`, as those of handstamp have.
    fn error_response(&self) -> HttpResponse {
        let (code, message) = self.code_and_message();
        let mut response = HttpResponse::build(self.status_code());
        match self {
            Self::Auth(error) => return error.error_response(),
            Self::Internal(error) => tracing::error!(%error, "a handler failed"),
            Self::Busy => _ = response.insert_header((RETRY_AFTER, "1")),
            _ => {}
        }
        response.json(json!({"code": code, "message": message}))
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auth(error) => error.fmt(f),
            Self::Internal(error) => error.fmt(f),
            other => f.write_str(other.code_and_message().1),
        }
    }
}

/// For `?` on everything that `Auth` does.
impl From<handstamp_actix::Error> for ApiError {
    fn from(error: handstamp_actix::Error) -> Self {
        Self::Auth(error)
    }
}

impl From<sqlx::Error> for ApiError {
    fn from(error: sqlx::Error) -> Self {
        Self::Internal(error.into())
    }
}

impl From<AnyError> for ApiError {
    fn from(error: AnyError) -> Self {
        Self::Internal(error)
    }
}
