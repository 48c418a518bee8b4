//! The page that the link opens, and the new password.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{Redirect, Response};
use handstamp_axum::handstamp::one_time::Opened;
use serde::Deserialize;

use crate::app::{App, RESET};
use crate::error::Error;
use crate::pages;
use crate::passwords::NewPassword;
use crate::users::User;

#[derive(Deserialize)]
pub(crate) struct Link {
    token: String,
}

#[derive(Deserialize)]
pub(crate) struct Reset {
    token: String,
    password: String,
}

/// Opens the token and redeems nothing: programs that look at mails open their links.
pub(crate) async fn page(
    State(app): State<App>,
    Query(link): Query<Link>,
) -> Result<Response, Error> {
    let _ = app.auth.open_one_time_token(RESET, &link.token)?;
    Ok(pages::ok(&pages::new_password(&link.token)))
}

/// Sets the new password. The user logs in with it: the link does not log in, so that who reads the
/// mail later is not inside, and a second factor is not passed by.
pub(crate) async fn reset(
    State(app): State<App>,
    Form(form): Form<Reset>,
) -> Result<Redirect, Error> {
    // First what can be corrected: it uses no token up.
    let password = NewPassword::try_from(form.password.as_str())?;
    let opened = app.auth.open_one_time_token(RESET, &form.token)?;
    let user = app.users.by_id(opened.subject());
    // No hash is made for a user who is gone, and none fits this one.
    let user = user.ok_or_else(|| gone(&app))?;
    let hash = app.passwords.hash(password).await?;
    // In a task of its own: a browser that goes away must not leave the work half done.
    let reset = tokio::spawn(replace(app, user, opened, hash));
    reset.await.map_err(Error::internal)??;
    Ok(Redirect::to("/log-in"))
}

/// Redeems the token, and ends all sessions before the change, so that nothing is changed if they
/// cannot be ended, and after it: a log-in with the former password may have come in between.
async fn replace(app: App, user: User, opened: Opened, hash: String) -> Result<(), Error> {
    let opened = opened.bound_to(&user.hash);
    let redeemed = app.auth.redeem_one_time_token(opened).await?;
    app.auth.revoke_all_sessions(&redeemed).await?;
    if !app.users.set_password(&user, hash) {
        return Err(gone(&app)); // changed by another request meanwhile
    }
    app.auth.revoke_all_sessions(&redeemed).await?;
    Ok(())
}

/// The refusal of a token that does not fit what there is now.
fn gone(app: &App) -> Error {
    let message = "This one-time token is not valid, or no longer; ask for a new one";
    Error::Auth(app.auth.refuse(403, "invalid_one_time_token", message))
}
