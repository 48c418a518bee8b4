//! A body of JSON without a token, for log-ins. What is wrong with it is refused as everything else
//! is, by a problem document; axum's own `Json` answers with plain text.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRef, FromRequest, Request};
use handstamp_axum::handstamp::error::BodyError;
use handstamp_axum::handstamp::openapi::Demand;
use handstamp_axum::{Auth, Demands, Error};
use serde::de::DeserializeOwned;

pub(crate) struct JsonBody<T>(pub(crate) T);

impl<S, T> FromRequest<S> for JsonBody<T>
where
    Auth: FromRef<S>,
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let body = Json::from_request(request, state).await;
        match body {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) => Err(Auth::from_ref(state).refuse_body(problem(&rejection))),
        }
    }
}

fn problem(rejection: &JsonRejection) -> BodyError {
    let text = rejection.body_text();
    match rejection.status().as_u16() {
        413 => BodyError::TooLarge,
        415 => BodyError::MediaType {
            expected: &["application/json"],
        },
        422 => BodyError::Shape(text),
        _ => BodyError::Malformed(text),
    }
}

/// For the description: `routes!(log_in).taking::<JsonBody<Credentials>>(&auth)`.
impl<T> Demands for JsonBody<T> {
    fn demands() -> Demand {
        Demand::body()
    }
}
