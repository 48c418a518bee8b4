//! What layers and extractors have seen of the cookies of one request.

use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

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

impl SeenCookies {
    /// Records that a layer will ask for the header.
    pub(super) fn observe(&self) {
        self.is_observed.store(true, Ordering::Relaxed);
    }

    /// Returns whether a token was looked for in a cookie.
    pub(super) fn looked_for(&self) -> bool {
        self.looked_for_cookie.load(Ordering::Relaxed)
    }

    /// Returns whether a token in a cookie was admitted.
    pub(super) fn admitted(&self) -> bool {
        self.admitted_cookie.load(Ordering::Relaxed)
    }

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

const WITHOUT_A_LAYER: &str = "a request was authenticated by a cookie, and no layer or middleware of `Auth` keeps the answer \
     out of caches: after a log-out a browser may show it again. Add `auth.no_store()` around the routes";
