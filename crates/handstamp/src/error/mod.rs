//! Errors, one type per reader: the developer at start-up, the programmer, the client, the
//! operator.

mod body;
mod claims;
mod config;
mod denial;
mod issue;
mod log_in;
mod reason;
mod refusal_id;
mod rejection;
mod store;
pub(crate) mod style;

pub use body::BodyError;
pub use claims::ClaimsError;
pub use config::{ConfigError, Problem};
pub(crate) use config::{shown, shown_within};
pub use denial::Denial;
pub use issue::IssueError;
pub use log_in::AuthError;
pub(crate) use log_in::AuthFailure;
pub(crate) use reason::RejectionKind;
pub(crate) use refusal_id::{RefusalId, RefusalIds};
#[cfg(feature = "utoipa")]
pub(crate) use rejection::Outline;
pub use rejection::Rejection;
pub(crate) use rejection::{LogIn, RejectionStyle};
pub use store::StoreError;
