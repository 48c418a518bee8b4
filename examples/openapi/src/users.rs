//! The users, and what log-ins take and answer. No framework is named here: the example
//! `actix-openapi` has this file too.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A user of the service, with the scopes that tokens of this user get.
pub(crate) struct User {
    pub(crate) name: &'static str,
    password: &'static str,
    pub(crate) scopes: &'static [&'static str],
}

/// A service has hashes of passwords, in a database: see the example `starter`.
const USERS: [User; 3] = [
    User {
        name: "reader",
        password: "reader-password",
        scopes: &[],
    },
    User {
        name: "author",
        password: "author-password",
        scopes: &["posts:write"],
    },
    User {
        name: "moderator",
        password: "moderator-password",
        scopes: &["posts:write", "posts:moderate"],
    },
];

/// A name and a password.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Credentials {
    #[schema(example = "author")]
    username: String,
    #[schema(example = "author-password")]
    password: String,
}

impl Credentials {
    pub(crate) fn user(&self) -> Option<&'static User> {
        USERS
            .iter()
            .find(|user| user.name == self.username && user.password == self.password)
    }
}

/// What a browser learns at a log-in. The tokens are in its cookies.
#[derive(Serialize, ToSchema)]
pub(crate) struct LoggedIn {
    pub(crate) username: &'static str,
    /// The seconds for which the access token is good.
    pub(crate) expires_in: u64,
}

/// What a program gets, which sends the token in the header `Authorization`.
#[derive(Serialize, ToSchema)]
#[expect(
    clippy::struct_field_names,
    reason = "the names of RFC 6749, section 5.1"
)]
pub(crate) struct Token {
    pub(crate) access_token: String,
    #[schema(example = "Bearer")]
    pub(crate) token_type: &'static str,
    /// The seconds for which the token is good.
    pub(crate) expires_in: u64,
}

/// Who you are.
#[derive(Serialize, ToSchema)]
pub(crate) struct Me {
    pub(crate) username: String,
    pub(crate) scopes: Vec<String>,
}
