//! Finds the token of a request: the first location that contains one decides.

mod cookies;
mod headers;
mod json;
mod query;

use std::borrow::Cow;

use crate::config::Config;
use crate::cookie::{self, Candidates, CookieName};
use crate::error::RejectionKind;
use crate::location::Location;
use crate::purpose::sealed::Kind;
use crate::request::RequestHead;

/// The token in the first location that contains one. Nothing about it is trusted yet.
pub(crate) enum Presented<'r> {
    One {
        token: Cow<'r, [u8]>,
        location: Location,
    },
    Cookies {
        name: &'r str,
        candidates: Candidates<'r>,
    },
}

impl Presented<'_> {
    pub(crate) fn location(&self) -> Location {
        match self {
            Self::One { location, .. } => *location,
            Self::Cookies { .. } => Location::Cookies,
        }
    }

    pub(crate) fn tokens(&self) -> impl Iterator<Item = &[u8]> {
        let (one, several) = match self {
            Self::One { token, .. } => (Some(&**token), [].as_slice()),
            Self::Cookies { candidates, .. } => (None, candidates.as_slice()),
        };
        one.into_iter().chain(several.iter().copied())
    }
}

/// Searches these locations, in order. Only an absent token continues with the next location: an
/// invalid token in the first never makes a valid one in the second count, and a missing CSRF value
/// is not an absent token.
pub(crate) fn locate<'r>(
    head: &'r impl RequestHead,
    config: &'r Config,
    locations: &[Location],
    kind: Kind,
) -> Result<Presented<'r>, RejectionKind> {
    for location in locations {
        let presented = match location {
            Location::Headers => headers::token(head, config)?,
            Location::Cookies => cookies::token(head, config, kind)?,
            Location::Query => query::token(head, config)?,
            Location::Json => json::token(head, config, kind)?,
        };
        if let Some(presented) = presented {
            return Ok(presented);
        }
    }
    Err(RejectionKind::MissingToken {
        looked_in: describe(locations, head, config, kind),
    })
}

/// Returns the token of `Authorization: Bearer`, whatever the settings say: that of another issuer
/// is looked for nowhere else.
#[cfg(feature = "asymmetric")]
pub(crate) fn bearer(head: &impl RequestHead) -> Result<&[u8], RejectionKind> {
    headers::find(head, "authorization", "Bearer")?.ok_or_else(|| RejectionKind::MissingToken {
        looked_in: "the header Authorization".to_owned(),
    })
}

/// Searches the locations as [`locate`] does, before the body is read. Returns `None` if the token
/// may be in the body: a location before it has none.
pub(crate) fn locate_by_head<'r>(
    head: &'r impl RequestHead,
    config: &'r Config,
    locations: &[Location],
    kind: Kind,
) -> Result<Option<Presented<'r>>, RejectionKind> {
    let body = locations
        .iter()
        .position(|location| *location == Location::Json);
    let (Some(body), true) = (body, head.body().may_have_members()) else {
        return locate(head, config, locations, kind).map(Some);
    };
    let (before, _) = locations.split_at(body);
    match locate(head, config, before, kind) {
        Err(RejectionKind::MissingToken { .. }) => Ok(None),
        located => located.map(Some),
    }
}

/// Returns whether a cookie of ours came, of a token or of its CSRF value: what is left of a log-in
/// whose access token the request may lack. A browser sends the CSRF cookie of a refresh token also
/// where it keeps the token itself below `JWT_REFRESH_COOKIE_PATH`.
pub(crate) fn has_cookie(head: &impl RequestHead, config: &Config) -> bool {
    let came = |name: &CookieName| {
        let candidates = cookie::find(head.header_values("cookie"), name);
        !candidates.as_slice().is_empty()
    };
    let reads_cookies = config.settings.token_locations.contains(&Location::Cookies);
    let mut kinds = [Kind::Access, Kind::Refresh].into_iter();
    reads_cookies
        && kinds.any(|kind| {
            let cookies = config.cookies(kind);
            came(&cookies.token.name) || came(&cookies.csrf.name)
        })
}

/// Returns the tokens in a location other than cookies, of both purposes, for a log-out.
pub(crate) fn non_cookie_tokens<'r>(
    head: &'r impl RequestHead,
    config: &'r Config,
    location: Location,
) -> impl Iterator<Item = Cow<'r, [u8]>> {
    let presented = match location {
        Location::Headers => vec![headers::token(head, config)],
        Location::Query => vec![query::token(head, config)],
        Location::Json => vec![
            json::token(head, config, Kind::Access),
            json::token(head, config, Kind::Refresh),
        ],
        Location::Cookies => Vec::new(),
    };
    presented
        .into_iter()
        .filter_map(|presented| match presented {
            Ok(Some(Presented::One { token, .. })) => Some(token),
            _ => None,
        })
}

/// Formats where a token is expected, for the message about a missing one: `the cookie
/// access_token_cookie or the header Authorization`.
fn describe(
    locations: &[Location],
    head: &impl RequestHead,
    config: &Config,
    kind: Kind,
) -> String {
    let places: Vec<String> = locations
        .iter()
        .map(|location| match location {
            Location::Headers => format!("the header {}", &config.settings.header_name),
            Location::Cookies => format!("the cookie {}", config.cookies(kind).token.name),
            Location::Query => {
                format!("the query parameter {}", &config.settings.query_string_name)
            }
            Location::Json if head.body().is_read() => {
                format!("the member {} of a JSON body", config.json_member(kind))
            }
            Location::Json => "a JSON body, which this route does not read".to_owned(),
        })
        .collect();
    if places.is_empty() {
        return "no place at all".to_owned();
    }
    places.join(" or ")
}

#[cfg(test)]
mod tests;
