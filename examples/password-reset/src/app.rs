//! What handlers share.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRef;
use handstamp_axum::Auth;
use handstamp_axum::handstamp::minutes;
use handstamp_axum::handstamp::one_time::Action;

use crate::error::Error;
use crate::mails::Mails;
use crate::passwords::Passwords;
use crate::users::Users;

/// What the tokens of the links are for. Half an hour is enough to read a mail.
pub(crate) const RESET: Action = Action::new("password-reset", minutes(30));

#[derive(Clone)]
pub(crate) struct App {
    pub(crate) auth: Auth,
    /// The address of this service for users. Never the `Host` of a request: its sender chooses
    /// that, and with it to whom the token of another user's link would go.
    pub(crate) origin: Arc<str>,
    pub(crate) users: Users,
    pub(crate) passwords: Passwords,
    pub(crate) mails: Mails,
}

impl App {
    pub(crate) fn new(
        auth: Auth,
        origin: impl Into<Arc<str>>,
        mails: Mails,
        between_mails: Duration,
    ) -> Result<Self, Error> {
        let passwords = Passwords::new()?;
        Ok(Self {
            auth,
            origin: origin.into(),
            users: Users::new(passwords.clone(), between_mails),
            passwords,
            mails,
        })
    }
}

/// For handstamp's extractors.
impl FromRef<App> for Auth {
    fn from_ref(app: &App) -> Self {
        app.auth.clone()
    }
}
