//! Handlers that take the body.

use actix_web::Responder;
use actix_web::web::{PayloadConfig, ServiceConfig};
use handstamp_actix::{AccessForm, AccessJson, Auth, Error, LogOutBody, RefreshJson, Require};
use serde::Deserialize;

use crate::at;

pub(super) fn routes(auth: &Auth, config: &mut ServiceConfig) {
    let strict = || auth.require(Require::access());
    config
        .app_data(PayloadConfig::new(64 * 1024))
        .service(at("/json").to(json))
        .service(at("/form").to(form))
        .service(at("/json-layered").wrap(strict()).to(json))
        .service(at("/form-layered").wrap(strict()).to(form))
        .service(at("/refresh-json").to(refresh_json))
        .service(at("/session/log-out-body").to(log_out));
}

#[derive(Deserialize)]
struct Post {
    title: String,
    #[serde(default)]
    tag: Vec<String>,
}

async fn json(AccessJson { token, json: post }: AccessJson<Post>) -> String {
    format!("{} {}", token.subject(), post.title)
}

async fn form(request: AccessForm<Post>) -> String {
    let AccessForm {
        token,
        form: post,
        files,
    } = request;
    let tags = post.tag.iter().map(|tag| format!(" #{tag}"));
    let files = files.iter().map(|file| {
        let media_type = file.media_type.as_deref().unwrap_or_default();
        format!(
            " {}/{}/{media_type}/{}",
            file.field,
            file.name,
            file.content.len()
        )
    });
    let more: String = tags.chain(files).collect();
    format!("{} {}{more}", token.subject(), post.title)
}

async fn refresh_json(RefreshJson { token, .. }: RefreshJson) -> String {
    token.subject().to_owned()
}

async fn log_out(auth: Auth, LogOutBody(request): LogOutBody) -> Result<impl Responder, Error> {
    Ok(auth.log_out(request).await?.on(""))
}
