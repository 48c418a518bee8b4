//! The proof that no other site made a browser send the request.

use super::Require;
use super::verify::Verified;
use crate::claims::Claims;
use crate::config::Config;
use crate::csrf;
use crate::error::RejectionKind;
use crate::purpose::Purpose;
use crate::request::RequestHead;

/// A verified token together with the proof that no other site made the browser send it. Only [`check`](Self::check) makes
/// one, so the proof cannot be paired with another token.
pub(crate) struct CsrfCleared<P>(Verified<P>);

impl<P: Purpose> CsrfCleared<P> {
    pub(super) fn check(
        verified: Verified<P>,
        head: &impl RequestHead,
        config: &Config,
        require: &Require<P>,
    ) -> Result<Self, RejectionKind> {
        let Verified {
            claims, location, ..
        } = &verified;
        csrf::check(*location, P::KIND, claims, head, config, require.csrf)?;
        Ok(Self(verified))
    }

    pub(crate) fn claims(&self) -> &Claims {
        &self.0.claims
    }

    pub(super) fn into_verified(self) -> Verified<P> {
        self.0
    }
}
