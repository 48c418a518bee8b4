//! Two users for trying the server out, whose passwords are public.
//!
//! They are in no table: they exist until the first user is added, and only if the server listens
//! on a loopback address, and no setting or argument tells of a proxy.

use std::fmt;

use handstamp_axum::handstamp::error::StoreError;

use super::password::StoredHash;
use super::user_name::UserName;
use super::users::{User, Users};
use crate::storage::database::DatabaseError;
use crate::storage::sessions::Sessions;

/// Whether the demo users exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DemoUsers {
    /// Until the first user is added. They are not there again when all users were removed.
    UntilFirstUser,
    /// `--no-demo` is given, or the server can be reached from other hosts.
    Never,
}

impl DemoUsers {
    pub(crate) async fn exist(self, users: &Users) -> Result<bool, DatabaseError> {
        Ok(self == Self::UntilFirstUser && users.is_unused().await?)
    }

    /// Returns the demo user of this name, if the demo users exist.
    pub(crate) async fn find(
        self,
        name: &UserName,
        users: &Users,
    ) -> Result<Option<User>, DatabaseError> {
        let typed = name.folded();
        let Some((name, hash)) = USERS.iter().find(|(user, _)| *user == typed) else {
            return Ok(None);
        };
        let user = User {
            name: UserName::from_database((*name).to_owned()),
            hash: StoredHash::from_database((*hash).to_owned()),
            password_number: 0,
            may_log_in: true,
        };
        Ok(self.exist(users).await?.then_some(user))
    }
}

/// Ends the sessions of the demo users, for a server without demo users: anyone may have logged
/// in while they existed. A user in the table who has one of their names is not affected.
pub(crate) async fn revoke_sessions(users: &Users, sessions: &Sessions) -> Result<(), RevokeError> {
    for name in USERS.iter().filter_map(|(name, _)| name.parse().ok()) {
        let user = users.find(&name).await;
        if user
            .map_err(|error| RevokeError(StoreError::new(error)))?
            .is_none()
        {
            sessions
                .revoke_all(name.as_str())
                .await
                .map_err(RevokeError)?;
        }
    }
    Ok(())
}

/// The sessions of the demo users were not ended.
#[derive(Debug)]
pub(crate) struct RevokeError(StoreError);

impl fmt::Display for RevokeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the sessions of the demo users cannot be ended: {}",
            self.0
        )
    }
}

impl std::error::Error for RevokeError {}

/// Names, and the hashes of `password1` and `password2`, made as those of all users, so that a
/// comparison takes as long.
const USERS: [(&str, &str); 2] = [
    (
        "user1",
        "$argon2id$v=19$m=19456,t=2,p=1$aa5vfUanl1OF4DKpBCscpg$1lUmruCRWZh0jsdZU2zlAL0fd7wsJFueg6jVpVHHWuw",
    ),
    (
        "user2",
        "$argon2id$v=19$m=19456,t=2,p=1$aQZlT04VZqVqLjgDMjd4Dw$efGzuCoW0GJ4B63pswJEkgJWVTcb8pP4i2r7FScZVXE",
    ),
];
