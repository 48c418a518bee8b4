//! What all layers and extractors of one request share.

use std::sync::atomic::{AtomicBool, Ordering};

use super::seen_cookies::SeenCookies;
use super::token_cache::TokenCache;
use crate::context::Context;

/// What all layers and extractors of one request share, in one allocation.
#[derive(Default)]
pub(crate) struct Shared {
    pub(super) tokens: TokenCache,
    pub(super) cookies: SeenCookies,
    /// A token of the request was admitted, and counted.
    is_counted: AtomicBool,
}

impl Shared {
    /// Counts the request as one whose token was admitted, however many layers and extractors
    /// admit it.
    pub(super) fn count_admitted(&self, context: &Context) {
        if !self.is_counted.swap(true, Ordering::Relaxed) {
            context.count_admitted();
        }
    }
}
