//! What adapters call, and applications do not: the adapters for axum, actix-web and tower bring a
//! request and its response to the core by it.

mod authenticating;
mod implicit_refresh;
mod request_state;
mod token_cache;

pub use authenticating::Authenticating;
pub use implicit_refresh::{ImplicitRefresh, Renewal, ResponseHead};
pub use request_state::RequestState;

#[cfg(test)]
mod tests;
