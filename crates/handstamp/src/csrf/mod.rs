//! Cross-site request forgery: what guards requests whose token came from a cookie.

mod origin;

pub use origin::{InvalidOrigin, Origin};
