//! Where users, sessions and the signing key are kept.

pub(crate) mod clock;
pub(crate) mod database;
pub(crate) mod hex;
pub(crate) mod location;
mod migrations;
pub(crate) mod secret_file;
pub(crate) mod sessions;
#[cfg(test)]
pub(crate) mod testing;
