//! What the server answers over HTTP.

pub(crate) mod client_address;
pub(crate) mod health;
pub(crate) mod log_in;
pub(crate) mod page;
pub(crate) mod routes;
pub(crate) mod server;
mod sessions;
