//! The interface for adapters, which pass the requests and responses of a framework to the core.
//! Applications do not call it.

mod authenticating;
mod implicit_refresh;
mod request_state;
mod token_cache;

pub use authenticating::Authenticating;
pub use implicit_refresh::{ImplicitRefresh, Renewal, ResponseHead};
pub use request_state::RequestState;

#[cfg(test)]
mod tests;
