//! Users, in memory. What is one lock here is one statement of SQL.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::passwords::{NewPassword, Passwords};

#[derive(Clone)]
pub(crate) struct User {
    /// The subject of tokens. It never changes, unlike an address.
    pub(crate) id: String,
    pub(crate) address: String,
    pub(crate) hash: String,
}

#[derive(Clone)]
pub(crate) struct Users {
    rows: Arc<Mutex<HashMap<String, Row>>>,
    passwords: Passwords,
    between_mails: Duration,
}

struct Row {
    user: User,
    mailed_at: Option<Instant>,
}

impl Users {
    pub(crate) fn new(passwords: Passwords, between_mails: Duration) -> Self {
        Self {
            rows: Arc::default(),
            passwords,
            between_mails,
        }
    }

    pub(crate) async fn add(&self, address: &str, password: &str) -> Result<(), Error> {
        let hash = self
            .passwords
            .hash(NewPassword::try_from(password)?)
            .await?;
        let mut rows = self.rows();
        let user = User {
            id: (rows.len() + 1).to_string(),
            address: address.to_lowercase(),
            hash,
        };
        let row = Row {
            user: user.clone(),
            mailed_at: None,
        };
        rows.insert(user.id, row);
        Ok(())
    }

    pub(crate) fn by_address(&self, address: &str) -> Option<User> {
        let address = address.to_lowercase();
        let rows = self.rows();
        let mut users = rows.values().map(|row| &row.user);
        users.find(|user| user.address == address).cloned()
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<User> {
        self.rows().get(id).map(|row| row.user.clone())
    }

    /// Changes the password if it is still that of this user: `UPDATE users SET hash = ? WHERE id =
    /// ? AND hash = ?`. Returns whether it was.
    pub(crate) fn set_password(&self, user: &User, new: String) -> bool {
        let mut rows = self.rows();
        let row = rows.get_mut(&user.id);
        let row = row.filter(|row| row.user.hash == user.hash);
        let is_same = row.is_some();
        if let Some(row) = row {
            row.user.hash = new;
        }
        is_same
    }

    /// Takes back that a mail to this user was counted.
    pub(crate) fn was_not_mailed(&self, user: &User) {
        if let Some(row) = self.rows().get_mut(&user.id) {
            row.mailed_at = None;
        }
    }

    /// Returns whether a mail to this user is due, and counts it.
    pub(crate) fn may_be_mailed(&self, user: &User) -> bool {
        let mut rows = self.rows();
        let Some(row) = rows.get_mut(&user.id) else {
            return false;
        };
        let is_due = |at: Instant| at.elapsed() >= self.between_mails;
        let is_due = row.mailed_at.is_none_or(is_due);
        if is_due {
            row.mailed_at = Some(Instant::now());
        }
        is_due
    }

    fn rows(&self) -> MutexGuard<'_, HashMap<String, Row>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
