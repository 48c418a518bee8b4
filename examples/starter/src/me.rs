//! Who is logged in, for the page.

use axum::Json;
use handstamp_axum::Current;
use serde_json::{Value, json};

use crate::users::User;

pub async fn me(Current(user): Current<User>) -> Json<Value> {
    Json(json!({"id": user.id, "name": user.name, "role": user.role}))
}
