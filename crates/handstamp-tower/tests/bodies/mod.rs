//! Handlers that take the body. Without a framework they collect it by themselves.

use std::convert::Infallible;
use std::future::Future;

use handstamp::error::{BodyError, Rejection};
use handstamp::{Auth, RequestHead as _};
use handstamp_tower::{
    Head, access_before_body, drain, log_out_before_body, refresh_before_body, refuse,
};
use http::Response;
use http::request::Parts;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Bytes, Incoming};
use serde::Deserialize;
use serde::de::IgnoredAny;
use tower::service_fn;

use super::{HttpRequest, Route, boxed, with_cookies};

type Answer = Result<Response<String>, Rejection>;

/// A handler that takes the body, up to a limit. It drains what it does not take.
pub(super) fn route<F>(auth: &Auth, answer: fn(Auth, Unread) -> F) -> Route
where
    F: Future<Output = Answer> + Send + 'static,
{
    let auth = auth.clone();
    let service = service_fn(move |request: HttpRequest| {
        let answer = answer(auth.clone(), Unread::from(request));
        async move {
            Ok::<_, Infallible>(match answer.await {
                Ok(response) => response,
                Err(rejection) => refuse(rejection),
            })
        }
    });
    boxed(service)
}

/// A request whose body is not collected yet.
pub(super) struct Unread {
    parts: Parts,
    body: Incoming,
}

impl From<HttpRequest> for Unread {
    fn from(request: HttpRequest) -> Self {
        let (parts, body) = request.into_parts();
        Self { parts, body }
    }
}

impl Unread {
    async fn collect<J>(
        self,
        auth: &Auth,
        judged: Result<J, Rejection>,
    ) -> Result<(J, Parts, Bytes), Rejection> {
        let Self { parts, body } = self;
        match judged {
            Ok(judged) => {
                let body = Limited::new(body, 64 * 1024).collect().await;
                let bytes = body.map_err(|_| auth.refuse_body(BodyError::TooLarge))?;
                let bytes = bytes.to_bytes();
                Ok((judged, parts, bytes))
            }
            Err(rejection) => {
                drain(&parts, body);
                Err(rejection)
            }
        }
    }
}

#[derive(Deserialize)]
struct Post {
    title: String,
    #[serde(default)]
    tag: Vec<String>,
}

pub(super) async fn json(auth: Auth, mut unread: Unread) -> Answer {
    let judged = access_before_body(&auth, &mut unread.parts).await;
    let (awaits_body, parts, bytes) = unread.collect(&auth, judged).await?;
    let request = Head::from(&parts).with_body(&bytes);
    let token = awaits_body.with_body(&request).await?;
    let post = request.body().json();
    let post: Post = post.map_err(|error| auth.refuse_body(error))?;
    Ok(Response::new(format!("{} {}", token.subject(), post.title)))
}

pub(super) async fn form(auth: Auth, mut unread: Unread) -> Answer {
    let judged = access_before_body(&auth, &mut unread.parts).await;
    let (awaits_body, parts, bytes) = unread.collect(&auth, judged).await?;
    let request = Head::from(&parts).with_body(&bytes);
    let token = awaits_body.with_body(&request).await?;
    let post = request.body().form();
    let post: Post = post.map_err(|error| auth.refuse_body(error))?;
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

pub(super) async fn refresh_json(auth: Auth, mut unread: Unread) -> Answer {
    let judged = refresh_before_body(&auth, &mut unread.parts).await;
    let (awaits_body, parts, bytes) = unread.collect(&auth, judged).await?;
    let request = Head::from(&parts).with_body(&bytes);
    let token = awaits_body.with_body(&request).await?;
    let json = request.body().json();
    let IgnoredAny = json.map_err(|error| auth.refuse_body(error))?;
    Ok(Response::new(token.subject().to_owned()))
}

pub(super) async fn log_out_body(auth: Auth, unread: Unread) -> Answer {
    let judged = log_out_before_body(&auth, &unread.parts);
    let log_out = match unread.collect(&auth, judged).await? {
        (Some(log_out), ..) => log_out,
        (None, parts, bytes) => auth.authenticate_log_out(&Head::from(&parts).with_body(&bytes))?,
    };
    Ok(with_cookies(auth.log_out(log_out).await?))
}
