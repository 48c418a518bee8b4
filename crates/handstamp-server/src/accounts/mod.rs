//! Users, their passwords, and log-ins.

pub(crate) mod demo_users;
pub(crate) mod log_in;
pub(crate) mod password;
pub(crate) mod purge;
pub(crate) mod throttle;
pub(crate) mod user_name;
pub(crate) mod users;
