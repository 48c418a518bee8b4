//! Handlers that take the body. Without a framework they collect it by themselves.

use std::convert::Infallible;
use std::future::Future;

use handstamp::error::{BodyError, Rejection};
use handstamp::{Auth, RequestHead as _};
use handstamp_tower::{Head, access_with_body, refresh_with_body, refuse};
use http::request::Parts;
use http::{Response, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use serde::Deserialize;
use serde::de::IgnoredAny;
use tower::service_fn;

use super::{HttpRequest, Route, boxed, with_cookies};

type Answer = Result<Response<String>, Refusal>;

/// A handler that takes the body, up to a limit.
pub(super) fn route<F>(auth: &Auth, answer: fn(Auth, Parts, Vec<u8>) -> F) -> Route
where
    F: Future<Output = Answer> + Send + 'static,
{
    let auth = auth.clone();
    let service = service_fn(move |request: HttpRequest| {
        let auth = auth.clone();
        let (parts, body) = request.into_parts();
        async move {
            let Ok(body) = Limited::new(body, 64 * 1024).collect().await else {
                return Ok(plain(StatusCode::PAYLOAD_TOO_LARGE, String::new()));
            };
            let answer = answer(auth, parts, body.to_bytes().into());
            Ok::<_, Infallible>(match answer.await {
                Ok(response) => response,
                Err(Refusal::Token(rejection)) => refuse(rejection),
                Err(Refusal::Content(error)) => {
                    let status = StatusCode::from_u16(error.status()).expect("it is one");
                    plain(status, error.to_string())
                }
            })
        }
    });
    boxed(service)
}

fn plain(status: StatusCode, text: String) -> Response<String> {
    let response = Response::builder()
        .status(status)
        .header("content-type", "text/plain; charset=utf-8");
    response.body(text).expect("it is well-formed")
}

#[derive(Deserialize)]
struct Post {
    title: String,
    #[serde(default)]
    tag: Vec<String>,
}

pub(super) async fn json(auth: Auth, parts: Parts, body: Vec<u8>) -> Answer {
    let request = Head::from(&parts).with_body(&body);
    let token = access_with_body(&auth, &parts, &request).await?;
    let post: Post = request.body().json()?;
    Ok(Response::new(format!("{} {}", token.subject(), post.title)))
}

pub(super) async fn form(auth: Auth, parts: Parts, body: Vec<u8>) -> Answer {
    let request = Head::from(&parts).with_body(&body);
    let token = access_with_body(&auth, &parts, &request).await?;
    let post: Post = request.body().form()?;
    let tags = post.tag.iter().map(|tag| format!(" #{tag}"));
    let files = request.body().files().map(|file| {
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

pub(super) async fn refresh_json(auth: Auth, parts: Parts, body: Vec<u8>) -> Answer {
    let request = Head::from(&parts).with_body(&body);
    let token = refresh_with_body(&auth, &parts, &request).await?;
    let IgnoredAny = request.body().json()?;
    Ok(Response::new(token.subject().to_owned()))
}

pub(super) async fn log_out_body(auth: Auth, parts: Parts, body: Vec<u8>) -> Answer {
    let request = Head::from(&parts).with_body(&body);
    let log_out = auth.authenticate_log_out(&request)?;
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
