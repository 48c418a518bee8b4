//! A log-in, from the counts of attempts to the comparison of the password.
//!
//! It takes credentials and the address of the client, and returns the verified user. A wrong name,
//! a wrong password and a disabled user take the same work and return the same error. It makes no
//! session: the caller makes one and then confirms the log-in.

use std::net::IpAddr;
use std::time::Duration;

use handstamp_axum::handstamp::error::StoreError;
use handstamp_axum::handstamp::store::AccountId;

use super::demo_users::DemoUsers;
use super::known_devices::{AddError, Device, Devices, KnownDevices, UserAgent};
use super::lane::Lanes;
use super::password::{CompareError, Comparison, NewPassword, Password, Queue, Slot};
use super::throttle::{Attempt, Denied, Key, Throttle};
use super::user_name::UserName;
use super::users::{User, Users};
use crate::audit::{AuditLog, Outcome};
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
    known_devices: KnownDevices,
    lanes: Lanes,
    queue: Queue,
    demo_users: DemoUsers,
    audit: AuditLog,
}

/// A user whose password was right.
#[derive(Debug)]
pub(crate) struct Verified {
    pub(crate) name: UserName,
    password_number: i64,
    /// The device of the client, if it was known for the account.
    device: Option<Device>,
}

impl LogIn {
    pub(crate) fn new(
        database: &Database,
        throttle: Throttle,
        key: Key,
        demo_users: DemoUsers,
    ) -> Self {
        Self {
            users: Users::new(database.clone()),
            throttle,
            key,
            known_devices: KnownDevices::new(database.clone()),
            lanes: Lanes::default(),
            queue: Queue::new(),
            demo_users,
            audit: AuditLog::default(),
        }
    }

    /// Counts what is refused in the audit log.
    pub(crate) fn audited_by(self, audit: AuditLog) -> Self {
        Self { audit, ..self }
    }

    /// Returns whether this is the name of a demo user, and the demo users exist.
    pub(crate) async fn is_demo_user(&self, name: &str) -> Result<bool, DatabaseError> {
        match UserName::typed(name) {
            Ok(name) => Ok(self.demo_users.find(&name, &self.users).await?.is_some()),
            Err(_) => Ok(false),
        }
    }

    /// Verifies the credentials that were sent from this address, by a client with these devices.
    pub(crate) async fn verify(
        &self,
        credentials: Credentials,
        address: IpAddr,
        devices: &Devices,
    ) -> Result<Verified, LogInError> {
        let name = UserName::typed(&credentials.username).ok();
        let found = match &name {
            Some(name) => self.find_any(name).await?,
            None => None,
        };
        let account = found.as_ref().map(|user| user.name.clone());
        let user = found.filter(|user| user.may_log_in);
        let verified = self
            .compare(name, user, credentials.password, address, devices)
            .await;
        let outcome = match &verified {
            Err(LogInError::InvalidCredentials) => Outcome::Failed,
            Err(LogInError::RateLimited { .. }) => Outcome::Throttled,
            _ => return verified,
        };
        let account = account.map(|name| AccountId::new(None, name.as_str()));
        self.audit.count_guess(outcome, account, address);
        verified
    }

    /// Compares the password with that of the user, if there is one who may log in.
    async fn compare(
        &self,
        name: Option<UserName>,
        user: Option<User>,
        password: Password,
        address: IpAddr,
        devices: &Devices,
    ) -> Result<Verified, LogInError> {
        let account = user.as_ref().map(|user| (&user.name, user.password_number));
        let device = self.known_devices.find(devices, account).await?;
        // The epoch is that of the account, in whatever form its name was typed.
        let account = account.map(|(name, _)| name).or(name.as_ref());
        let epoch = match account {
            Some(name) => self.users.throttle_epoch(name).await?,
            None => 0,
        };
        let attempt = Attempt::new(&self.key, name.as_ref(), epoch, address, device);
        self.throttle.peek(&attempt).await??;
        let turn = self.lanes.enter(attempt.lane());
        let turn = tokio::time::timeout(LONGEST_WAIT, turn).await;
        let _turn = turn.map_err(|_| LogInError::Busy)?;
        let slot = self.enter(device)?;
        self.throttle.charge(&attempt).await??;

        // From here on the work is the same whether the user exists or not.
        let hash = user.as_ref().map(|user| user.hash.clone());
        let comparison = match slot.compare(password, hash).await {
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
            device: device.cloned(),
        })
    }

    /// Makes the device known for the account that has logged in, and returns the devices that the
    /// client is from now on.
    pub(crate) async fn remember(
        &self,
        verified: Verified,
        devices: &Devices,
        user_agent: &UserAgent,
    ) -> Result<Devices, AddError> {
        let known = &self.known_devices;
        let mut devices = known.retain_known(devices).await?;
        let device = if let Some(device) = verified.device {
            known.touch(&device, now()).await?;
            device
        } else {
            let number = verified.password_number;
            known.add(&verified.name, number, user_agent, now()).await?
        };
        devices.insert(device);
        Ok(devices)
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

    /// Gives a user whose password was right another one. Refuses if the password was changed or
    /// the user disabled since it was verified.
    ///
    /// The caller ends the sessions afterwards, and makes a new one.
    pub(crate) async fn change_password(
        &self,
        verified: Verified,
        new: NewPassword,
    ) -> Result<Verified, LogInError> {
        let slot = self.enter(verified.device.as_ref())?;
        let hash = slot.hash(new).await.map_err(|error| {
            tracing::error!(user = ?verified.name, %error, "a password could not be hashed");
            LogInError::Busy
        })?;
        let Verified {
            name,
            password_number,
            ..
        } = verified;
        if !self
            .users
            .change_password(&name, password_number, &hash)
            .await?
        {
            return Err(LogInError::InvalidCredentials);
        }
        Ok(Verified {
            name,
            password_number: password_number + 1,
            // A new password ends what was known of devices.
            device: None,
        })
    }

    /// Takes a slot in the queue, one of those for known devices if this is one.
    fn enter(&self, device: Option<&Device>) -> Result<Slot, LogInError> {
        let slot = match device {
            Some(_) => self.queue.enter_reserved(),
            None => self.queue.enter(),
        };
        slot.map_err(|_| LogInError::Busy)
    }

    /// Returns whether the demo users exist as long as there are no others.
    pub(crate) fn may_have_demo_users(&self) -> bool {
        self.demo_users == DemoUsers::UntilFirstUser
    }

    /// Returns whether the demo users exist.
    pub(crate) async fn has_demo_users(&self) -> Result<bool, DatabaseError> {
        self.demo_users.exist(&self.users).await
    }

    /// Returns the user of this name, if it may log in.
    async fn find(&self, name: &UserName) -> Result<Option<User>, DatabaseError> {
        let found = self.find_any(name).await?;
        Ok(found.filter(|user| user.may_log_in))
    }

    /// Returns the user of this name, also one who is disabled.
    async fn find_any(&self, name: &UserName) -> Result<Option<User>, DatabaseError> {
        match self.users.find_typed(name).await? {
            Some(user) => Ok(Some(user)),
            None => self.demo_users.find(name, &self.users).await,
        }
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
    /// The buckets of the limits do not answer.
    Limits(StoreError),
}

impl From<Denied> for LogInError {
    fn from(denied: Denied) -> Self {
        Self::RateLimited {
            retry_after: denied.retry_after,
        }
    }
}

impl From<DatabaseError> for LogInError {
    fn from(error: DatabaseError) -> Self {
        Self::Database(error)
    }
}

impl From<StoreError> for LogInError {
    fn from(error: StoreError) -> Self {
        Self::Limits(error)
    }
}

/// For the attempts that wait in the same lane. It is shorter than the time that a request has.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests;
