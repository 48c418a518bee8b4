//! Implements [`Store`] for a shared store, by delegation.

use std::sync::Arc;
use std::time::Duration;

use super::{
    AccountId, Admit, BoxFuture, Created, EndExcess, EndRevoked, EndedSessions, ListSessions,
    ListedSessions, NewSession, ReadSession, Redeem, Redemption, RevokeSession, RevokeToken,
    RevokeUser, Rotate, Rotation, SessionId, SessionRow, Store, UpdateSession,
};
use crate::error::StoreError;
use crate::store::Admission;

impl<S: Store + ?Sized> Store for Arc<S> {
    fn set_timeout(&self, timeout: Duration) {
        (**self).set_timeout(timeout);
    }

    fn create(&self, new: NewSession) -> BoxFuture<'_, Result<Created, StoreError>> {
        (**self).create(new)
    }

    fn rotate(&self, rotate: Rotate) -> BoxFuture<'_, Result<Rotation, StoreError>> {
        (**self).rotate(rotate)
    }

    fn admit(&self, admit: Admit) -> BoxFuture<'_, Result<Admission, StoreError>> {
        (**self).admit(admit)
    }

    fn session(&self, read: ReadSession) -> BoxFuture<'_, Result<Option<SessionRow>, StoreError>> {
        (**self).session(read)
    }

    fn update_session(
        &self,
        update: UpdateSession,
    ) -> BoxFuture<'_, Result<Option<SessionRow>, StoreError>> {
        (**self).update_session(update)
    }

    fn revoke_session(&self, revoke: RevokeSession) -> BoxFuture<'_, Result<bool, StoreError>> {
        (**self).revoke_session(revoke)
    }

    fn revoke_user(&self, revoke: RevokeUser) -> BoxFuture<'_, Result<EndedSessions, StoreError>> {
        (**self).revoke_user(revoke)
    }

    fn end_revoked(&self, end: EndRevoked) -> BoxFuture<'_, Result<EndedSessions, StoreError>> {
        (**self).end_revoked(end)
    }

    fn end_excess(&self, end: EndExcess) -> BoxFuture<'_, Result<Vec<SessionId>, StoreError>> {
        (**self).end_excess(end)
    }

    fn crowded_accounts(
        &self,
        at_most: usize,
    ) -> BoxFuture<'_, Result<Vec<AccountId>, StoreError>> {
        (**self).crowded_accounts(at_most)
    }

    fn revoke_token(&self, revoke: RevokeToken) -> BoxFuture<'_, Result<(), StoreError>> {
        (**self).revoke_token(revoke)
    }

    fn redeem(&self, redeem: Redeem) -> BoxFuture<'_, Result<Redemption, StoreError>> {
        (**self).redeem(redeem)
    }

    fn list(&self, list: ListSessions) -> BoxFuture<'_, Result<ListedSessions, StoreError>> {
        (**self).list(list)
    }

    fn purge(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        (**self).purge()
    }
}
