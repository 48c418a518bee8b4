//! Log-ins, for browsers and for programs.

use actix_web::web::Json;
use actix_web::{Responder, get, post};
use handstamp_actix::{Access, Auth, ClientInfo, Error, NewToken, TokenPair};

use crate::users::{Credentials, LoggedIn, Me, Token, User};

/// Log in a browser
///
/// The tokens come in cookies, of which script can read those with the CSRF values.
#[utoipa::path(
    tag = "log-in",
    request_body = Credentials,
    responses((status = 200, description = "The tokens are in cookies", body = LoggedIn))
)]
#[post("")]
pub(crate) async fn log_in(
    auth: Auth,
    client: ClientInfo,
    credentials: Json<Credentials>,
) -> Result<impl Responder, Error> {
    let (user, tokens) = begin_session(&auth, client, &credentials).await?;
    let answer = LoggedIn {
        username: user.name,
        expires_in: tokens.access().expires_in().as_secs(),
    };
    Ok(auth.set_cookies(&tokens)?.on(Json(answer)))
}

/// Log in a program
///
/// It sends the token as `Authorization: Bearer`, and logs in again when the token has expired.
#[utoipa::path(
    tag = "log-in",
    request_body = Credentials,
    responses((status = 200, description = "The token", body = Token))
)]
#[post("")]
pub(crate) async fn issue_token(
    auth: Auth,
    client: ClientInfo,
    credentials: Json<Credentials>,
) -> Result<Json<Token>, Error> {
    let (_, tokens) = begin_session(&auth, client, &credentials).await?;
    Ok(Json(Token {
        access_token: tokens.access().as_str().to_owned(),
        token_type: "Bearer",
        expires_in: tokens.access().expires_in().as_secs(),
    }))
}

async fn begin_session(
    auth: &Auth,
    client: ClientInfo,
    credentials: &Credentials,
) -> Result<(&'static User, TokenPair), Error> {
    let user = credentials.user();
    let user = user.ok_or_else(|| auth.invalid_credentials())?;
    let token = NewToken::for_subject(user.name).scopes(user.scopes.iter().copied());
    Ok((user, auth.log_in(token, client).await?))
}

/// Who you are
#[utoipa::path(
    tag = "log-in",
    responses((status = 200, description = "You", body = Me))
)]
#[get("/me")]
pub(crate) async fn me(token: Access) -> Json<Me> {
    Json(Me {
        username: token.subject().to_owned(),
        scopes: token.scopes().map(str::to_owned).collect(),
    })
}
