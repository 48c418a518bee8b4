//! Where tokens are looked for.

/// A place in a request where a token may be.
///
/// ```
/// use handstamp::Location;
///
/// assert_eq!("cookies".parse(), Ok(Location::Cookies));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Location {
    /// The header `JWT_HEADER_NAME`, `Authorization` by default.
    Headers,
    /// The cookies `JWT_ACCESS_COOKIE_NAME` and `JWT_REFRESH_COOKIE_NAME`.
    Cookies,
    /// The query parameter `JWT_QUERY_STRING_NAME`. Off unless listed: addresses end up in logs.
    Query,
    /// A member of a JSON body. Only extractors that consume the body look here.
    Json,
}

impl Location {
    /// Every location, in the order of the settings page.
    pub const ALL: [Self; 4] = [Self::Headers, Self::Cookies, Self::Query, Self::Json];

    /// The word used in `JWT_TOKEN_LOCATION`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Headers => "headers",
            Self::Cookies => "cookies",
            Self::Query => "query",
            Self::Json => "json",
        }
    }
}

impl std::str::FromStr for Location {
    type Err = UnknownLocation;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|location| location.name() == name)
            .ok_or(UnknownLocation)
    }
}

/// The text names no [`Location`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownLocation;

impl std::fmt::Display for UnknownLocation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not one of headers, cookies, query, json")
    }
}

impl std::error::Error for UnknownLocation {}
