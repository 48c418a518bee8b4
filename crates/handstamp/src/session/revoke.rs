//! Revocation of sessions and tokens, and the purge of expired entries.

use super::{EventKind, Owner};
use crate::authenticate::Authenticated;
use crate::clock::UnixTime;
use crate::config::LONGEST_LIFE;
use crate::context::Context;
use crate::error::{RejectionKind, StoreError};
use crate::purpose::Purpose;
use crate::store::{
    AccountId, EndReason, RevokeSession, RevokeToken, RevokeUser, SessionId, Store, UserRevocation,
};

/// Ends one session of this user. Returns `false` if the user has none with this id.
pub(crate) async fn revoke_session(
    context: &Context,
    owner: &Owner,
    session: &SessionId,
) -> Result<bool, RejectionKind> {
    let account = owner.account(context.config().login_type());
    let store = context.required_store()?;
    end(context, store, account, session.clone(), EndReason::Revoked).await
}

/// Ends all sessions of the token's user except its own, and returns how many.
pub(crate) async fn revoke_others<P: Purpose>(
    context: &Context,
    token: &Authenticated<P>,
) -> Result<usize, RejectionKind> {
    let owner = Owner::from(token);
    // No session has an empty id.
    let kept = owner.current.clone().unwrap_or_else(|| "".into());
    revoke_user(context, &owner, UserRevocation::AllBut(kept)).await
}

/// Ends sessions of a user, and returns how many.
pub(crate) async fn revoke_user(
    context: &Context,
    owner: &Owner,
    which: UserRevocation,
) -> Result<usize, RejectionKind> {
    let account = owner.account(context.config().login_type());
    // Kept for as long as any token can live.
    let revoke = RevokeUser::new(account.clone(), which, EndReason::Revoked, LONGEST_LIFE);
    let ended = context.required_store()?.revoke_user(revoke);
    let ended = context.with_timeout(ended).await?;
    context.watchers().notify(&account);
    emit_ended(context, &account, &ended, EndReason::Revoked);
    Ok(ended.len())
}

/// Reports sessions that the store has ended, to their connections and to the listener.
pub(super) fn emit_ended(
    context: &Context,
    account: &AccountId,
    ended: &[SessionId],
    reason: EndReason,
) {
    if !ended.is_empty() {
        context.watchers().notify(account);
    }
    for session in ended {
        context.emit(EventKind::Revoked(reason), account, session);
    }
}

/// Revokes one token of this user, and the session that adopted it, if it was issued without one.
pub(crate) async fn revoke_token(
    context: &Context,
    owner: &Owner,
    id: &str,
    expires_at: UnixTime,
) -> Result<(), RejectionKind> {
    let account = owner.account(context.config().login_type());
    let until = context.retain_until(expires_at);
    let store = context.required_store()?;
    let session = SessionId::adopting(&account, &id.into());
    let revoke = RevokeToken::new(account.clone(), id.into(), until);
    context.with_timeout(store.revoke_token(revoke)).await?;
    context.watchers().notify(&account);
    end(context, store, account, session, EndReason::Revoked).await?;
    Ok(())
}

/// Removes expired entries from the store, without a timeout.
pub(crate) async fn purge(context: &Context) -> Result<u64, StoreError> {
    match context.store() {
        Some(store) => store.purge().await,
        None => Ok(0),
    }
}

/// Ends one session, if it is live.
pub(super) async fn end(
    context: &Context,
    store: &dyn Store,
    account: AccountId,
    session: SessionId,
    reason: EndReason,
) -> Result<bool, RejectionKind> {
    let revoke = RevokeSession::new(account.clone(), session.clone(), reason);
    let ended = context.with_timeout(store.revoke_session(revoke)).await?;
    if ended {
        context.watchers().notify(&account);
        context.emit(EventKind::Revoked(reason), &account, &session);
    }
    Ok(ended)
}
