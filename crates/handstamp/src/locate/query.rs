//! Finds a token in a parameter of the query.

use std::borrow::Cow;

use super::Presented;
use crate::config::Config;
use crate::error::RejectionKind;
use crate::location::Location;
use crate::request::RequestHead;

/// Returns the query parameter (RFC 6750, section 2.3). An empty one is an invalid token, as in
/// AuthX.
pub(super) fn token<'r>(
    head: &'r impl RequestHead,
    config: &'r Config,
) -> Result<Option<Presented<'r>>, RejectionKind> {
    let Some(query) = head.query() else {
        return Ok(None);
    };
    let mut found: Option<Cow<'_, str>> = None;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if name != config.settings.query_string_name {
            continue;
        }
        if found.is_some_and(|earlier| earlier != value) {
            return Err(RejectionKind::InvalidToken(
                "several different tokens in the query".into(),
            ));
        }
        found = Some(value);
    }
    let bytes = |token| match token {
        Cow::Borrowed(text) => Cow::Borrowed(str::as_bytes(text)),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    };
    Ok(found.map(|token| Presented::One {
        token: bytes(token),
        location: Location::Query,
    }))
}
