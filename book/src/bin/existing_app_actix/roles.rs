//! Two ways to ask for a role: in the token, or looked up.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, HttpRequest};
use handstamp_actix::{Access, Auth, Require};
use serde_json::{Value, json};

use crate::app::CurrentUser;
use crate::error::ApiError;
use crate::users::{User, Users};

pub(crate) fn routes(auth: &Auth) -> impl FnOnce(&mut ServiceConfig) {
    let writers = auth.require(Require::scope("posts:write"));
    move |services| {
        services
            .service(web::resource("/posts").wrap(writers).post(write_post))
            .service(web::resource("/me").get(me))
            .service(web::resource("/admin/users").get(all_users));
    }
}

impl User {
    /// What the tokens of this user may do. It stands in the token, so that no look-up is needed.
    pub(crate) fn scopes(&self) -> Vec<&'static str> {
        match self.role.as_str() {
            "admin" => vec!["posts:read", "posts:write", "users:*"],
            "editor" => vec!["posts:read", "posts:write"],
            _ => vec!["posts:read"],
        }
    }
}

/// Behind `Require::scope("posts:write")`: whose token lacks the scope does not get here.
async fn write_post(token: Access) -> web::Json<Value> {
    web::Json(json!({"written_by": token.subject()}))
}

/// Any user who is logged in.
async fn me(user: CurrentUser) -> web::Json<Value> {
    web::Json(json!({"name": user.name, "email": user.email, "role": user.role}))
}

/// A user who is an administrator at this moment, whatever the token says.
pub(crate) struct Admin(pub(crate) User);

impl FromRequest for Admin {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, body: &mut Payload) -> Self::Future {
        let user = CurrentUser::from_request(request, body);
        Box::pin(async move {
            let user = user.await?.into_inner();
            if user.role != "admin" {
                return Err(ApiError::Forbidden.into());
            }
            Ok(Self(user))
        })
    }
}

/// For administrators only: the argument `Admin` is the check.
async fn all_users(
    Admin(admin): Admin,
    users: web::Data<Users>,
) -> Result<web::Json<Value>, ApiError> {
    tracing::info!(by = admin.id, "all users were shown");
    let users = users.all().await?;
    let shown = users
        .iter()
        .map(|user| json!({"id": user.id, "name": user.name}));
    Ok(web::Json(shown.collect()))
}
