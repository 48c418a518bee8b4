//! What adapters call, and applications do not: the adapters for axum, actix-web and tower bring a request and its response
//! to the core by it.

mod implicit_refresh;

pub use implicit_refresh::{ImplicitRefresh, ResponseHead};
