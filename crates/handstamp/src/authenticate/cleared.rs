//! The proof that no other site made a browser send the token.

use std::sync::Arc;

use super::verify::Verified;
use crate::claims::Claims;
use crate::config::Config;
use crate::csrf::{self, OriginChecked};
use crate::error::RejectionKind;
use crate::purpose::Purpose;
use crate::purpose::sealed::Kind;
use crate::request::{RequestHead, UserAgent};

/// A verified token together with the proof that no other site made the browser send it. Only
/// [`check`](Self::check) makes one, so the proof cannot be paired with another token.
pub(crate) struct CsrfCleared<P>(Verified<P>);

impl<P: Purpose> CsrfCleared<P> {
    /// `value_of` is the token whose CSRF value is asked for, if it is not the verified one.
    pub(super) fn check(
        mut verified: Verified<P>,
        value_of: Option<&Arc<Claims>>,
        origin_checked: OriginChecked,
        head: &impl RequestHead,
        config: &Config,
    ) -> Result<Self, RejectionKind> {
        let value_of = value_of.unwrap_or(&verified.claims);
        csrf::check_token(origin_checked, P::KIND, value_of, head, config)?;
        if P::KIND == Kind::Refresh {
            verified.user_agent = UserAgent::of(head);
        }
        Ok(Self(verified))
    }

    pub(crate) fn claims(&self) -> &Arc<Claims> {
        &self.0.claims
    }

    pub(super) fn into_verified(self) -> Verified<P> {
        self.0
    }
}
