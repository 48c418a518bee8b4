//! What a handler answers instead of its result.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Any error, for the log.
pub(crate) type AnyError = Box<dyn std::error::Error + Send + Sync>;

pub(crate) enum ApiError {
    /// Whatever handstamp refuses. It is a response already.
    Auth(handstamp_axum::Error),
    /// Of a user who is logged in, who stays so: 401 would say the contrary.
    WrongPassword,
    NameTaken,
    LinkIsOver,
    Forbidden,
    NotFound,
    /// Too many passwords at once.
    Busy,
    /// A mistake of ours, or a database that is down. The client learns no detail.
    Internal(AnyError),
}

/// The body has a code for script and a message for people, as those of handstamp have.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, code, message) = match self {
            Self::Auth(error) => return error.into_response(),
            Self::WrongPassword => (
                StatusCode::FORBIDDEN,
                "wrong_password",
                "The current password is another one",
            ),
            Self::NameTaken => (
                StatusCode::CONFLICT,
                "name_taken",
                "This name or address is taken",
            ),
            Self::LinkIsOver => (
                StatusCode::GONE,
                "link_is_over",
                "This link works no longer",
            ),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden", "You may not do that"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", "There is no such user"),
            Self::Busy => {
                let later = [(header::RETRY_AFTER, "1")];
                let body = json!({"code": "busy", "message": "Try again in a moment"});
                return (StatusCode::SERVICE_UNAVAILABLE, later, Json(body)).into_response();
            }
            Self::Internal(error) => {
                tracing::error!(%error, "a handler failed");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal",
                    "The service has failed",
                )
            }
        };
        (status, Json(json!({"code": code, "message": message}))).into_response()
    }
}

/// For `?` on everything that `Auth` does.
impl From<handstamp_axum::Error> for ApiError {
    fn from(error: handstamp_axum::Error) -> Self {
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
