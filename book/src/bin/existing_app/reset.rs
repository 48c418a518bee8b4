//! A forgotten password: a link by e-mail that sets a new one, once.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Extension, Json, Router};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc::UnboundedSender;

use crate::app::App;
use crate::error::{AnyError, ApiError};
use crate::passwords;

/// A message to a user. Yours is sent by your mail service.
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) link: String,
}

pub(crate) fn routes(app: App, mails: UnboundedSender<Mail>) -> Router {
    Router::new()
        .route("/forgot-password", post(forgot_password))
        .route("/reset-password", post(reset_password))
        .layer(Extension(mails))
        .layer(app.auth.same_origin())
        .with_state(app)
}

#[derive(Deserialize)]
struct Forgotten {
    email: String,
}

/// The answer is the same whether there is such a user or not, and comes before anything is done.
async fn forgot_password(
    State(app): State<App>,
    Extension(mails): Extension<UnboundedSender<Mail>>,
    Json(form): Json<Forgotten>,
) -> StatusCode {
    tokio::spawn(async move {
        if let Err(error) = send_link(&app, &mails, &form.email).await {
            tracing::error!(%error, "no link to reset a password was sent");
        }
    });
    StatusCode::ACCEPTED
}

async fn send_link(app: &App, mails: &UnboundedSender<Mail>, email: &str) -> Result<(), AnyError> {
    let Some(user) = app
        .users
        .by_email(email)
        .await?
        .filter(|user| !user.disabled)
    else {
        return Ok(());
    };
    let mut secret = [0; 32];
    getrandom::fill(&mut secret)?;
    let secret = BASE64_URL_SAFE_NO_PAD.encode(secret);
    let (now, digest) = (now(), digest(&secret));
    app.users
        .add_reset(&user, &digest, now, now + LINK_IS_GOOD_FOR)
        .await?;
    // After the `#`: browsers send it to no server, so it stands in no log and no `Referer`.
    let link = format!("https://app.example.com/reset-password#{secret}");
    mails.send(Mail {
        to: user.email,
        link,
    })?;
    Ok(())
}

#[derive(Deserialize)]
struct Reset {
    secret: String,
    new: String,
}

async fn reset_password(
    State(app): State<App>,
    Json(form): Json<Reset>,
) -> Result<StatusCode, ApiError> {
    // Before the hash, which costs: who has no link takes no turn from those who log in.
    let user = app.users.of_reset(&digest(&form.secret), now()).await?;
    let user = user.ok_or(ApiError::LinkIsOver)?;
    let new_hash = passwords::hash(form.new).await?;
    let reset = tokio::spawn(async move {
        // Before the change as well: if they cannot be ended, the link is still good.
        app.auth.revoke_all_sessions(user.subject()).await?;
        // The new hash ends the link. Of two requests at once, one changes nothing.
        let user = app.users.set_password(&user, &new_hash).await?;
        let user = user.ok_or(ApiError::LinkIsOver)?;
        app.auth.revoke_all_sessions(user.subject()).await?;
        Ok::<_, ApiError>(())
    });
    reset.await.map_err(AnyError::from)??;
    Ok(StatusCode::NO_CONTENT) // the user logs in with the new password
}

/// Who reads the database must not be able to use the links in it.
fn digest(secret: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(secret))
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs().cast_signed())
}

/// In seconds.
const LINK_IS_GOOD_FOR: i64 = 30 * 60;
