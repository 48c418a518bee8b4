//! Where sessions and revocations are kept: the verbs of the domain, and nothing of how a database does them.
//!
//! An application gives a store to [`Auth::builder`](crate::Auth::builder) and never calls these verbs itself. Who writes
//! a store finds here what each verb must do, and in the crate `handstamp-conformance` the rows that judge it.
//!
//! [Which store for what](crate::_documentation::sessions), and what each loses when it fails, has a page of its own.

mod arguments;
mod key;
mod memory;
mod missing;
mod row;
mod shared;

use std::fmt;
use std::future::Future;
use std::pin::Pin;

pub use arguments::{
    Admit, AdmitPurpose, NewSession, PresentedToken, RevokeSession, RevokeToken, RevokeUser,
    Rotate, UserRevocation,
};
pub use key::{AccountId, SessionId, TokenId};
pub use memory::MemoryStore;
pub(crate) use missing::Missing;
pub use row::{Created, EndReason, Rotation, SessionRow};

use crate::admission::Admission;
use crate::error::StoreError;

/// What a store's verb returns.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Keeps sessions and revocations.
///
/// Time is the store's own: every instant that is written or compared comes from one clock, that of the database, in
/// whole milliseconds, so that nodes whose clocks differ agree. Each verb is atomic: seen from other callers it happened
/// entirely or not at all.
///
/// A store that cannot answer says so with a [`StoreError`], and the request is refused with 503. It never guesses. The
/// future may be dropped at any time, for a deadline: what was under way then happened or did not.
///
/// Rows of [`list`](Self::list), [`create`](Self::create) and [`rotate`](Self::rotate) are live. A session is live while
/// it is not revoked, now lies before [`SessionRow::ends_at`], and it was created after its user's not-before.
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// Keeps a new session, live from now on, unless there is one of its id already: then that one is given, live or not,
    /// and nothing is written.
    ///
    /// `created_at`, `rotated_at`, `grace_started_at` and `last_active` are now, or one millisecond after the user's not-before, whichever is
    /// later: a log-in right after "log out everywhere" holds. It is acknowledged: nothing came before the first generation, so
    /// nobody waits for it.
    fn create(&self, new: NewSession) -> BoxFuture<'_, Result<Created, StoreError>>;

    /// Answers a refresh token, as [`SessionRow::judge`] decides, in one atomic step with what it writes:
    /// [`SessionRow::after`], or a revocation with [`EndReason::Reused`].
    ///
    /// A token whose id is revoked is [`Rotation::Revoked`], an unknown session or one of another user
    /// [`Rotation::Ended`].
    fn rotate(&self, rotate: Rotate) -> BoxFuture<'_, Result<Rotation, StoreError>>;

    /// Judges a token whose signature, times and CSRF value hold, in one round trip. In this order:
    ///
    /// 1. Its id is revoked: [`Admission::Revoked`].
    /// 2. It has no session, and [`Admit::issued_at`] lies in or before the second of its user's not-before:
    ///    [`Admission::Revoked`].
    /// 3. Its session is unknown, of another user, or not live: [`Admission::SessionEnded`].
    /// 4. It is a refresh token that [`SessionRow::judge`] calls reused: [`Admission::Reused`]. Nothing is written: the
    ///    caller asks [`rotate`](Self::rotate), which revokes.
    /// 5. Else [`Admission::Admitted`]. An access token of the session's generation acknowledges it: [`SessionRow::acknowledge`]. When
    ///    [`Admit::touch_after`] is set and the session was last active that long ago, it is active now.
    fn admit(&self, admit: Admit) -> BoxFuture<'_, Result<Admission, StoreError>>;

    /// Ends one session of this user. Whether there was a live one.
    fn revoke_session(&self, revoke: RevokeSession) -> BoxFuture<'_, Result<bool, StoreError>>;

    /// Ends sessions of a user: those that [`UserRevocation`] says. Gives the ids of those that were live.
    ///
    /// A not-before never moves back, never lies in the future of the store, and is kept for [`RevokeUser::keep`].
    fn revoke_user(&self, revoke: RevokeUser) -> BoxFuture<'_, Result<Vec<SessionId>, StoreError>>;

    /// Remembers that a token is revoked, until it would have ended anyway. The later of two ends counts.
    fn revoke_token(&self, revoke: RevokeToken) -> BoxFuture<'_, Result<(), StoreError>>;

    /// The live sessions of a user, the latest first.
    fn list(&self, uid: AccountId) -> BoxFuture<'_, Result<Vec<SessionRow>, StoreError>>;

    /// Removes what is over: sessions that have ended, once [`NewSession::keep_until`] has passed too, and revocations of
    /// tokens that have ended. Gives how many entries went. Other verbs never wait long for it.
    ///
    /// A store that forgets by itself has nothing to do.
    fn purge(&self) -> BoxFuture<'_, Result<u64, StoreError>>;
}
