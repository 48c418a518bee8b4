//! The interface of stores of sessions and revocations, its arguments and answers, and the rules
//! that every store applies.
//!
//! Takes ids, times and tokens that are already verified, and gives rows and verdicts. It never
//! reads a token, never makes a response, and knows nothing of a database.
//!
//! An application passes a store to [`Auth::builder`](crate::Auth::builder) and never calls these
//! methods itself. A new store implements what each method documents, and is tested by the cases in
//! the crate `handstamp-conformance`.
//!
//! [Sessions](crate::_documentation::sessions) compares the stores, and states what each of them
//! loses when it fails.

mod admission;
mod arguments;
mod ids;
mod memory;
mod redemption;
pub mod rotation;
mod row;
mod shared;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

pub use admission::Admission;
pub use arguments::{
    Admit, AdmitPurpose, EndExcess, EndRevoked, ListSessions, NewSession, PresentedToken,
    ReadSession, Redeem, RevokeSession, RevokeToken, RevokeUser, Rotate, UpdateSession,
    UserRevocation,
};
pub use ids::{AccountId, SessionId, TokenId};
pub use memory::MemoryStore;
pub use redemption::Redemption;
pub use row::{Created, EndReason, EndedSessions, ListedSessions, Rotation, SessionRow};

use crate::error::StoreError;

/// The future that a method of a store returns.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A store of sessions and revocations.
///
/// # Contract
///
/// Every instant that is written or compared comes from one clock, that of the store, in whole
/// milliseconds, so that nodes whose clocks differ agree. Each method is atomic: other callers see
/// all of its effect or none.
///
/// A store that cannot answer returns a [`StoreError`], and the request is rejected with 503. It
/// never guesses. The future may be dropped at any time, because of a timeout: the method then has
/// taken effect or has not.
///
/// A session is live while it is not revoked and now is before [`SessionRow::ends_at`]:
/// [`SessionRow::is_live`]. A session is never older than a revocation that came before it,
/// whatever the clock says: it may have been ahead then, and put back since.
///
/// # Errors
///
/// Every method returns a [`StoreError`] if the store does not answer, or holds data that it has
/// not written.
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// Takes `HANDSTAMP_STORE_TIMEOUT`, for a store that has a deadline of its own, for example to
    /// replace a connection that does not answer. Called when an [`Auth`](crate::Auth) is built. Of
    /// several that share a store, the longest applies.
    ///
    /// A store needs no deadline: a method that takes longer is dropped.
    fn set_timeout(&self, timeout: Duration) {
        let _ = timeout;
    }

    /// Creates a session that is live from now on. If a session with the same id exists, live or
    /// not, returns that one and writes nothing.
    ///
    /// `created_at`, `rotated_at`, `grace_started_at` and `last_active` are now, even if the
    /// not-before of the account lies in the future, by a clock that was ahead: tokens from the
    /// future are rejected. The session is acknowledged, because the first generation replaces
    /// none.
    ///
    /// If the account then has more live sessions than [`NewSession::at_most`], revokes the least
    /// recently used of the others ([`SessionRow::last_used`]) with [`EndReason::Limit`] in the
    /// same step, [`MOST_ENDED_BY_LIMIT`] at most. An account that has even more, because an
    /// earlier release had no limit, has fewer after each log-in. Of such an account a store
    /// compares no more than `at_most` plus [`MOST_ENDED_BY_LIMIT`] sessions, those that were
    /// created or that expire first, so that its work is bounded. Log-ins at the same time may
    /// exceed the limit, until the next one.
    fn create(&self, new: NewSession) -> BoxFuture<'_, Result<Created, StoreError>>;

    /// Rotates a refresh token as [`SessionRow::judge`] decides, in one atomic step with what it
    /// writes: [`SessionRow::after`], or a revocation with [`EndReason::Reused`].
    ///
    /// Returns [`Rotation::Revoked`] for a token whose id is revoked, and [`Rotation::Ended`] for a
    /// session that is unknown, of another account, or not live.
    fn rotate(&self, rotate: Rotate) -> BoxFuture<'_, Result<Rotation, StoreError>>;

    /// Checks a token whose signature, times and CSRF value are valid, in one round trip. The first
    /// rule that applies decides:
    ///
    /// 1. Its id is revoked: [`Admission::Revoked`].
    /// 2. It has no session, and the not-before of its account is [`Admit::revoked_from`] or
    ///    later: [`Admission::Revoked`].
    /// 3. Its session is unknown, of another account, or not live: [`Admission::SessionEnded`].
    /// 4. It is a refresh token that [`SessionRow::judge`] calls reused: [`Admission::Reused`].
    ///    Nothing is written: the caller calls [`rotate`](Self::rotate), which revokes the session.
    /// 5. Otherwise [`Admission::Admitted`]. An access token of the current generation acknowledges
    ///    it: [`SessionRow::acknowledge`]. If [`Admit::touch_after`] is set and the session was
    ///    last active that long ago, its last activity becomes now.
    fn admit(&self, admit: Admit) -> BoxFuture<'_, Result<Admission, StoreError>>;

    /// Returns one session, read in one round trip. Returns `None` for a session that is unknown,
    /// of another account, or not live. Writes nothing.
    fn session(&self, read: ReadSession) -> BoxFuture<'_, Result<Option<SessionRow>, StoreError>>;

    /// Replaces [`SessionRow::data`] of a session, and nothing else, if it is still
    /// [`UpdateSession::expected`], in one atomic step. Returns the row as it is then: if its data
    /// is not [`UpdateSession::data`], another update came first. Returns `None`, and writes
    /// nothing, for a session that is unknown, of another account, or not live.
    fn update_session(
        &self,
        update: UpdateSession,
    ) -> BoxFuture<'_, Result<Option<SessionRow>, StoreError>>;

    /// Revokes one session of an account. Returns whether it was live.
    fn revoke_session(&self, revoke: RevokeSession) -> BoxFuture<'_, Result<bool, StoreError>>;

    /// Revokes the sessions of an account that [`UserRevocation`] selects, however many there are:
    /// once it has returned, none of them is live. Records the end of the first of them as
    /// [`end_revoked`](Self::end_revoked) does, in the same atomic step.
    ///
    /// That takes two instants per account. One is the not-before of tokens without a session,
    /// which never moves back and never lies in the future of the store's clock. The other is the
    /// not-before of sessions, which never moves back either: a session that was created then or
    /// earlier has ended, unless it was created after the not-before was set, by a clock that was
    /// ahead, and except the one that [`UserRevocation::AllBut`] keeps. That one is kept
    /// until the next revocation of all sessions or all but another, or of those that were created
    /// before it or later; a session that is not live is not kept. Both are kept for
    /// [`RevokeUser::keep`]. A session that was created in the future, before the clock went back,
    /// is ended by [`UserRevocation::All`] and [`UserRevocation::AllBut`] too.
    fn revoke_user(&self, revoke: RevokeUser) -> BoxFuture<'_, Result<EndedSessions, StoreError>>;

    /// Records in the rows of sessions that [`revoke_user`](Self::revoke_user) has ended that they
    /// are revoked, and removes their data. Works on a few sessions at once, so that other callers
    /// never wait long; it is called again while [`EndedSessions::has_more`].
    fn end_revoked(&self, end: EndRevoked) -> BoxFuture<'_, Result<EndedSessions, StoreError>>;

    /// Ends sessions of an account that has more than [`EndExcess::at_most`], as a log-in does:
    /// [`MOST_ENDED_BY_LIMIT`] at once, and none once there are few enough. Returns their ids.
    fn end_excess(&self, end: EndExcess) -> BoxFuture<'_, Result<Vec<SessionId>, StoreError>>;

    /// Returns some accounts that may have more live sessions than this, because an earlier release
    /// had no limit. Other methods never wait long for it.
    ///
    /// A store that cannot find them returns none: a log-in ends sessions of its account, and
    /// sessions expire.
    fn crowded_accounts(&self, at_most: usize)
    -> BoxFuture<'_, Result<Vec<AccountId>, StoreError>>;

    /// Revokes a token until it would have expired anyway. If it is revoked already, the later end
    /// is kept.
    fn revoke_token(&self, revoke: RevokeToken) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Redeems a one-time token, whose signature and times are valid. Of any number of callers at
    /// once, on any nodes, one is the first. The first rule that applies decides:
    ///
    /// 1. [`Redeem::until`] is not in the future: [`Redemption::Expired`]. That it was redeemed
    ///    before may be forgotten.
    /// 2. Its id is revoked, or the not-before of tokens without a session of its account is
    ///    [`Redeem::issued_at`] or later: [`Redemption::Revoked`].
    /// 3. A token of this account with this id was redeemed before, and its [`Redeem::until`] is in
    ///    the future: [`Redemption::Again`].
    /// 4. Otherwise [`Redemption::First`], which the store knows until [`Redeem::until`].
    ///
    /// A driver that repeats a call because the answer was lost finds the token redeemed, and
    /// returns [`Redemption::Again`]: a user asks for a new token, and none is redeemed twice.
    fn redeem(&self, redeem: Redeem) -> BoxFuture<'_, Result<Redemption, StoreError>>;

    /// Returns live sessions of an account, the latest log-in first, and whether there are more.
    ///
    /// The work is bounded by [`ListSessions::at_most`], not by the number of sessions: a store
    /// reads a few more rows than it returns. Where that is not enough to find the latest log-ins,
    /// it may return those that expire last. A store may read them in several steps, so that other
    /// methods do not wait: what ends meanwhile may be in the list.
    fn list(&self, list: ListSessions) -> BoxFuture<'_, Result<ListedSessions, StoreError>>;

    /// Removes sessions that have expired, sessions that were revoked a minute ago, both once
    /// [`NewSession::keep_until`] has passed too, and of tokens that have expired, that they were
    /// revoked or redeemed.
    /// Returns how many entries were removed. Other methods never wait long for it.
    ///
    /// The minute is for a driver that repeats a log-in because the answer was lost: it finds the
    /// session even if that was revoked meanwhile.
    ///
    /// A store whose entries expire on their own does nothing.
    fn purge(&self) -> BoxFuture<'_, Result<u64, StoreError>>;
}

/// How many sessions one log-in ends at most, because the account has too many.
pub const MOST_ENDED_BY_LIMIT: usize = 16;
