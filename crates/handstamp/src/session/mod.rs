//! Sessions: log-in, refresh with rotation, admission, log-out, revocation and lists.
//!
//! [`Auth::log_in`](crate::Auth::log_in) creates a session in the store and its first two tokens;
//! [`Auth::refresh`](crate::Auth::refresh) rotates a refresh token by the rules of
//! [`rotation`](crate::store::rotation); log-out and revocation end sessions, after which their
//! tokens are rejected. The module takes the context and verified tokens, and gives tokens,
//! sessions, cookies to delete or the reason of a refusal; it never makes a response.
//!
//! ```
//! use handstamp::session::ClientInfo;
//! use handstamp::store::MemoryStore;
//! use handstamp::{Auth, Config};
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let config = Config::builder().secret_key("a secret of at least thirty-two bytes").build()?;
//! let auth = Auth::builder(config).store(MemoryStore::new()).build()?;
//!
//! let tokens = auth.log_in("user1", ClientInfo::new().label("laptop")).await?;
//! let cookies = auth.set_cookies(&tokens)?; // all four
//! assert_eq!(cookies.lines().count(), 4);
//!
//! let sessions = auth.sessions("user1").await?;
//! assert_eq!(sessions[0].label(), Some("laptop"));
//! assert!(auth.revoke_session("user1", sessions[0].id()).await?);
//! assert!(auth.sessions("user1").await?.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod admit;
mod change_all;
mod client;
mod data;
mod info;
mod list;
mod log_in;
mod log_out;
mod owner;
mod reauthenticate;
mod refresh;
mod revoke;
#[cfg(test)]
mod tests;
mod tokens;
mod update;

pub(crate) use admit::{admit, recheck};
pub(crate) use change_all::change_all;
pub use client::ClientInfo;
pub(crate) use client::client_info;
pub(crate) use data::SessionData;
pub use info::SessionInfo;
pub use list::{Session, SessionList};
pub(crate) use list::{list, of_token};
pub(crate) use log_in::log_in;
pub use log_out::LogOut;
pub(crate) use log_out::{authenticate_log_out, authenticate_log_out_before_body, log_out};
pub use owner::Owner;
pub(crate) use reauthenticate::reauthenticate;
pub(crate) use refresh::refresh;
pub(crate) use revoke::{purge, revoke_others, revoke_session, revoke_token, revoke_user};
pub(crate) use tokens::cookie_lifetime;

pub use crate::context::{Clients, EventKind, SessionEvent};
pub use crate::request::UserAgent;
