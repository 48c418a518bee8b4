//! Pages that show who is logged in, and what a handler can say of their storage.

use axum::Json;
use axum::http::HeaderName;
use axum::http::header::CACHE_CONTROL;
use axum::response::Html;
use handstamp_axum::{Access, Visitor};
use serde_json::{Value, json};

use crate::form::escape;

/// Is shown to anyone, and greets those who are logged in.
pub(crate) async fn public(visitor: Visitor) -> Json<Value> {
    let code = visitor.rejection().map(|rejection| rejection.code());
    let user = visitor.into_token().map(|token| token.subject().to_owned());
    Json(json!({"user": user, "code": code}))
}

/// Is the same for all, and fetches the name from the path `data` of the query.
pub(crate) async fn shell() -> Html<&'static str> {
    Html(SHELL)
}

/// As [`shell`], but browsers must not store what it shows.
pub(crate) async fn unstored_shell() -> (StorageRule, Html<&'static str>) {
    (UNSTORED, shell().await)
}

/// Has the name in it.
pub(crate) async fn profile(token: Access) -> Html<String> {
    let user = escape(token.subject());
    Html(format!(r#"<title>profile</title><p id="user">{user}</p>"#))
}

/// As [`profile`], by a handler that allows browsers to store it.
pub(crate) async fn cached_profile(token: Access) -> (StorageRule, Html<String>) {
    (STORED, profile(token).await)
}

type StorageRule = [(HeaderName, &'static str); 1];

const UNSTORED: StorageRule = [(CACHE_CONTROL, "no-store")];

const STORED: StorageRule = [(CACHE_CONTROL, "private, max-age=600")];

const SHELL: &str = r#"<title>shell</title><p id="user"></p>
<script>
  const data = new URLSearchParams(location.search).get('data');
  fetch(data)
    .then((answer) => answer.json())
    .then(({ user, code }) => (document.querySelector('#user').textContent = user ?? code));
</script>"#;
