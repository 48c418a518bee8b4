//! JSON bodies of requests.

use axum::Json;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Extracts a JSON body. An invalid one is answered in JSON too, for the page to show.
pub(super) struct JsonBody<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = (StatusCode, [(HeaderName, &'static str); 1], Json<Value>);

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        match Json::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) => {
                // It names fields, and may repeat what was sent.
                let body = json!({"message": rejection.body_text()});
                Err((
                    rejection.status(),
                    [(CACHE_CONTROL, "no-store")],
                    Json(body),
                ))
            }
        }
    }
}
