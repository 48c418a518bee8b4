//! Finds tokens in cookies. Verification decides which of several counts.

use super::Presented;
use crate::config::Config;
use crate::cookie;
use crate::error::RejectionKind;
use crate::purpose::sealed::Kind;
use crate::request::RequestHead;

/// Returns the cookies with the name for this purpose. Empty ones are treated as absent; no current
/// browser sends more than four different ones.
pub(super) fn token<'r>(
    head: &'r impl RequestHead,
    config: &'r Config,
    kind: Kind,
) -> Result<Option<Presented<'r>>, RejectionKind> {
    let name = &config.cookies(kind).token.name;
    let candidates = cookie::find(head.header_values("cookie"), name);
    if candidates.too_many() {
        return Err(RejectionKind::AmbiguousCookie {
            name: name.to_string(),
        });
    }
    let some = !candidates.as_slice().is_empty();
    Ok(some.then_some(Presented::Cookies {
        name: name.as_str(),
        candidates,
    }))
}
