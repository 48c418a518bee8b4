//! What all layers and extractors of one request share.

use super::seen_cookies::SeenCookies;
use super::token_cache::TokenCache;

/// What all layers and extractors of one request share, in one allocation.
#[derive(Default)]
pub(crate) struct Shared {
    pub(super) tokens: TokenCache,
    pub(super) cookies: SeenCookies,
}
