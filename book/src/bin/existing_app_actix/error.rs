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
    InvalidCredentials,
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
    fn code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Auth(error) => (error.status_code(), "auth"),
            Self::InvalidCredentials => (StatusCode::UNAUTHORIZED, "invalid_credentials"),
            Self::WrongPassword => (StatusCode::FORBIDDEN, "wrong_password"),
            Self::NameTaken => (StatusCode::CONFLICT, "name_taken"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.code().0
    }

    fn error_response(&self) -> HttpResponse {
        let (status, code) = self.code();
        let mut response = HttpResponse::build(status);
        match self {
            Self::Auth(error) => return error.error_response(),
            Self::Internal(error) => tracing::error!(%error, "a handler failed"),
            Self::Busy => _ = response.insert_header((RETRY_AFTER, "1")),
            _ => {}
        }
        response.json(json!({"code": code}))
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auth(error) => error.fmt(f),
            Self::Internal(error) => error.fmt(f),
            other => f.write_str(other.code().1),
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
