//! What asks for the password once more, and the route that takes it.

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Responder};
use handstamp_actix::{Access, Auth, Require, minutes};
use serde::Deserialize;
use serde_json::json;

use crate::app::CurrentUser;
use crate::error::ApiError;
use crate::passwords;
use crate::users::Users;

pub(crate) fn routes(auth: &Auth) -> impl FnOnce(&mut ServiceConfig) {
    let recent_password = auth.require(Require::access().fresh_within(minutes(5)));
    move |services| {
        services
            .service(
                web::resource("/account")
                    .wrap(recent_password)
                    .delete(delete_account),
            )
            .service(web::resource("/reauthenticate").post(reauthenticate));
    }
}

/// Whose password was given more than five minutes ago does not get here.
async fn delete_account(
    auth: Auth,
    users: web::Data<Users>,
    user: CurrentUser,
) -> Result<impl Responder, ApiError> {
    users.remove(&user).await?;
    auth.revoke_all_sessions(user.subject()).await?;
    Ok(auth.unset_cookies().on(HttpResponse::NoContent()))
}

#[derive(Deserialize)]
struct PasswordAgain {
    password: String,
}

async fn reauthenticate(
    auth: Auth,
    token: Access,
    user: CurrentUser,
    form: web::Json<PasswordAgain>,
) -> Result<impl Responder, ApiError> {
    let (user, form) = (user.into_inner(), form.into_inner());
    if !passwords::is_right(form.password, Some(user.password_hash)).await? {
        return Err(ApiError::WrongPassword);
    }
    let fresh = auth.reauthenticate(&token).await?;
    let body = json!({"expires_in": fresh.expires_in().as_secs()});
    Ok(auth.set_access_cookies(&fresh)?.on(web::Json(body)))
}
