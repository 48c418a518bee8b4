//! A change of the password that ends the other sessions and leaves that of this browser.

use actix_web::rt;
use actix_web::web::{self, ServiceConfig};
use handstamp_actix::{Access, Auth};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::CurrentUser;
use crate::error::{AnyError, ApiError};
use crate::passwords;
use crate::users::Users;

pub(crate) fn routes(services: &mut ServiceConfig) {
    services.service(web::resource("/password-of-this-session").post(change_password));
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
    token: Access,
    form: web::Json<ChangePassword>,
) -> Result<web::Json<Value>, ApiError> {
    let (user, form) = (user.into_inner(), form.into_inner());
    let hash = Some(user.password_hash.clone());
    if !passwords::is_right(form.current, hash).await? {
        return Err(ApiError::WrongPassword);
    }
    let new_hash = passwords::hash(form.new).await?;
    let change = rt::spawn(async move {
        // Before the change as well: if they cannot be ended, nothing is changed.
        let ended: usize = auth.revoke_other_sessions(&token).await?;
        let changed = users.set_password(&user, &new_hash).await?;
        changed.ok_or(ApiError::WrongPassword)?; // changed by another request meanwhile
        let begun_meanwhile = auth.revoke_other_sessions(&token).await?;
        Ok::<_, ApiError>(ended + begun_meanwhile)
    });
    let ended = change.await.map_err(AnyError::from)??;
    // This browser keeps its cookies and its CSRF value, so none are set.
    Ok(web::Json(json!({"ended": ended})))
}
