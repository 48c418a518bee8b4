//! Requests, as adapters pass them: the head, and the body if it was buffered. It judges nothing.

pub mod body;
mod head;
mod user_agent;
mod values;

pub use head::RequestHead;
pub use user_agent::UserAgent;
pub(crate) use user_agent::readable;
pub(crate) use values::Values;
