//! Sign-up and log-in.

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Responder};
use handstamp_actix::{Auth, ClientInfo, NewToken, TokenPair};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::ApiError;
use crate::passwords;
use crate::users::{User, Users};

pub(crate) fn routes(auth: &Auth) -> impl FnOnce(&mut ServiceConfig) {
    // No token is asked for here, so the origin is: no other site may log a visitor in.
    let sign_up = web::resource("/sign-up")
        .wrap(auth.same_origin())
        .post(sign_up);
    let log_in = web::resource("/login")
        .wrap(auth.same_origin())
        .post(log_in);
    move |services| {
        services.service(sign_up).service(log_in);
    }
}

#[derive(Deserialize)]
struct SignUp {
    username: String,
    email: String,
    password: String,
}

async fn sign_up(
    users: web::Data<Users>,
    form: web::Json<SignUp>,
) -> Result<impl Responder, ApiError> {
    let form = form.into_inner();
    let hash = passwords::hash(form.password).await?;
    let added = users
        .add(&form.username, &form.email, &hash, "user")
        .await?;
    let Some(user) = added else {
        return Err(ApiError::NameTaken);
    };
    Ok(HttpResponse::Created().json(json!({"id": user.id})))
}

#[derive(Deserialize)]
struct LogIn {
    username: String,
    password: String,
}

async fn log_in(
    auth: Auth,
    users: web::Data<Users>,
    client: ClientInfo,
    form: web::Json<LogIn>,
) -> Result<impl Responder, ApiError> {
    let form = form.into_inner();
    let user = users.by_name(&form.username).await?;
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let is_right = passwords::is_right(form.password, hash).await?;
    let Some(user) = user.filter(|user| is_right && !user.disabled) else {
        return Err(auth.invalid_credentials().into());
    };
    let tokens = begin_session(&auth, &users, &user, client).await?;
    Ok(auth
        .set_cookies(&tokens)?
        .on(web::Json(for_the_page(&tokens))))
}

/// Begins a session for a user who has just proven who it is.
pub(crate) async fn begin_session(
    auth: &Auth,
    users: &Users,
    user: &User,
    client: ClientInfo,
) -> Result<TokenPair, ApiError> {
    let token = NewToken::for_subject(user.id).scopes(user.scopes());
    let tokens = auth.log_in(token, client).await?;
    // The password may have been changed while it was checked. Its change has ended all sessions,
    // but came before this one. Others are left alone: one may be of the new password.
    let now = users.by_subject(&user.subject()).await?;
    if now.as_ref() != Some(user) {
        if let Some(session) = tokens.session_id() {
            auth.revoke_session(user.subject(), session).await?;
        }
        return Err(auth.invalid_credentials().into());
    }
    Ok(tokens)
}

/// What a page needs to know that cannot read the cookies, because it is on another host. Both
/// tokens of a session have the same CSRF value.
pub(crate) fn for_the_page(tokens: &TokenPair) -> Value {
    json!({
        "csrf": tokens.csrf(),
        "expires_in": tokens.access().expires_in().as_secs(),
    })
}
