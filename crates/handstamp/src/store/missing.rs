//! The store that was asked for and not given.

use super::{
    AccountId, Admit, BoxFuture, Created, NewSession, RevokeSession, RevokeToken, RevokeUser,
    Rotate, Rotation, SessionId, SessionRow, Store,
};
use crate::admission::Admission;
use crate::error::StoreError;

/// Where `JWT_SESSION_TRACKING=true` meets no store: nobody is let in, and every answer says why.
#[derive(Debug)]
pub(crate) struct Missing;

impl Missing {
    pub(crate) const REASON: &str =
        "sessions need a store, and none was given: use Auth::builder(config).store(..)";

    pub(crate) fn error() -> StoreError {
        StoreError::new(Self::REASON)
    }
}

fn missing<T: Send + 'static>() -> BoxFuture<'static, Result<T, StoreError>> {
    Box::pin(std::future::ready(Err(Missing::error())))
}

impl Store for Missing {
    fn create(&self, _: NewSession) -> BoxFuture<'_, Result<Created, StoreError>> {
        missing()
    }

    fn rotate(&self, _: Rotate) -> BoxFuture<'_, Result<Rotation, StoreError>> {
        missing()
    }

    fn admit(&self, _: Admit) -> BoxFuture<'_, Result<Admission, StoreError>> {
        missing()
    }

    fn revoke_session(&self, _: RevokeSession) -> BoxFuture<'_, Result<bool, StoreError>> {
        missing()
    }

    fn revoke_user(&self, _: RevokeUser) -> BoxFuture<'_, Result<Vec<SessionId>, StoreError>> {
        missing()
    }

    fn revoke_token(&self, _: RevokeToken) -> BoxFuture<'_, Result<(), StoreError>> {
        missing()
    }

    fn list(&self, _: AccountId) -> BoxFuture<'_, Result<Vec<SessionRow>, StoreError>> {
        missing()
    }

    fn purge(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        missing()
    }
}
