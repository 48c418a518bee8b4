//! Cross-site request forgery: what guards requests whose token came from a cookie.

mod origin;
mod token;

pub use origin::{InvalidOrigin, Origin};
pub(crate) use token::{CsrfCleared, check};
