//! The function of an application that changes the claims of a renewed token.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crate::error::StoreError;
use crate::issue::NewToken;

/// The function of the application, boxed.
pub(crate) struct RenewalHook(Box<dyn Fn(NewToken) -> Answer + Send + Sync>);

type Answer = Pin<Box<dyn Future<Output = Result<NewToken, StoreError>> + Send>>;

impl RenewalHook {
    pub(crate) fn new<F, A>(change: F) -> Self
    where
        F: Fn(NewToken) -> A + Send + Sync + 'static,
        A: Future<Output = Result<NewToken, StoreError>> + Send + 'static,
    {
        Self(Box::new(move |token| Box::pin(change(token))))
    }

    pub(super) fn change(&self, token: NewToken) -> Answer {
        (self.0)(token)
    }
}

impl fmt::Debug for RenewalHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RenewalHook")
    }
}
