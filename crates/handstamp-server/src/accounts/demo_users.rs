//! Users for trying it out.

use crate::accounts::password::StoredHash;
use crate::accounts::user_name::UserName;
use crate::accounts::users::User;

/// The demo user of this name. Hashed as others are, so that it takes as long to compare.
pub(crate) fn find(name: &UserName) -> Option<User> {
    let (_, hash) = USERS.iter().find(|(user, _)| *user == name.as_str())?;
    Some(User {
        hash: StoredHash::from_database((*hash).to_owned()),
        password: 0,
        may_log_in: true,
    })
}

/// What they are called.
pub(crate) fn names() -> impl Iterator<Item = UserName> {
    USERS.iter().filter_map(|(name, _)| name.parse().ok())
}

/// Of `password1` and `password2`.
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
