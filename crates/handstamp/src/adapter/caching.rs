//! Caches: which answers a browser must not show after a log-out, or to another user.

use std::fmt;
use std::sync::Arc;

use super::ResponseHead;
use super::shared::Shared;

/// What the answer to a request must say to caches, as known from the tokens that its layers and
/// extractors looked for. A layer takes it from [`RequestState::caching`](super::RequestState), and
/// asks for the [`header`](Self::header) once the handler has answered.
///
/// ```
/// use handstamp::adapter::{Caching, ResponseHead};
///
/// type Header = (&'static str, &'static str);
///
/// fn finish(caching: &Caching, response: &impl ResponseHead) -> Option<Header> {
///     caching.header(response) // to append to the response
/// }
/// ```
#[derive(Clone, Default)]
pub struct Caching(Arc<Shared>);

impl Caching {
    /// Returns the header to append. `Cache-Control: no-store` where a token in a cookie was
    /// admitted, unless the handler has set that header: a browser would show the answer of one
    /// user after the log-out, or to the next user. Otherwise `Vary: Cookie` where a token was
    /// looked for in a cookie.
    pub fn header(&self, response: &impl ResponseHead) -> Option<(&'static str, &'static str)> {
        let seen = &self.0.cookies;
        if !seen.looked_for() {
            return None;
        }
        let has = |name, word: &[u8]| {
            let mut values = response.header_values(name);
            values.any(|value| {
                let mut words = value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
                words.any(|other| other.eq_ignore_ascii_case(word))
            })
        };
        if seen.admitted() && response.header_values("cache-control").next().is_none() {
            return Some(("cache-control", "no-store"));
        }
        let is_said =
            has("cache-control", b"no-store") || has("vary", b"cookie") || has("vary", b"*");
        (!is_said).then_some(("vary", "Cookie"))
    }

    pub(super) fn observe(shared: &Arc<Shared>) -> Self {
        shared.cookies.observe();
        Self(Arc::clone(shared))
    }
}

impl fmt::Debug for Caching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caching").finish_non_exhaustive()
    }
}
