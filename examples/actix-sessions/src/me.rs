//! Who is logged in, for the page.

use actix_web::web;
use handstamp_actix::Current;
use serde_json::{Value, json};

use crate::app::App;
use crate::users::User;

pub async fn me(user: Current<User, App>) -> web::Json<Value> {
    web::Json(json!({"id": user.id, "name": user.name, "role": user.role}))
}
