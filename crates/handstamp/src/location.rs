//! The locations of tokens in a request.

/// A location of a token in a request.
///
/// ```
/// use handstamp::{Config, Location};
///
/// let builder = Config::builder().token_locations([Location::Cookies, Location::Headers]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Location {
    /// The header `JWT_HEADER_NAME`, by default `Authorization`.
    Headers,
    /// The cookies `JWT_ACCESS_COOKIE_NAME` and `JWT_REFRESH_COOKIE_NAME`.
    Cookies,
    /// The query parameter `JWT_QUERY_STRING_NAME`. Off unless listed, because URLs are logged.
    Query,
    /// A member of a JSON body. Only extractors that consume the body search it.
    Json,
}

impl Location {
    /// Returns the word used in `JWT_TOKEN_LOCATION`.
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
