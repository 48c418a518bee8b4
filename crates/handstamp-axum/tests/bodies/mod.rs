//! Handlers that take the body.

use axum::extract::State;
use axum::response::IntoResponse;
use handstamp_axum::{AccessForm, AccessJson, Auth, Error, LogOutBody, RefreshJson};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Post {
    title: String,
    #[serde(default)]
    tag: Vec<String>,
}

pub(super) async fn json(AccessJson { token, json: post }: AccessJson<Post>) -> String {
    format!("{} {}", token.subject(), post.title)
}

pub(super) async fn form(request: AccessForm<Post>) -> String {
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

pub(super) async fn refresh_json(RefreshJson { token, .. }: RefreshJson) -> String {
    token.subject().to_owned()
}

pub(super) async fn log_out_body(
    auth: State<Auth>,
    LogOutBody(request): LogOutBody,
) -> Result<impl IntoResponse, Error> {
    super::log_out(auth, request).await
}
