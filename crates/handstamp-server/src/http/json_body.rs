//! JSON bodies of requests.

use axum::body::Bytes;
use axum::extract::{FromRef, FromRequest, Request};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use handstamp_axum::handstamp::RequestHead as _;
use handstamp_axum::handstamp::error::BodyError;
use handstamp_axum::{Auth, Error, Head};
use serde::de::{DeserializeOwned, IgnoredAny};

/// Extracts a JSON body.
///
/// A refusal does not repeat what was sent, as those of `axum::Json` do: it may be a password, and
/// refusals are logged.
pub(super) struct JsonBody<T>(pub(super) T);

impl<T, S> FromRequest<S> for JsonBody<T>
where
    T: DeserializeOwned,
    Auth: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let auth = Auth::from_ref(state);
        let (parts, body) = request.into_parts();
        // Another media type is refused before the first byte is read.
        let any = Head::from(&parts)
            .with_body(b"{}")
            .body()
            .json::<IgnoredAny>();
        any.map_err(|error| auth.refuse_body(error))?;
        let request = Request::from_parts(parts.clone(), body);
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|rejection| {
            auth.refuse_body(match rejection.into_response().status() {
                StatusCode::PAYLOAD_TOO_LARGE => BodyError::TooLarge,
                _ => BodyError::Malformed("The body ended too early".to_owned()),
            })
        })?;
        let read = Head::from(&parts).with_body(&bytes).body().json();
        Ok(Self(read.map_err(|error| auth.refuse_body(error))?))
    }
}
