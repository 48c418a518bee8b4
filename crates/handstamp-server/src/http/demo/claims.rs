//! The claims of the tokens that a browser sends, which its script cannot read.

use axum::Json;
use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use handstamp_axum::Auth;
use handstamp_axum::purpose::{Access, Refresh};
use serde_json::{Value, json};

use crate::http::cookies;
use crate::storage::clock::now;

/// Returns the claims of both tokens as they are written, without verifying them, and the time of
/// the server in seconds.
pub(super) fn claims(auth: &Auth, headers: &HeaderMap) -> Json<Value> {
    let of = |name| cookies::values(headers, name).find_map(payload);
    Json(json!({
        "now": now().as_secs(),
        "access": of(auth.config().names::<Access>().cookie),
        "refresh": of(auth.config().names::<Refresh>().cookie),
    }))
}

/// Returns the payload of a token, which nothing has verified.
pub(super) fn payload(token: &str) -> Option<Value> {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&bytes).ok().filter(Value::is_object)
}
