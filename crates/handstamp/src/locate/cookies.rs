//! Finds tokens in cookies. Which of several counts is decided when they are verified.

use super::Presented;
use crate::config::Config;
use crate::cookie;
use crate::error::RejectionKind;
use crate::purpose::sealed::Kind;
use crate::request::RequestHead;

/// The cookies of the purpose's name. Empty ones are "not here"; no browser in use sends more than
/// four different ones.
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
