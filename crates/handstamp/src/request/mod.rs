//! Requests, as adapters pass them: the head, and the body if it was buffered. It judges nothing.

pub mod body;
mod head;
mod values;

pub use head::RequestHead;
pub(crate) use values::Values;
