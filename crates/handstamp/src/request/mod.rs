//! Requests, as adapters hand them in: the head, and the body where it was read. It judges nothing.

pub mod body;
mod head;
mod values;

pub use head::RequestHead;
pub(crate) use values::Values;
