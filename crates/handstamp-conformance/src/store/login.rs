//! A session of an account, and every token that belongs to it.

use std::time::Duration;

use handstamp::clock::{Clock as _, SystemClock, UnixTime};
use handstamp::random::{RandomSource as _, SystemRandom};
use handstamp::store::{
    AccountId, Admit, AdmitPurpose, EndReason, NewSession, PresentedToken, ReadSession,
    RevokeSession, RevokeToken, RevokeUser, Rotate, SessionId, TokenId, UpdateSession,
    UserRevocation,
};

pub(super) const HOUR: Duration = Duration::from_secs(3_600);
pub(super) const DAY: Duration = HOUR.saturating_mul(24);

/// A grace window that is open for as long as a case lasts.
pub(super) const OPEN: Duration = HOUR;
/// A grace window that ended in the millisecond of the rotation.
pub(super) const CLOSED: Duration = Duration::ZERO;

/// The data of a new session.
pub(super) const FIRST: &str = "";

/// What the data of a session becomes.
pub(super) const NEW: &str = "new data";

/// An account and a session that no other case uses.
#[derive(Debug, Clone)]
pub(super) struct Login {
    pub(super) account: AccountId,
    pub(super) session: SessionId,
    first: TokenId,
}

impl Login {
    pub(super) fn new() -> Self {
        Self::of(&new_account())
    }

    /// Creates one more session of this account.
    pub(super) fn of(account: &AccountId) -> Self {
        let session = SessionId::from(&*unique("session"));
        Self::with(account, session)
    }

    pub(super) fn with(account: &AccountId, session: SessionId) -> Self {
        Self {
            account: account.clone(),
            session,
            first: TokenId::from(&*unique("token")),
        }
    }

    /// Returns the id of the refresh token of this generation, from 1.
    pub(super) fn token(&self, generation: u64) -> TokenId {
        (1..generation).fold(self.first.clone(), |token, _| {
            token.successor(&self.session)
        })
    }

    /// Creates a session with an idle timeout of an hour and a lifetime of a day.
    pub(super) fn new_session(&self) -> NewSession {
        let (session, account) = (self.session.clone(), self.account.clone());
        NewSession::new(session, account, self.token(1), HOUR, DAY)
    }

    pub(super) fn present(&self, generation: u64, grace: Duration) -> PresentedToken {
        let token = self.token(generation);
        PresentedToken::new(&self.session, token, generation, grace)
    }

    /// Rotates the refresh token of this generation.
    pub(super) fn rotate(&self, generation: u64, grace: Duration) -> Rotate {
        self.rotate_presented(self.present(generation, grace))
    }

    /// Rotates a refresh token that is in none of this session's generations.
    pub(super) fn rotate_foreign(&self, generation: u64, grace: Duration) -> Rotate {
        let token = TokenId::from(&*unique("foreign"));
        self.rotate_presented(PresentedToken::new(&self.session, token, generation, grace))
    }

    pub(super) fn rotate_presented(&self, presented: PresentedToken) -> Rotate {
        let (account, session) = (self.account.clone(), self.session.clone());
        Rotate::new(account, session, presented, HOUR)
    }

    /// Presents an access token of this generation.
    pub(super) fn access(&self, generation: u64) -> Admit {
        let token = TokenId::from(&*unique("access"));
        let purpose = AdmitPurpose::Access { generation };
        self.admit(token, purpose)
    }

    /// Presents the refresh token of this generation.
    pub(super) fn refresh(&self, generation: u64, grace: Duration) -> Admit {
        let presented = self.present(generation, grace);
        self.admit(presented.token.clone(), AdmitPurpose::Refresh(presented))
    }

    pub(super) fn admit(&self, token: TokenId, purpose: AdmitPurpose) -> Admit {
        let issued_at = SystemClock::default().now();
        Admit::new(self.account.clone(), token, issued_at, purpose).in_session(self.session.clone())
    }

    pub(super) fn read(&self) -> ReadSession {
        ReadSession::new(self.account.clone(), self.session.clone())
    }

    /// Replaces this data with that.
    pub(super) fn update(&self, expected: &str, data: &str) -> UpdateSession {
        let (account, session) = (self.account.clone(), self.session.clone());
        UpdateSession::new(account, session, expected.to_owned(), data.to_owned())
    }

    pub(super) fn revoke(&self) -> RevokeSession {
        let (account, session) = (self.account.clone(), self.session.clone());
        RevokeSession::new(account, session, EndReason::LoggedOut)
    }
}

pub(super) fn new_account() -> AccountId {
    AccountId::new(None, &unique("user"))
}

/// Revokes sessions with a not-before that is kept for an hour.
pub(super) fn revoke_user(account: &AccountId, which: UserRevocation) -> RevokeUser {
    RevokeUser::new(account.clone(), which, EndReason::Revoked, HOUR)
}

pub(super) fn revoke_token(account: &AccountId, token: &TokenId, until: UnixTime) -> RevokeToken {
    RevokeToken::new(account.clone(), token.clone(), until)
}

/// Returns a new text with this beginning.
pub(super) fn unique(beginning: &str) -> String {
    format!("{beginning}-{:032x}", random())
}

pub(super) fn random() -> u128 {
    let mut bytes = [0; 16];
    SystemRandom::default()
        .fill(&mut bytes)
        .expect("the system has random bytes");
    u128::from_le_bytes(bytes)
}
