//! Whatever a handler may answer instead of its result.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::notes::NOTES_PER_USER;

pub enum Error {
    /// handstamp refuses the request, or could not do what it was asked.
    Auth(handstamp_axum::Error),
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
    Body(JsonRejection),
    /// Too many passwords are being compared.
    Busy,
    Database(sqlx::Error),
    /// A mistake of ours. The client learns nothing of it, the log all.
    Internal(String),
}

impl Error {
    pub fn internal(error: impl std::fmt::Display) -> Self {
        Self::Internal(error.to_string())
    }
}

/// The body has the members `code` and `message`, as those of handstamp's own refusals have.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, code, message) = match self {
            Self::Auth(error) => return error.into_response(),
            Self::WrongCredentials => {
                let message = "Wrong user name or password";
                (
                    StatusCode::UNAUTHORIZED,
                    "invalid_credentials",
                    message.into(),
                )
            }
            // Not 401: the user is logged in, and nothing has to be refreshed.
            Self::WrongPassword => (
                StatusCode::FORBIDDEN,
                "wrong_password",
                "Wrong password".into(),
            ),
            Self::LogInAgain => {
                let message = "The password was changed. Log in with the new one in a moment";
                return unavailable("log_in_again", message);
            }
            Self::NotAllowed => (
                StatusCode::FORBIDDEN,
                "not_allowed",
                "You may not do that".into(),
            ),
            Self::NameTaken => (
                StatusCode::CONFLICT,
                "name_taken",
                "This user name is taken".into(),
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "not_found",
                "There is no such thing".into(),
            ),
            Self::TooManyNotes => {
                let message = format!("You have {NOTES_PER_USER} notes: remove one first");
                (StatusCode::CONFLICT, "too_many_notes", message)
            }
            Self::TooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "too_slow",
                "The request took too long".into(),
            ),
            Self::ForwardedFor => (
                StatusCode::BAD_REQUEST,
                "invalid_forwarded_for",
                "X-Forwarded-For does not end with an IP address".into(),
            ),
            Self::Body(rejection) => (rejection.status(), "invalid_body", rejection.body_text()),
            Self::Busy => return unavailable("busy", TRY_AGAIN),
            Self::Database(error) => {
                tracing::error!(%error, "the database failed");
                return unavailable("unavailable", TRY_AGAIN);
            }
            Self::Internal(error) => {
                tracing::error!(error, "a handler failed");
                let message = "The service has failed".to_owned();
                (StatusCode::INTERNAL_SERVER_ERROR, "internal", message)
            }
        };
        tracing::info!(code, "refused");
        (status, Json(json!({"code": code, "message": message}))).into_response()
    }
}

fn unavailable(code: &str, message: &str) -> Response {
    tracing::info!(code, "refused");
    let body = json!({"code": code, "message": message});
    let retry_after = [(header::RETRY_AFTER, "1")];
    (StatusCode::SERVICE_UNAVAILABLE, retry_after, Json(body)).into_response()
}

/// For `?` on whatever `Auth` does.
impl From<handstamp_axum::Error> for Error {
    fn from(error: handstamp_axum::Error) -> Self {
        Self::Auth(error)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

const TRY_AGAIN: &str = "Try again in a moment";
