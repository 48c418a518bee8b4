//! The confirmation of an address by a link.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use handstamp_axum::handstamp::one_time::{Action, OneTimeToken};
use handstamp_axum::{Auth, Error, minutes};

const CONFIRM: Action = Action::new("confirm-address", minutes(24 * 60));

/// Neither for another address, nor once it is confirmed.
///
/// # Errors
/// A bug.
pub fn link(auth: &Auth, user: &User) -> Result<OneTimeToken, Error> {
    let new = CONFIRM.for_subject(&user.id);
    auth.create_one_time_token(new.bound_to(&user.address).bound_to(user.state()))
}

/// Called by the button on the page that the link opens.
///
/// # Errors
/// The response to send.
pub async fn confirm(auth: &Auth, users: &Users, token: &str) -> Result<(), Error> {
    let opened = auth.open_one_time_token(CONFIRM, token)?;
    let user = users.by_id(opened.subject());
    let opened = opened.bound_to(&user.address).bound_to(user.state());
    let redeemed = auth.redeem_one_time_token(opened).await?;
    users.set_confirmed(redeemed.subject());
    Ok(())
}

/// A user of the application. Of one who is gone there is an empty one.
#[derive(Debug, Clone, Default)]
pub struct User {
    id: String,
    address: String,
    is_confirmed: bool,
}

impl User {
    fn state(&self) -> &'static str {
        if self.is_confirmed {
            "confirmed"
        } else {
            "unconfirmed"
        }
    }
}

/// The users of the application.
#[derive(Debug, Default)]
pub struct Users(Mutex<HashMap<String, User>>);

impl Users {
    fn by_id(&self, id: &str) -> User {
        self.rows().get(id).cloned().unwrap_or_default()
    }

    fn set_confirmed(&self, id: &str) {
        if let Some(user) = self.rows().get_mut(id) {
            user.is_confirmed = true;
        }
    }

    fn rows(&self) -> MutexGuard<'_, HashMap<String, User>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use handstamp_axum::{Auth, Config};

    use super::{User, Users, confirm, link};

    #[tokio::test]
    async fn an_address_is_confirmed_once_and_no_other_is() {
        // Without a store: the values decide.
        let config = Config::builder().secret_key("a secret of at least thirty-two bytes");
        let auth = Auth::new(config.build().unwrap()).unwrap();
        let users = Users::default();
        let mut user = User {
            id: "1".to_owned(),
            address: "ada@example.com".to_owned(),
            is_confirmed: false,
        };
        let set = |user: &User| users.rows().insert(user.id.clone(), user.clone());
        set(&user);
        let first = link(&auth, &user).unwrap();
        user.address = "ada@example.org".to_owned();
        set(&user);
        let refused = confirm(&auth, &users, first.as_str()).await;
        assert_eq!(refused.unwrap_err().status(), 403);

        let second = link(&auth, &user).unwrap();
        confirm(&auth, &users, second.as_str()).await.unwrap();
        assert!(users.by_id("1").is_confirmed);
        let again = confirm(&auth, &users, second.as_str()).await;
        assert_eq!(again.unwrap_err().status(), 403);
    }
}
