//! What administrators do: change a role, lock a user out.

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Responder, rt};
use handstamp_actix::{Auth, NewToken};
use serde::Deserialize;

use crate::error::{AnyError, ApiError};
use crate::roles::Admin;
use crate::users::Users;

pub(crate) fn routes(services: &mut ServiceConfig) {
    services
        .service(web::resource("/admin/users/{id}/role").put(set_role))
        .service(web::resource("/admin/users/{id}/disable").post(disable));
}

#[derive(Deserialize)]
struct NewRole {
    role: String,
}

/// The new role holds for `Admin` at once, and for scopes in tokens from the next refresh on.
async fn set_role(
    auth: Auth,
    users: web::Data<Users>,
    Admin(admin): Admin,
    id: web::Path<i64>,
    form: web::Json<NewRole>,
) -> Result<impl Responder, ApiError> {
    let user = users.set_role(id.into_inner(), &form.role).await?;
    let user = user.ok_or(ApiError::NotFound)?;
    let scopes = user.scopes();
    let change = |token: NewToken| token.scopes(scopes.iter().copied());
    auth.change_all_sessions(user.subject(), change).await?;
    tracing::info!(
        by = admin.id,
        user = user.id,
        role = user.role,
        "role changed"
    );
    Ok(HttpResponse::NoContent())
}

/// The user is out at once, on every device, and cannot log in.
async fn disable(
    auth: Auth,
    users: web::Data<Users>,
    Admin(admin): Admin,
    id: web::Path<i64>,
) -> Result<impl Responder, ApiError> {
    // In a task of its own: a browser that goes away must not leave the work half done.
    let disabling = rt::spawn(async move {
        let user = users.disable(id.into_inner()).await?;
        let user = user.ok_or(ApiError::NotFound)?;
        auth.revoke_all_sessions(user.subject()).await?;
        tracing::info!(by = admin.id, user = user.id, "user disabled");
        Ok::<_, ApiError>(())
    });
    disabling.await.map_err(AnyError::from)??;
    Ok(HttpResponse::NoContent())
}
