//! Handlers that take the body. Without a framework the app collects it by itself; here it is there.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;

use handstamp::error::{BodyError, Rejection};
use handstamp::purpose::Purpose;
use handstamp::{Auth, Authenticated, RequestHead as _, Require};
use handstamp_tower::{Head, refuse, verified};
use http::{Response, StatusCode};
use serde::Deserialize;
use serde::de::IgnoredAny;
use tower::service_fn;
use tower::util::BoxCloneSyncService;

use super::{HttpRequest, Route, with_cookies};

/// A handler that takes the body, up to a limit.
pub(super) fn route<F>(auth: &Auth, answer: fn(Auth, HttpRequest) -> F) -> Route
where
    F: Future<Output = Result<Response<String>, Refusal>> + Send + 'static,
{
    let auth = auth.clone();
    let service = service_fn(move |request: HttpRequest| {
        let fits = request.body().len() <= 64 * 1024;
        let answered = fits.then(|| answer(auth.clone(), request));
        async move {
            let Some(answered) = answered else {
                return Ok(plain(StatusCode::PAYLOAD_TOO_LARGE, String::new()));
            };
            Ok::<_, Infallible>(match answered.await {
                Ok(response) => response,
                Err(Refusal::Token(rejection)) => refuse(rejection),
                Err(Refusal::Content(error)) => {
                    let status = StatusCode::from_u16(error.status()).expect("it is one");
                    plain(status, error.to_string())
                }
            })
        }
    });
    BoxCloneSyncService::new(service)
}

fn plain(status: StatusCode, text: String) -> Response<String> {
    let response = Response::builder()
        .status(status)
        .header("content-type", "text/plain; charset=utf-8");
    response.body(text).expect("it is well-formed")
}

/// The token that a layer let in, else that of the request or its body.
async fn token<P: Purpose>(
    auth: &Auth,
    request: &HttpRequest,
    require: Require<P>,
) -> Result<Arc<Authenticated<P>>, Rejection> {
    if let Some(token) = verified(auth, request.extensions()) {
        return Ok(token);
    }
    let whole = Head::from(request).with_body(request.body());
    auth.authenticate(&whole, &require).await.map(Arc::new)
}

#[derive(Deserialize)]
struct Post {
    title: String,
    #[serde(default)]
    tag: Vec<String>,
}

pub(super) async fn json(auth: Auth, request: HttpRequest) -> Result<Response<String>, Refusal> {
    let token = token(&auth, &request, Require::access()).await?;
    let whole = Head::from(&request).with_body(request.body());
    let post: Post = whole.body().json()?;
    Ok(Response::new(format!("{} {}", token.subject(), post.title)))
}

pub(super) async fn form(auth: Auth, request: HttpRequest) -> Result<Response<String>, Refusal> {
    let token = token(&auth, &request, Require::access()).await?;
    let whole = Head::from(&request).with_body(request.body());
    let post: Post = whole.body().form()?;
    let tags = post.tag.iter().map(|tag| format!(" #{tag}"));
    let files = whole.body().files().map(|file| {
        let media_type = file.media_type.unwrap_or_default();
        format!(
            " {}/{}/{media_type}/{}",
            file.field,
            file.name,
            file.content.len()
        )
    });
    let more: String = tags.chain(files).collect();
    Ok(Response::new(format!(
        "{} {}{more}",
        token.subject(),
        post.title
    )))
}

pub(super) async fn refresh_json(
    auth: Auth,
    request: HttpRequest,
) -> Result<Response<String>, Refusal> {
    let token = token(&auth, &request, Require::refresh()).await?;
    let whole = Head::from(&request).with_body(request.body());
    let IgnoredAny = whole.body().json()?;
    Ok(Response::new(token.subject().to_owned()))
}

pub(super) async fn log_out_body(
    auth: Auth,
    request: HttpRequest,
) -> Result<Response<String>, Refusal> {
    let whole = Head::from(&request).with_body(request.body());
    let log_out = auth.authenticate_log_out(&whole)?;
    Ok(with_cookies(&auth.log_out(log_out).await?))
}

/// What may go wrong where a body is read.
pub(super) enum Refusal {
    Token(Rejection),
    Content(BodyError),
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self::Token(rejection)
    }
}

impl From<BodyError> for Refusal {
    fn from(error: BodyError) -> Self {
        Self::Content(error)
    }
}
