use super::{Location, Presented};
use crate::config::Config;
use crate::error::Reason;
use crate::purpose::sealed::Kind;
use crate::request::{RequestHead, Said};

/// The member of a JSON body. An empty one is a token that is invalid, as in the original.
pub(super) fn token<'r>(
    head: &'r impl RequestHead,
    config: &Config,
    kind: Kind,
) -> Result<Option<Presented<'r>>, Reason> {
    match head.body().member(config.json_key(kind)) {
        Said::Nothing => Ok(None),
        Said::One(token) => Ok(Some(Presented::One {
            token,
            location: Location::Json,
        })),
        Said::Several => Err(Reason::InvalidToken(
            "several different tokens in the body".into(),
        )),
    }
}
