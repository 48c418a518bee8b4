//! The request for a link.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use crate::app::{App, RESET};
use crate::error::Error;
use crate::mails::Mail;
use crate::pages;

#[derive(Deserialize)]
pub(crate) struct Forgot {
    address: String,
}

pub(crate) async fn page() -> Response {
    pages::ok(pages::FORGOT)
}

/// Answers the same, after the same work, whether or not there is such a user: a token is made in
/// any case, and the mail is sent by another task.
pub(crate) async fn send_link(
    State(app): State<App>,
    Form(form): Form<Forgot>,
) -> Result<Response, Error> {
    let user = app.users.by_address(&form.address);
    let (id, hash) = match &user {
        Some(user) => (user.id.as_str(), user.hash.as_str()),
        None => ("nobody", app.passwords.dummy()),
    };
    let token = RESET.for_subject(id).bound_to(hash);
    let token = app.auth.create_one_time_token(token)?;
    let link = format!("{}/reset?token={}", app.origin, token.as_str());
    if let Some(user) = user
        && app.users.may_be_mailed(&user)
    {
        let to = user.address.clone();
        if !app.mails.send(Mail { to, link }) {
            app.users.was_not_mailed(&user);
        }
    }
    Ok(pages::ok(pages::SENT))
}
