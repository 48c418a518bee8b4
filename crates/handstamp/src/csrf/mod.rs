//! Cross-site request forgery: what guards requests whose token came from a cookie.

pub(crate) mod masked;
mod method;
mod origin;
mod provenance;
mod token;

pub(crate) use origin::Origin;
pub(crate) use provenance::{check_presented, check_tokenless};
pub(crate) use token::{CsrfCleared, check, check_log_out};
