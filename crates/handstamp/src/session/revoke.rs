//! Revocation of sessions and tokens, and the purge of expired entries.

use super::{EventKind, Owner};
use crate::authenticate::Authenticated;
use crate::clock::UnixTime;
use crate::config::LONGEST_LIFE;
use crate::context::{Context, LoggedAccount};
use crate::error::{RejectionKind, StoreError};
use crate::purpose::Purpose;
use crate::store::{
    AccountId, EndExcess, EndReason, EndRevoked, RevokeSession, RevokeToken, RevokeUser, SessionId,
    Store, UserRevocation,
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
///
/// The first call of the store ends them all; the calls that follow record it, a few sessions at
/// once. If the store does not answer one of those, the sessions have ended all the same, so that
/// is no failure.
pub(crate) async fn revoke_user(
    context: &Context,
    owner: &Owner,
    which: UserRevocation,
) -> Result<usize, RejectionKind> {
    let account = owner.account(context.config().login_type());
    // Kept for as long as any token can live.
    let revoke = RevokeUser::new(account.clone(), which, EndReason::Revoked, LONGEST_LIFE);
    let store = context.required_store()?;
    let mut ended = context.with_timeout(store.revoke_user(revoke)).await?;
    context.watchers().notify(&account);
    let mut count = 0;
    loop {
        emit_ended(context, &account, &ended.ids, EndReason::Revoked);
        count += ended.ids.len();
        if !ended.has_more {
            return Ok(count);
        }
        let end = EndRevoked::new(account.clone(), EndReason::Revoked);
        ended = match context.with_timeout(store.end_revoked(end)).await {
            Ok(ended) => ended,
            Err(error) => {
                tracing::warn!(
                    ?error,
                    account = %LoggedAccount::new(&account, context.config()),
                    "all sessions have ended, and not all are counted"
                );
                return Ok(count);
            }
        };
    }
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

/// Removes expired entries from the store, without a timeout. Of accounts that have more sessions
/// than they may have, it records the end of those that have ended, and ends some of the others.
pub(crate) async fn purge(context: &Context) -> Result<u64, StoreError> {
    let Some(store) = context.store() else {
        return Ok(0);
    };
    let removed = store.purge().await?;
    let at_most = context.config().settings.sessions_per_user;
    loop {
        let mut ended = 0;
        for account in store.crowded_accounts(at_most).await? {
            ended += record_ends(context, store, &account).await?;
            loop {
                let some = end_excess(context, store, &account).await?;
                if some == 0 {
                    break;
                }
                ended += some;
            }
        }
        // What is left has expired, and is removed once it may be.
        if ended == 0 {
            return Ok(removed);
        }
    }
}

/// Records the end of all sessions that a revocation has ended and did not record, because it was
/// interrupted. Returns how many.
async fn record_ends(
    context: &Context,
    store: &dyn Store,
    account: &AccountId,
) -> Result<usize, StoreError> {
    let mut count = 0;
    loop {
        let end = EndRevoked::new(account.clone(), EndReason::Revoked);
        let ended = store.end_revoked(end).await?;
        emit_ended(context, account, &ended.ids, EndReason::Revoked);
        count += ended.ids.len();
        if !ended.has_more {
            return Ok(count);
        }
    }
}

/// Ends sessions of an account that has more than it may have, a few at once and without a timeout.
/// Returns how many, which is 0 once there are few enough.
pub(super) async fn end_excess(
    context: &Context,
    store: &dyn Store,
    account: &AccountId,
) -> Result<usize, StoreError> {
    let at_most = context.config().settings.sessions_per_user;
    let end = EndExcess::new(account.clone(), at_most);
    let ended = store.end_excess(end).await?;
    emit_ended(context, account, &ended, EndReason::Limit);
    Ok(ended.len())
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
