//! JSON bodies of requests.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRef, FromRequest, Request};
use axum::http::StatusCode;
use handstamp_axum::handstamp::error::BodyError;
use handstamp_axum::{Auth, Error};
use serde::de::DeserializeOwned;

/// Extracts a JSON body.
pub(super) struct JsonBody<T>(pub(super) T);

impl<T, S> FromRequest<S> for JsonBody<T>
where
    T: DeserializeOwned,
    Auth: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        match Json::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) => Err(Auth::from_ref(state).refuse_body(reason(&rejection))),
        }
    }
}

/// The words of axum name fields, and may repeat what was sent.
fn reason(rejection: &JsonRejection) -> BodyError {
    match rejection {
        JsonRejection::MissingJsonContentType(_) => BodyError::MediaType {
            expected: &["application/json"],
        },
        JsonRejection::JsonDataError(error) => BodyError::Shape(error.body_text()),
        other if other.status() == StatusCode::PAYLOAD_TOO_LARGE => BodyError::TooLarge,
        other => BodyError::Malformed(other.body_text()),
    }
}
