//! A log-in, from the counts of attempts to the comparison of the password.
//!
//! It takes credentials and the address of the client, and returns the verified user. A wrong name,
//! a wrong password and a disabled user take the same work and return the same error. It makes no
//! session: the caller makes one and then confirms the log-in.

use std::net::IpAddr;
use std::time::Duration;

use super::demo_users::DemoUsers;
use super::password::{CompareError, Comparison, Password, Queue};
use super::throttle::{Attempt, Decision, Key, Throttle};
use super::user_name::UserName;
use super::users::{User, Users};
use crate::storage::clock::now;
use crate::storage::database::{Database, DatabaseError};

/// What a client sent to log in.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) username: String,
    pub(crate) password: Password,
}

/// Verifies credentials.
#[derive(Debug, Clone)]
pub(crate) struct LogIn {
    users: Users,
    throttle: Throttle,
    key: Key,
    queue: Queue,
    demo_users: DemoUsers,
}

/// A user whose password was right.
#[derive(Debug)]
pub(crate) struct Verified {
    pub(crate) name: UserName,
    password_number: i64,
}

impl LogIn {
    pub(crate) fn new(database: &Database, key: Key, demo_users: DemoUsers) -> Self {
        Self {
            users: Users::new(database.clone()),
            throttle: Throttle::new(database.clone()),
            key,
            queue: Queue::new(),
            demo_users,
        }
    }

    /// Returns whether this is the name of a demo user, and the demo users exist.
    pub(crate) async fn is_demo_user(&self, name: &str) -> Result<bool, DatabaseError> {
        match UserName::typed(name) {
            Ok(name) => Ok(self.demo_users.find(&name, &self.users).await?.is_some()),
            Err(_) => Ok(false),
        }
    }

    /// Verifies the credentials that were sent from this address.
    pub(crate) async fn verify(
        &self,
        credentials: Credentials,
        address: IpAddr,
    ) -> Result<Verified, LogInError> {
        let name = UserName::typed(&credentials.username).ok();
        let epoch = match &name {
            Some(name) => self.users.throttle_epoch(name).await?,
            None => 0,
        };
        let attempt = Attempt::new(&self.key, name.as_ref(), epoch, address);
        let delay = allowed(self.throttle.peek(&attempt, now()).await?)?;
        // The delay comes before the comparison, so that its length does not reveal whether the
        // password was right; and before the queue, so that delayed log-ins take no slot in it.
        tokio::time::sleep(delay).await;
        let slot = self.queue.enter().map_err(|_| LogInError::Busy)?;
        allowed(self.throttle.record(&attempt, now()).await?)?;

        // From here on the work is the same whether the user exists or not.
        let user = match &name {
            Some(name) => self.find(name).await?,
            None => None,
        };
        let hash = user.as_ref().map(|user| user.hash.clone());
        let comparison = match slot.compare(credentials.password, hash).await {
            Ok(comparison) => comparison,
            Err(CompareError::Stopped) => return Err(LogInError::Busy),
            Err(error @ CompareError::Hash(_)) => {
                tracing::error!(user = ?name, %error, "a password could not be compared");
                Comparison::Different
            }
        };
        let (Some(user), Comparison::Equal { rehashed }) = (user, comparison) else {
            tracing::info!(%address, "wrong username or password");
            return Err(LogInError::InvalidCredentials);
        };
        self.throttle.reset(&attempt).await?;
        if let Some(new) = rehashed {
            self.users
                .replace_hash(&user.name, &user.hash, &new)
                .await?;
        }
        Ok(Verified {
            name: user.name,
            password_number: user.password_number,
        })
    }

    /// Refuses the log-in after all if the password was changed or the user disabled since it was
    /// verified.
    ///
    /// Call it after the session was made. A command that changes an account does so before it ends
    /// the sessions: either it finds the new session, or this finds the change.
    pub(crate) async fn confirm(&self, verified: &Verified) -> Result<(), LogInError> {
        match self.find(&verified.name).await? {
            Some(user) if user.password_number == verified.password_number => Ok(()),
            _ => Err(LogInError::InvalidCredentials),
        }
    }

    /// Returns the user of this name, if it may log in.
    async fn find(&self, name: &UserName) -> Result<Option<User>, DatabaseError> {
        match self.users.find(name).await? {
            Some(user) => Ok(user.may_log_in.then_some(user)),
            None => self.demo_users.find(name, &self.users).await,
        }
    }
}

fn allowed(decision: Decision) -> Result<Duration, LogInError> {
    match decision {
        Decision::Allow { delay } => Ok(delay),
        Decision::Deny { retry_after } => Err(LogInError::RateLimited { retry_after }),
    }
}

/// The log-in is refused.
#[derive(Debug)]
pub(crate) enum LogInError {
    /// The client does not learn which of the two was wrong, nor whether the user exists.
    InvalidCredentials,
    RateLimited {
        retry_after: Duration,
    },
    /// Too many passwords are waiting to be compared.
    Busy,
    Database(DatabaseError),
}

impl From<DatabaseError> for LogInError {
    fn from(error: DatabaseError) -> Self {
        Self::Database(error)
    }
}

#[cfg(test)]
mod tests;
