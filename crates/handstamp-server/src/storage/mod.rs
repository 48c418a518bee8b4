//! Where users, sessions and the signing key are kept.

pub(crate) mod clock;
pub(crate) mod database;
pub(crate) mod database_url;
pub(crate) mod hex;
mod migrations;
pub(crate) mod secret_file;
pub(crate) mod sessions;
#[cfg(test)]
pub(crate) mod testing;
