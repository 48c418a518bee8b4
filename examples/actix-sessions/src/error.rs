//! Whatever a handler may answer instead of its result.

use std::fmt;

use actix_web::error::JsonPayloadError;
use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;

use crate::notes::NOTES_PER_USER;

#[derive(Debug)]
pub enum Error {
    /// handstamp refuses the request, or could not do what it was asked.
    Auth(handstamp_actix::Error),
    WrongCredentials,
    WrongPassword,
    /// The password was changed, and then sessions could not be ended or begun.
    LogInAgain,
    NotAllowed,
    NameTaken,
    NotFound,
    TooManyNotes,
    /// The body or the handler took too long.
    TooSlow,
    /// The last element of `X-Forwarded-For` is no address.
    ForwardedFor,
    /// The body is not what the route takes.
    Body(JsonPayloadError),
    /// Too many passwords are being compared.
    Busy,
    Database(sqlx::Error),
    /// A mistake of ours. The client learns nothing of it, the log all.
    Internal(String),
}

impl Error {
    pub fn internal(error: impl fmt::Display) -> Self {
        Self::Internal(error.to_string())
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Auth(error) => error.status_code(),
            Self::WrongCredentials => StatusCode::UNAUTHORIZED,
            // Not 401: the user is logged in, and nothing has to be refreshed.
            Self::WrongPassword | Self::NotAllowed => StatusCode::FORBIDDEN,
            Self::NameTaken | Self::TooManyNotes => StatusCode::CONFLICT,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::ForwardedFor => StatusCode::BAD_REQUEST,
            Self::Body(JsonPayloadError::ContentType) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Body(JsonPayloadError::Deserialize(error)) if error.is_data() => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::Body(error) => error.status_code(),
            Self::LogInAgain | Self::Busy | Self::Database(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The body has the members `code` and `message`, as those of handstamp's own refusals have.
    fn error_response(&self) -> HttpResponse {
        let (code, message) = match self {
            Self::Auth(error) => return error.error_response(),
            Self::WrongCredentials => ("invalid_credentials", "Wrong user name or password"),
            Self::WrongPassword => ("wrong_password", "Wrong password"),
            Self::LogInAgain => (
                "log_in_again",
                "The password was changed. Log in with the new one in a moment",
            ),
            Self::NotAllowed => ("not_allowed", "You may not do that"),
            Self::NameTaken => ("name_taken", "This user name is taken"),
            Self::NotFound => ("not_found", "There is no such thing"),
            Self::TooManyNotes => (
                "too_many_notes",
                &*format!("You have {NOTES_PER_USER} notes: remove one first"),
            ),
            Self::TooSlow => ("too_slow", "The request took too long"),
            Self::ForwardedFor => (
                "invalid_forwarded_for",
                "X-Forwarded-For does not end with an IP address",
            ),
            Self::Body(error) => ("invalid_body", &*error.to_string()),
            Self::Busy => ("busy", TRY_AGAIN),
            Self::Database(error) => {
                tracing::error!(%error, "the database failed");
                ("unavailable", TRY_AGAIN)
            }
            Self::Internal(error) => {
                tracing::error!(error, "a handler failed");
                ("internal", "The service has failed")
            }
        };
        tracing::info!(code, "refused");
        let mut response = HttpResponse::build(self.status_code());
        if self.status_code() == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header((RETRY_AFTER, "1"));
        }
        response.json(json!({"code": code, "message": message}))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// For `?` on whatever `Auth` does.
impl From<handstamp_actix::Error> for Error {
    fn from(error: handstamp_actix::Error) -> Self {
        Self::Auth(error)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

const TRY_AGAIN: &str = "Try again in a moment";
