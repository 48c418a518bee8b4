//! Caches: which answers a browser must not show after a log-out, or to another user.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Once};

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

/// What layers and extractors have seen of the cookies of one request.
#[derive(Default)]
pub(super) struct SeenCookies {
    /// A layer will ask for the header.
    is_observed: AtomicBool,
    /// A token was looked for in a cookie.
    looked_for_cookie: AtomicBool,
    /// A token in a cookie was admitted, or the handler answers whether there is one.
    admitted_cookie: AtomicBool,
}

impl Caching {
    /// Returns the header to append. `Cache-Control: no-store` where a token in a cookie was
    /// admitted, unless the handler has set that header: a browser would show the answer of one
    /// user after the log-out, or to the next user. Otherwise `Vary: Cookie` where a token was
    /// looked for in a cookie.
    pub fn header(&self, response: &impl ResponseHead) -> Option<(&'static str, &'static str)> {
        let seen = &self.0.cookies;
        if !seen.looked_for_cookie.load(Ordering::Relaxed) {
            return None;
        }
        let has = |name, word: &[u8]| {
            let mut values = response.header_values(name);
            values.any(|value| {
                let mut words = value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
                words.any(|other| other.eq_ignore_ascii_case(word))
            })
        };
        if seen.admitted_cookie.load(Ordering::Relaxed)
            && response.header_values("cache-control").next().is_none()
        {
            return Some(("cache-control", "no-store"));
        }
        let is_said =
            has("cache-control", b"no-store") || has("vary", b"cookie") || has("vary", b"*");
        (!is_said).then_some(("vary", "Cookie"))
    }

    pub(super) fn observe(shared: &Arc<Shared>) -> Self {
        shared.cookies.is_observed.store(true, Ordering::Relaxed);
        Self(Arc::clone(shared))
    }
}

impl SeenCookies {
    /// Records that the answer depends on the cookies of the request, whether or not they admit.
    pub(super) fn keep_out_of_caches(&self) {
        self.look_for_cookie();
        self.admitted_cookie.store(true, Ordering::Relaxed);
    }

    pub(super) fn look_for_cookie(&self) {
        self.looked_for_cookie.store(true, Ordering::Relaxed);
    }

    /// Records that a token in a cookie was admitted. Extractors cannot set headers, so without a
    /// layer a warning is logged, once.
    pub(super) fn admit_cookie(&self) {
        static WARNED: Once = Once::new();
        self.admitted_cookie.store(true, Ordering::Relaxed);
        if !self.is_observed.load(Ordering::Relaxed) {
            WARNED.call_once(|| tracing::warn!("{WITHOUT_A_LAYER}"));
        }
    }
}

impl fmt::Debug for Caching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caching").finish_non_exhaustive()
    }
}

const WITHOUT_A_LAYER: &str = "a request was authenticated by a cookie, and no layer or middleware of `Auth` keeps the answer \
     out of caches: after a log-out a browser may show it again. Add `auth.no_store()` around the routes";
