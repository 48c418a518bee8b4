//! Whether somebody is who he says: the whole way of a log-in, from the counts to the password.

use std::net::IpAddr;
use std::time::Duration;

use crate::accounts::demo_users;
use crate::accounts::password::{CheckError, Checked, Password, Queue};
use crate::accounts::throttle::{Attempt, Throttle, Verdict};
use crate::accounts::user_name::UserName;
use crate::accounts::users::{User, Users};
use crate::storage::clock::now;
use crate::storage::database::{Database, DatabaseError};

/// Who somebody says he is.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) username: String,
    pub(crate) password: Password,
}

/// Checks passwords.
#[derive(Debug, Clone)]
pub(crate) struct LogIn {
    users: Users,
    throttle: Throttle,
    queue: Queue,
    demo_users: DemoUsers,
}

/// Whether the demo users exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DemoUsers {
    /// As long as there are no others.
    UntilFirstUser,
    Never,
}

impl DemoUsers {
    pub(crate) async fn exist(self, users: &Users) -> Result<bool, DatabaseError> {
        Ok(self == Self::UntilFirstUser && users.is_empty().await?)
    }
}

/// Somebody whose password was right.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) name: UserName,
    /// The number of the password that was right.
    password: i64,
}

impl LogIn {
    pub(crate) fn new(database: &Database, demo_users: DemoUsers) -> Self {
        Self {
            users: Users::new(database.clone()),
            throttle: Throttle::new(database.clone()),
            queue: Queue::new(),
            demo_users,
        }
    }

    /// Who sends these credentials from this address, if it is true.
    pub(crate) async fn check(
        &self,
        credentials: Credentials,
        address: IpAddr,
    ) -> Result<Known, Refusal> {
        let name: Option<UserName> = credentials.username.parse().ok();
        let attempt = Attempt::new(name.as_ref(), address);
        let after = proceed(self.throttle.look(&attempt, now()).await?)?;
        // Before it is known whether the password is right: else the wrong ones were told by how long it takes. And before
        // there is a place: those who wait here keep nobody from being served.
        tokio::time::sleep(after).await;
        let place = self.queue.place().map_err(|_| Refusal::Busy)?;
        proceed(self.throttle.count(&attempt, now()).await?)?;

        // From here on all is the same work, whether there is such a user or not.
        let user = match &name {
            Some(name) => self.find(name).await?,
            None => None,
        };
        let hash = user.as_ref().map(|user| user.hash.clone());
        let checked = match place.check(credentials.password, hash).await {
            Ok(checked) => checked,
            Err(CheckError::Stopped) => return Err(Refusal::Busy),
            Err(error @ CheckError::Hash(_)) => {
                tracing::error!(user = ?name, %error, "a password could not be compared");
                Checked::Wrong
            }
        };
        let (Some(name), Some(user), Checked::Right { renewed }) = (name, user, checked) else {
            tracing::info!(%address, "wrong username or password");
            return Err(Refusal::Wrong);
        };
        self.throttle.forgive(&attempt).await?;
        if let Some(new) = renewed {
            self.users.renew_hash(&name, &user.hash, &new).await?;
        }
        Ok(Known {
            name,
            password: user.password,
        })
    }

    /// Whoever may log in by this name.
    async fn find(&self, name: &UserName) -> Result<Option<User>, DatabaseError> {
        if let Some(user) = self.users.find(name).await? {
            return Ok(user.may_log_in.then_some(user));
        }
        match demo_users::find(name) {
            Some(user) if self.demo_users.exist(&self.users).await? => Ok(Some(user)),
            _ => Ok(None),
        }
    }

    /// Refuses after all when the password was changed or the user disabled meanwhile.
    ///
    /// To be asked once a session was made. Who does one of these does it first, and ends sessions then: either he finds the
    /// session, or this sees what he did.
    pub(crate) async fn confirm(&self, known: &Known) -> Result<(), Refusal> {
        match self.find(&known.name).await? {
            Some(user) if user.password == known.password => Ok(()),
            _ => Err(Refusal::Wrong),
        }
    }
}

fn proceed(verdict: Verdict) -> Result<Duration, Refusal> {
    match verdict {
        Verdict::Go { after } => Ok(after),
        Verdict::Refused { retry_after } => Err(Refusal::RateLimited { retry_after }),
    }
}

/// Why nobody is logged in.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Which of the two is wrong, and whether there is such a user, is nobody's business.
    Wrong,
    RateLimited {
        retry_after: Duration,
    },
    /// Too many passwords wait to be checked.
    Busy,
    Database(DatabaseError),
}

impl From<DatabaseError> for Refusal {
    fn from(error: DatabaseError) -> Self {
        Self::Database(error)
    }
}

#[cfg(test)]
mod tests;
