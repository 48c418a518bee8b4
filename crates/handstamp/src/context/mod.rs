//! What all calls of one `Auth` share.

pub mod blocklist;
pub(crate) mod deadline;
mod event;
mod watchers;

pub(crate) use event::Listener;
pub use event::{EventKind, SessionEvent};
pub(crate) use watchers::{Notifier, Watchers};
