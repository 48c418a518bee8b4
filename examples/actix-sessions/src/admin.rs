//! What administrators do.

use std::pin::Pin;

use actix_web::dev::{HttpServiceFactory, Payload};
use actix_web::web::{self, Json};
use actix_web::{FromRequest, HttpRequest};
use handstamp_actix::{Auth, Current, NewToken, Require, minutes};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::error::Error;
use crate::roles::Role;
use crate::users::User;

/// The token must have the scope, and its user must have given the password in the last minutes:
/// a page that is refused with `fresh_token_required` asks for it, and sends it to `/confirm`.
pub fn routes(auth: &Auth) -> impl HttpServiceFactory + use<> {
    let require = Require::scope("admin").fresh_within(minutes(10));
    web::scope("/admin")
        .wrap(auth.require(require))
        .service(web::resource("/users").get(list))
        .service(web::resource("/users/{id}/role").put(set_role))
}

async fn list(_: Admin, app: web::Data<App>) -> Result<Json<Value>, Error> {
    let users = app.users.all().await?;
    let shown = users
        .iter()
        .map(|user| json!({"id": user.id, "name": user.name, "role": user.role}));
    Ok(Json(shown.collect()))
}

#[derive(Deserialize)]
struct NewRole {
    role: Role,
}

async fn set_role(
    Admin(admin): Admin,
    app: web::Data<App>,
    id: web::Path<i64>,
    new: Json<NewRole>,
) -> Result<Json<Value>, Error> {
    let (id, role) = (*id, new.role);
    // First the database, then the sessions: a log-in at this moment sees the one or the other.
    let user = app.users.set_role(id, role).await?.ok_or(Error::NotFound)?;
    tracing::info!(by = admin.id, user = id, %role, "a role was changed");
    // No device has to log in again. A refresh that has just read the former role is overruled.
    let change = |token: NewToken| token.scopes(role.scopes());
    app.auth.change_all_sessions(id.to_string(), change).await?;
    Ok(Json(
        json!({"id": user.id, "name": user.name, "role": user.role}),
    ))
}

/// A user who is an administrator now. The scope in the token may be as old as the token, some
/// minutes; for these routes a role that was taken away is gone with the next request.
struct Admin(User);

impl FromRequest for Admin {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = actix_web::Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let user = Current::<User, App>::from_request(request, payload);
        Box::pin(async move {
            let user = user.await?.into_inner();
            match user.role {
                Role::Admin => Ok(Self(user)),
                Role::Member => Err(Error::NotAllowed.into()),
            }
        })
    }
}
