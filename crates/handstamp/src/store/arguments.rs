//! The arguments of the methods of a [`Store`](super::Store).
//!
//! Plain values: they contain what a method needs and decide nothing.

use std::fmt;
use std::time::Duration;

use super::{AccountId, EndReason, SessionId, TokenId};
use crate::clock::{CLOCK_SKEW, UnixTime};

/// A session to create.
#[derive(Clone)]
#[non_exhaustive]
pub struct NewSession {
    /// The id of the session.
    pub id: SessionId,
    /// The account that the session belongs to.
    pub account: AccountId,
    /// The id of its first refresh token, which has generation 1.
    pub token: TokenId,
    /// The idle timeout: how long the session lives without a rotation.
    pub idle: Duration,
    /// The absolute timeout: how long the session lives at most.
    pub absolute: Duration,
    /// The row is kept until this instant even if the session ends earlier: for as long as the
    /// token from which the session was adopted could be adopted again.
    pub keep_until: Option<UnixTime>,
    /// How many live sessions the account may have, this one included. `None` sets no limit.
    pub at_most: Option<usize>,
    /// Further data of the session, as text that only the core reads.
    pub data: String,
}

/// Omits the data, which contains the CSRF value.
impl fmt::Debug for NewSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSession")
            .field("id", &self.id)
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

impl NewSession {
    /// Creates the arguments of a log-in: the row is kept no longer than the session lives, and the
    /// account may have any number of sessions.
    #[must_use]
    pub fn new(
        id: SessionId,
        account: AccountId,
        token: TokenId,
        idle: Duration,
        absolute: Duration,
    ) -> Self {
        Self {
            id,
            account,
            token,
            idle,
            absolute,
            keep_until: None,
            at_most: None,
            data: String::new(),
        }
    }
}

/// The parts of a refresh token that the rules of rotation need.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PresentedToken {
    /// The id of the token.
    pub token: TokenId,
    /// The id of its successor: [`TokenId::successor`].
    pub successor: TokenId,
    /// The claim `gen`.
    pub generation: u64,
    /// The grace window: how long after a rotation the predecessor is still accepted.
    pub grace: Duration,
}

impl PresentedToken {
    /// Creates the parts for a refresh token of this session.
    #[must_use]
    pub fn new(session: &SessionId, token: TokenId, generation: u64, grace: Duration) -> Self {
        Self {
            successor: token.successor(session),
            token,
            generation,
            grace,
        }
    }

    /// Returns how long after a rotation the predecessor of a token that is not acknowledged counts
    /// as late: two grace windows.
    #[must_use]
    pub fn late_after(&self) -> Duration {
        self.grace.saturating_mul(2)
    }
}

/// A request to rotate a refresh token.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Rotate {
    /// The account that the session must belong to.
    pub account: AccountId,
    /// The session.
    pub session: SessionId,
    /// The presented token.
    pub presented: PresentedToken,
    /// The idle timeout: how long the session lives without a further rotation.
    pub idle: Duration,
    /// Whether the next generation counts as acknowledged from the start, because the store is
    /// never shown the access tokens that would acknowledge it.
    pub acknowledged: bool,
}

impl Rotate {
    /// Creates a request for a rotation that an access token of the next generation acknowledges.
    #[must_use]
    pub fn new(
        account: AccountId,
        session: SessionId,
        presented: PresentedToken,
        idle: Duration,
    ) -> Self {
        Self {
            account,
            session,
            presented,
            idle,
            acknowledged: false,
        }
    }
}

/// A request to check a presented token.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Admit {
    /// The account of the token.
    pub account: AccountId,
    /// The id of the token.
    pub token: TokenId,
    /// The claim `iat`.
    pub issued_at: UnixTime,
    /// The session of the token, if it has one.
    pub session: Option<SessionId>,
    /// Whether it is an access or a refresh token.
    pub purpose: AdmitPurpose,
    /// A session whose last activity is at least this long ago is marked as active. `None` never
    /// marks it.
    pub touch_after: Option<Duration>,
}

impl Admit {
    /// Creates a request for a token without a session, whose use is not recorded.
    #[must_use]
    pub fn new(
        account: AccountId,
        token: TokenId,
        issued_at: UnixTime,
        purpose: AdmitPurpose,
    ) -> Self {
        Self {
            account,
            token,
            issued_at,
            session: None,
            purpose,
            touch_after: None,
        }
    }

    /// Returns the earliest not-before that revokes the token, if it has no session: 30 seconds
    /// before its `iat`. The node that issued it may have been ahead of the clock of the store by
    /// that much, so the token may be from before a revocation that seems to be older.
    ///
    /// ```
    /// use handstamp::clock::UnixTime;
    /// use handstamp::store::{AccountId, Admit, AdmitPurpose};
    ///
    /// let issued_at = UnixTime::from_secs(1_000);
    /// let purpose = AdmitPurpose::Access { generation: 0 };
    /// let admit = Admit::new(AccountId::new(None, "user1"), "id".into(), issued_at, purpose);
    /// assert_eq!(admit.revoked_from(), UnixTime::from_secs(970));
    /// ```
    #[must_use]
    pub fn revoked_from(&self) -> UnixTime {
        UnixTime::from_secs(
            self.issued_at
                .as_secs()
                .saturating_sub(CLOCK_SKEW.as_secs()),
        )
    }

    /// Adds the session of the token.
    #[must_use]
    pub fn in_session(mut self, session: SessionId) -> Self {
        self.session = Some(session);
        self
    }
}

/// The purpose of a presented token.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_enums, reason = "there are two purposes of tokens")]
pub enum AdmitPurpose {
    /// An access token of this generation. Without a session the generation is ignored.
    Access {
        /// The claim `gen`.
        generation: u64,
    },
    /// A refresh token. Without a session it is checked by its id and by the not-before of its
    /// account only.
    Refresh(PresentedToken),
}

/// A request to read a session.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ReadSession {
    /// The account that the session must belong to.
    pub account: AccountId,
    /// The session.
    pub session: SessionId,
}

impl ReadSession {
    /// Creates a request to read this session of this account.
    #[must_use]
    pub fn new(account: AccountId, session: SessionId) -> Self {
        Self { account, session }
    }
}

/// A request to replace the data of a session.
#[derive(Clone)]
#[non_exhaustive]
pub struct UpdateSession {
    /// The account that the session must belong to.
    pub account: AccountId,
    /// The session.
    pub session: SessionId,
    /// The [`SessionRow::data`](super::SessionRow::data) that was read, and that is to be replaced.
    pub expected: String,
    /// The new [`SessionRow::data`](super::SessionRow::data).
    pub data: String,
}

impl UpdateSession {
    /// Creates a request to replace the data with which this session of this account was read.
    #[must_use]
    pub fn new(account: AccountId, session: SessionId, expected: String, data: String) -> Self {
        Self {
            account,
            session,
            expected,
            data,
        }
    }
}

/// Omits the data, which contains the CSRF value.
impl fmt::Debug for UpdateSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateSession")
            .field("account", &self.account)
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// A request to list the sessions of an account.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ListSessions {
    /// The account.
    pub account: AccountId,
    /// How many sessions are returned at most.
    pub at_most: usize,
}

impl ListSessions {
    /// Creates a request for at most this many sessions of this account.
    #[must_use]
    pub fn new(account: AccountId, at_most: usize) -> Self {
        Self { account, at_most }
    }
}

/// A request to revoke a session.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RevokeSession {
    /// The account that the session must belong to.
    pub account: AccountId,
    /// The session.
    pub session: SessionId,
    /// The reason to record.
    pub reason: EndReason,
}

impl RevokeSession {
    /// Creates a request to revoke this session of this account.
    #[must_use]
    pub fn new(account: AccountId, session: SessionId, reason: EndReason) -> Self {
        Self {
            account,
            session,
            reason,
        }
    }
}

/// A request to revoke sessions of one account.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RevokeUser {
    /// The account.
    pub account: AccountId,
    /// The sessions to revoke.
    pub which: UserRevocation,
    /// The reason to record.
    pub reason: EndReason,
    /// How long the not-before is kept: longer than the lifetime of any token.
    pub keep: Duration,
}

impl RevokeUser {
    /// Creates a request to revoke these sessions of this account.
    #[must_use]
    pub fn new(
        account: AccountId,
        which: UserRevocation,
        reason: EndReason,
        keep: Duration,
    ) -> Self {
        Self {
            account,
            which,
            reason,
            keep,
        }
    }
}

/// A request to record the end of sessions that a revocation has ended.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct EndRevoked {
    /// The account.
    pub account: AccountId,
    /// The reason to record.
    pub reason: EndReason,
}

impl EndRevoked {
    /// Creates a request to record the end of sessions of this account.
    #[must_use]
    pub fn new(account: AccountId, reason: EndReason) -> Self {
        Self { account, reason }
    }
}

/// A request to end sessions of an account that has more than it may have.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct EndExcess {
    /// The account.
    pub account: AccountId,
    /// How many live sessions it may have.
    pub at_most: usize,
}

impl EndExcess {
    /// Creates a request that leaves this account at most this many sessions.
    #[must_use]
    pub fn new(account: AccountId, at_most: usize) -> Self {
        Self { account, at_most }
    }
}

/// Selects the sessions of an account to revoke.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_enums, reason = "a store must know them all")]
pub enum UserRevocation {
    /// All sessions, and every token without a session: the not-before of the account becomes now.
    All,
    /// All sessions except this one. Tokens without a session stay valid.
    AllBut(SessionId),
    /// The sessions that were created at this instant or before. The not-before of the account
    /// becomes this instant, or now if the instant lies in the future. A later not-before stays.
    Before(UnixTime),
}

/// A request to revoke a token.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RevokeToken {
    /// The account of the token.
    pub account: AccountId,
    /// The id of the token.
    pub token: TokenId,
    /// When the token expires, leeway included.
    pub until: UnixTime,
}

impl RevokeToken {
    /// Creates a request to revoke this token of this account.
    #[must_use]
    pub fn new(account: AccountId, token: TokenId, until: UnixTime) -> Self {
        Self {
            account,
            token,
            until,
        }
    }
}

/// A request to redeem a one-time token.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Redeem {
    /// The account of the token.
    pub account: AccountId,
    /// The id of the token.
    pub token: TokenId,
    /// When the token was issued, to the millisecond, by the clock of the node that issued it. A
    /// revocation is compared with it as it is, unlike with [`Admit::revoked_from`]: a link that a
    /// user asks for just after a revocation works.
    pub issued_at: UnixTime,
    /// When the token expires, leeway included: for as long the store knows that it was redeemed.
    pub until: UnixTime,
}

impl Redeem {
    /// Creates a request to redeem this token of this account.
    #[must_use]
    pub fn new(account: AccountId, token: TokenId, issued_at: UnixTime, until: UnixTime) -> Self {
        Self {
            account,
            token,
            issued_at,
            until,
        }
    }
}
