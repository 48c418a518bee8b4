//! Finds a token in a member of a buffered JSON body.

use super::Presented;
use crate::config::Config;
use crate::error::RejectionKind;
use crate::location::Location;
use crate::purpose::sealed::Kind;
use crate::request::{RequestHead, Values};

/// Returns the member of a JSON body. An empty one is an invalid token, as in AuthX.
pub(super) fn token<'r>(
    head: &'r impl RequestHead,
    config: &Config,
    kind: Kind,
) -> Result<Option<Presented<'r>>, RejectionKind> {
    match head.body().member(config.json_member(kind)) {
        Values::Missing => Ok(None),
        Values::Single(token) => Ok(Some(Presented::One {
            token,
            location: Location::Json,
        })),
        Values::Conflicting => Err(RejectionKind::InvalidToken(
            "several different tokens in the body".into(),
        )),
    }
}
