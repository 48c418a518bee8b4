//! Accounts: users, their passwords, and who may log in.
//!
//! It takes credentials and the address of the client, and returns the user they belong to or the
//! reason why the log-in is refused. It makes no token and no response, and uses no HTTP.

pub(crate) mod demo_users;
pub(crate) mod known_devices;
mod lane;
pub(crate) mod log_in;
pub(crate) mod new_user_name;
pub(crate) mod password;
pub(crate) mod purge;
pub(crate) mod throttle;
pub(crate) mod user_name;
pub(crate) mod users;
