//! What asks for the password once more, and the route that takes it.

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Responder, rt};
use handstamp_actix::{Access, Auth, Require, minutes};
use serde::Deserialize;
use serde_json::json;

use crate::app::CurrentUser;
use crate::error::{AnyError, ApiError};
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
    // In a task of its own: a browser that goes away must not leave the work half done.
    let removal = rt::spawn(async move {
        auth.revoke_all_sessions(user.subject()).await?;
        users.remove(&user).await?;
        // Once more, for a log-in at the same time.
        auth.revoke_all_sessions(user.subject()).await?;
        Ok::<_, ApiError>(auth.unset_cookies())
    });
    let cookies = removal.await.map_err(AnyError::from)??;
    Ok(cookies.on(HttpResponse::NoContent()))
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
