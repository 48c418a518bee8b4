use std::sync::Arc;

use handstamp::error::Rejection;
use handstamp::purpose::Purpose;
use handstamp::{Auth, Authenticated};
use http::Extensions;

/// The token that a [`RequireLayer`](crate::RequireLayer) of this same `Auth` and purpose let in, if there is one.
///
/// # Security
/// What another `Auth` let in is not found: two of them in one router never accept each other's tokens.
#[must_use]
pub fn verified<P: Purpose>(auth: &Auth, extensions: &Extensions) -> Option<Arc<Authenticated<P>>> {
    let LetIn(entries) = extensions.get::<LetIn<P>>()?;
    entries
        .iter()
        .find(|(by, _)| by.is_same(auth))
        .map(|(_, token)| Arc::clone(token))
}

/// What one layer let in, for the layers and the handler behind it. Demands add up, so they are about one token.
pub(crate) fn let_in<P: Purpose>(
    auth: &Auth,
    token: Authenticated<P>,
    extensions: &mut Extensions,
) -> Result<(), Rejection> {
    if let Some(outer) = verified(auth, extensions) {
        return auth.require_same(&outer, &token);
    }
    let LetIn(entries) = extensions.get_or_insert_with(LetIn::<P>::default);
    entries.push((auth.clone(), Arc::new(token)));
    Ok(())
}

/// One entry for each `Auth` whose layers stand before the handler.
struct LetIn<P>(Vec<(Auth, Arc<Authenticated<P>>)>);

impl<P> Clone for LetIn<P> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<P> Default for LetIn<P> {
    fn default() -> Self {
        Self(Vec::new())
    }
}
