//! What users do with their own account: change the password, log out everywhere.

use actix_web::web::{self, ServiceConfig};
use actix_web::{Responder, rt};
use handstamp_actix::{Access, Auth, ClientInfo, TokenPair};
use serde::Deserialize;
use serde_json::json;

use crate::app::CurrentUser;
use crate::error::{AnyError, ApiError};
use crate::log_in::{begin_session, for_the_page};
use crate::passwords;
use crate::users::{User, Users};

pub(crate) fn routes(services: &mut ServiceConfig) {
    services
        .service(web::resource("/password").post(change_password))
        .service(web::resource("/log-out-everywhere").post(log_out_everywhere));
}

#[derive(Deserialize)]
struct ChangePassword {
    current: String,
    new: String,
}

async fn change_password(
    auth: Auth,
    users: web::Data<Users>,
    user: CurrentUser,
    client: ClientInfo,
    form: web::Json<ChangePassword>,
) -> Result<impl Responder, ApiError> {
    let (user, form) = (user.into_inner(), form.into_inner());
    let hash = Some(user.password_hash.clone());
    if !passwords::is_right(form.current, hash).await? {
        return Err(ApiError::WrongPassword);
    }
    let new_hash = passwords::hash(form.new).await?;
    // In a task of its own: a browser that goes away must not leave the work half done.
    let change = rt::spawn(replace_password(
        auth.clone(),
        users,
        user,
        new_hash,
        client,
    ));
    let tokens = change.await.map_err(AnyError::from)??;
    Ok(auth
        .set_cookies(&tokens)?
        .on(web::Json(for_the_page(&tokens))))
}

/// Before the change, so that nothing is changed if the sessions cannot be ended; and after it: a
/// log-in at the same time is either among them, or sees the new password when it looks again.
async fn replace_password(
    auth: Auth,
    users: web::Data<Users>,
    user: User,
    new_hash: String,
    client: ClientInfo,
) -> Result<TokenPair, ApiError> {
    auth.revoke_all_sessions(user.subject()).await?;
    let Some(user) = users.set_password(&user, &new_hash).await? else {
        return Err(ApiError::WrongPassword); // changed by another request meanwhile
    };
    auth.revoke_all_sessions(user.subject()).await?;
    begin_session(&auth, &users, &user, client).await
}

/// Logs out this device and all others.
async fn log_out_everywhere(auth: Auth, token: Access) -> Result<impl Responder, ApiError> {
    let ended = auth.revoke_all_sessions(&token).await?;
    Ok(auth.unset_cookies().on(web::Json(json!({"ended": ended}))))
}
