//! Protection from cross-site request forgery: judges whether a request that a browser sent with
//! cookies was initiated by a page of the service.
//!
//! [`policy`] states what a request must prove, [`check`] checks that it does, and each of the
//! others reads one proof. The module takes the head of a request, the configuration and verified
//! claims, and returns a reason to reject the request, or none. It never issues, stores or verifies
//! a token.

mod check;
mod fetch_metadata;
mod header;
pub(crate) mod masked;
mod method;
mod origin_header;
mod policy;
#[cfg(feature = "utoipa")]
mod proofs;
mod token;

pub(crate) use check::{
    LogOutProof, OriginChecked, check_log_out, check_origin, check_token, check_tokenless,
    is_own_page, judge_form, log_out_awaits_form, may_replace, shows_value,
};
pub(crate) use policy::CsrfDemand;
#[cfg(feature = "utoipa")]
pub(crate) use proofs::{Proofs, proofs, proofs_of_log_out, proofs_without_token};

#[cfg(test)]
mod tests;
