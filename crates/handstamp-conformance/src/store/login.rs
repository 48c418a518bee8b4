//! Somebody who logged in, and every token that belongs to it.

use std::time::Duration;

use handstamp::clock::{Clock as _, SystemClock, UnixTime};
use handstamp::random::{RandomSource as _, SystemRandom};
use handstamp::store::{
    AccountId, Admit, AdmitPurpose, EndReason, NewSession, PresentedToken, ReadSession,
    RevokeSession, RevokeToken, RevokeUser, Rotate, SessionId, TokenId, UserRevocation,
};

pub(super) const HOUR: Duration = Duration::from_secs(3_600);
pub(super) const DAY: Duration = HOUR.saturating_mul(24);

/// A grace window that is open for as long as a row lasts.
pub(super) const OPEN: Duration = HOUR;
/// A grace window that was over with the millisecond of the rotation.
pub(super) const CLOSED: Duration = Duration::ZERO;

/// Keys of nobody else, and what is asked with them.
#[derive(Debug, Clone)]
pub(super) struct Login {
    pub(super) uid: AccountId,
    pub(super) session: SessionId,
    first: TokenId,
}

impl Login {
    pub(super) fn new() -> Self {
        Self::of(&somebody())
    }

    /// One more of this user.
    pub(super) fn of(uid: &AccountId) -> Self {
        let session = SessionId::from(&*unique("session"));
        Self::with(uid, session)
    }

    pub(super) fn with(uid: &AccountId, session: SessionId) -> Self {
        Self {
            uid: uid.clone(),
            session,
            first: TokenId::from(&*unique("token")),
        }
    }

    /// The id of the refresh token of this generation; 1 is the first.
    pub(super) fn token(&self, generation: u64) -> TokenId {
        (1..generation).fold(self.first.clone(), |token, _| {
            token.successor(&self.session)
        })
    }

    /// It may idle for an hour and lasts a day.
    pub(super) fn new_session(&self) -> NewSession {
        let (session, uid) = (self.session.clone(), self.uid.clone());
        NewSession::new(session, uid, self.token(1), HOUR, DAY)
    }

    pub(super) fn present(&self, generation: u64, grace: Duration) -> PresentedToken {
        let token = self.token(generation);
        PresentedToken::new(&self.session, token, generation, grace)
    }

    /// The refresh token of this generation wants to be exchanged.
    pub(super) fn rotate(&self, generation: u64, grace: Duration) -> Rotate {
        self.rotate_presented(self.present(generation, grace))
    }

    /// A refresh token that is none of this session's generations wants to be exchanged.
    pub(super) fn rotate_foreign(&self, generation: u64, grace: Duration) -> Rotate {
        let token = TokenId::from(&*unique("foreign"));
        self.rotate_presented(PresentedToken::new(&self.session, token, generation, grace))
    }

    pub(super) fn rotate_presented(&self, presented: PresentedToken) -> Rotate {
        let (uid, session) = (self.uid.clone(), self.session.clone());
        Rotate::new(uid, session, presented, HOUR)
    }

    /// An access token of this generation wants to be let in.
    pub(super) fn access(&self, generation: u64) -> Admit {
        let token = TokenId::from(&*unique("access"));
        let purpose = AdmitPurpose::Access { generation };
        self.admit(token, purpose)
    }

    /// The refresh token of this generation wants to be let in.
    pub(super) fn refresh(&self, generation: u64, grace: Duration) -> Admit {
        let presented = self.present(generation, grace);
        self.admit(presented.token.clone(), AdmitPurpose::Refresh(presented))
    }

    pub(super) fn admit(&self, token: TokenId, purpose: AdmitPurpose) -> Admit {
        let issued_at = SystemClock::default().now();
        Admit::new(self.uid.clone(), token, issued_at, purpose).in_session(self.session.clone())
    }

    pub(super) fn read(&self) -> ReadSession {
        ReadSession::new(self.uid.clone(), self.session.clone())
    }

    pub(super) fn revoke(&self) -> RevokeSession {
        let (uid, session) = (self.uid.clone(), self.session.clone());
        RevokeSession::new(uid, session, EndReason::LoggedOut)
    }
}

pub(super) fn somebody() -> AccountId {
    AccountId::new(None, &unique("user"))
}

/// With a not-before that is remembered for an hour.
pub(super) fn revoke_user(uid: &AccountId, which: UserRevocation) -> RevokeUser {
    RevokeUser::new(uid.clone(), which, EndReason::Revoked, HOUR)
}

pub(super) fn revoke_token(uid: &AccountId, token: &TokenId, until: UnixTime) -> RevokeToken {
    RevokeToken::new(uid.clone(), token.clone(), until)
}

/// A text that nobody had before. It begins like this.
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
