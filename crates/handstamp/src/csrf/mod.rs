//! Cross-site request forgery: what guards requests whose token came from a cookie.

mod fetch_metadata;
pub(crate) mod masked;
mod method;
mod origin;
mod token;

pub(crate) use fetch_metadata::{check_presented, check_tokenless};
pub(crate) use origin::Origin;
pub(crate) use token::{CsrfCleared, check, check_log_out};
