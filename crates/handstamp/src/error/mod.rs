//! What can go wrong, one type per reader: the developer at start-up, the programmer, the client, the operator.

mod claims;
mod config;
mod issue;
mod rejection;
mod store;

pub use claims::ClaimsError;
pub(crate) use config::shown;
pub use config::{ConfigError, Problem};
pub use issue::IssueError;
pub use rejection::Rejection;
pub(crate) use rejection::{Reason, Shape};
pub use store::StoreError;
