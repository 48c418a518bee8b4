//! What a log-in that is refused looks like: as the library's own refusals do.

use std::time::Duration;

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use crate::accounts::log_in::Refusal;
use crate::cli::environment::Environment;

/// The style of refusals, which is a setting.
#[derive(Debug, Clone)]
pub(crate) struct Style {
    is_authx: bool,
    message_key: String,
}

impl Style {
    /// That of an environment which the library has found right.
    pub(crate) fn of(environment: &Environment) -> Self {
        let value = |name| environment.setting(name)?.to_str();
        let style = value("HANDSTAMP_ERROR_STYLE").unwrap_or_default();
        Self {
            is_authx: style.eq_ignore_ascii_case("authx"),
            message_key: value("JWT_ERROR_MESSAGE_KEY")
                .unwrap_or("message")
                .to_owned(),
        }
    }

    pub(crate) fn refuse(&self, refusal: Refusal) -> Response {
        match refusal {
            Refusal::Wrong => {
                let body = Json(json!({"message": "Invalid username or password"}));
                let headers = [(CACHE_CONTROL, "no-store")];
                (StatusCode::UNAUTHORIZED, headers, body).into_response()
            }
            Refusal::RateLimited { retry_after } => self.later(&RATE_LIMITED, retry_after),
            Refusal::Busy => self.later(&BUSY, SOON),
            Refusal::Database(error) => {
                tracing::error!(%error, "the database does not answer");
                self.later(&UNAVAILABLE, SOON)
            }
        }
    }

    /// "Come back later."
    fn later(&self, row: &Row, retry_after: Duration) -> Response {
        // Rounded up: who comes back then is let in.
        let seconds = retry_after.as_millis().div_ceil(1000).max(1);
        let message = row.message.replace("{}", &seconds.to_string());
        let mut members = Vec::new();
        if !self.is_authx {
            members.push(("type", json!("about:blank")));
            members.push(("title", json!(row.status.canonical_reason())));
            members.push(("status", json!(row.status.as_u16())));
            members.push(("code", json!(row.code)));
        }
        members.push((&self.message_key, json!(message)));
        members.push(("error_type", json!(row.error_type)));
        if row.status == StatusCode::TOO_MANY_REQUESTS {
            members.push(("retry_after", json!(seconds)));
        }
        let media_type = if self.is_authx {
            "application/json"
        } else {
            "application/problem+json"
        };
        let headers = [
            (CONTENT_TYPE, media_type.to_owned()),
            (CACHE_CONTROL, "no-store".to_owned()),
            (RETRY_AFTER, seconds.to_string()),
        ];
        (row.status, headers, object(&members)).into_response()
    }
}

/// An object with its members in this order, in which the library has them too.
fn object(members: &[(&str, Value)]) -> String {
    let members: Vec<String> = members
        .iter()
        .map(|(name, value)| format!("{}:{value}", json!(name)))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// A row of the table of refusals.
struct Row {
    code: &'static str,
    error_type: &'static str,
    status: StatusCode,
    /// With `{}` for the seconds.
    message: &'static str,
}

const RATE_LIMITED: Row = Row {
    code: "rate_limited",
    error_type: "RateLimitExceeded",
    status: StatusCode::TOO_MANY_REQUESTS,
    message: "Rate limit exceeded. Retry after {} seconds.",
};
const BUSY: Row = Row {
    code: "busy",
    error_type: "Busy",
    status: StatusCode::SERVICE_UNAVAILABLE,
    message: "Too many log-ins at once; try again",
};
const UNAVAILABLE: Row = Row {
    code: "store_unavailable",
    error_type: "StoreUnavailable",
    status: StatusCode::SERVICE_UNAVAILABLE,
    message: "The database does not answer; try again",
};

const SOON: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::database::DatabaseError;

    async fn body(response: Response) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), 1024)
            .await
            .unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn refusals_look_as_those_of_the_library() {
        let standard = || Style::of(&Environment::from([]));
        let authx = || {
            let settings = [
                ("handstamp_error_style", "authx"),
                ("JWT_ERROR_MESSAGE_KEY", "msg"),
            ];
            Style::of(&Environment::from(settings))
        };
        let minute = Duration::from_millis(59_001);
        for (name, style, refusal, status, retry_after, expected) in [
            (
                "too often",
                standard(),
                Refusal::RateLimited {
                    retry_after: minute,
                },
                429,
                "60",
                r#"{"type":"about:blank","title":"Too Many Requests","status":429,"code":"rate_limited","message":"Rate limit exceeded. Retry after 60 seconds.","error_type":"RateLimitExceeded","retry_after":60}"#,
            ),
            (
                "too often, as AuthX says it",
                authx(),
                Refusal::RateLimited {
                    retry_after: minute,
                },
                429,
                "60",
                r#"{"msg":"Rate limit exceeded. Retry after 60 seconds.","error_type":"RateLimitExceeded","retry_after":60}"#,
            ),
            (
                "at once is never",
                authx(),
                Refusal::RateLimited {
                    retry_after: Duration::ZERO,
                },
                429,
                "1",
                r#"{"msg":"Rate limit exceeded. Retry after 1 seconds.","error_type":"RateLimitExceeded","retry_after":1}"#,
            ),
            (
                "too many",
                standard(),
                Refusal::Busy,
                503,
                "1",
                r#"{"type":"about:blank","title":"Service Unavailable","status":503,"code":"busy","message":"Too many log-ins at once; try again","error_type":"Busy"}"#,
            ),
            (
                "no database",
                authx(),
                Refusal::Database(DatabaseError::Late(Duration::from_secs(2))),
                503,
                "1",
                r#"{"msg":"The database does not answer; try again","error_type":"StoreUnavailable"}"#,
            ),
        ] {
            let response = style.refuse(refusal);
            assert_eq!(response.status(), status, "{name}");
            assert_eq!(response.headers()[RETRY_AFTER], retry_after, "{name}");
            assert_eq!(response.headers()[CACHE_CONTROL], "no-store", "{name}");
            let media_type = &response.headers()[CONTENT_TYPE];
            let is_problem = media_type == "application/problem+json";
            assert_eq!(
                is_problem,
                expected.contains("about:blank"),
                "{name}: {media_type:?}"
            );
            assert_eq!(body(response).await, expected, "{name}");
        }
    }

    #[tokio::test]
    async fn wrong_credentials_are_401() {
        let response = Style::of(&Environment::from([])).refuse(Refusal::Wrong);
        assert_eq!(response.status(), 401);
        assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
        assert_eq!(
            body(response).await,
            r#"{"message":"Invalid username or password"}"#
        );
    }
}
