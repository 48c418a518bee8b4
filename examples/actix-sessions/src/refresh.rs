//! Refresh: the next tokens of a session.

use actix_web::web;
use handstamp_actix::Refresh;

use crate::app::App;
use crate::error::Error;
use crate::log_in::{LoggedIn, answer};

/// The role is read anew, so that what tokens say of it is as old as an access token at most.
pub async fn refresh(app: web::Data<App>, token: Refresh) -> Result<LoggedIn, Error> {
    let user = app.users.by_subject(token.subject()).await?;
    let scopes = user.map(|user| user.role.scopes());
    if scopes.is_none() {
        // The user was deleted. The refresh is refused then, for its session has ended.
        app.auth.revoke_all_sessions(token.subject()).await?;
    }
    let tokens = app
        .auth
        .refresh_with(token, |token| token.scopes(scopes.unwrap_or_default()))
        .await?;
    answer(&app, &tokens)
}
