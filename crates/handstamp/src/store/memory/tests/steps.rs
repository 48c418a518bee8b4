//! Tests any methods in any order: no entry is removed early, and none stays.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::contents::Contents;
use super::{
    START, account, new_session, revoke_session, revoke_token, revoke_user, rotate, store, work,
};
use crate::clock::UnixTime;
use crate::store::{
    Created, MemoryStore, Rotation, SessionId, SessionRow, Store as _, TokenId, UserRevocation,
};
use crate::testing::block_on as answer;

proptest! {
    #[test]
    fn no_entry_is_removed_early_and_none_stays(
        steps in prop::collection::vec(step(), 1..60),
        by_purge: bool,
    ) {
        let (store, clock) = store();
        let mut owed = Owed::default();
        let mut now = START;
        for step in &steps {
            if let Step::Wait(millis) = step {
                now += millis;
                clock.set(now);
            }
            step.run(&store, &mut owed, UnixTime::from_millis(now));
            owed.check(&Contents::of(&store), UnixTime::from_millis(now));
        }
        clock.set(now + 2 * LONGEST);
        if by_purge {
            answer(store.purge()).unwrap();
        } else {
            work(&store);
        }
        prop_assert_eq!(Contents::of(&store), Contents::default());
    }
}

/// What the store must keep, and until when.
#[derive(Default)]
struct Owed {
    until: Contents,
    /// Until when rows are kept beyond the end of their sessions.
    keep_until: BTreeMap<SessionId, UnixTime>,
}

impl Owed {
    fn session(&mut self, row: &SessionRow) {
        let kept = self.keep_until.get(&row.id);
        let until = kept.map_or(row.ends_at(), |kept| row.ends_at().max(*kept));
        self.until.sessions.insert(row.id.clone(), until);
    }

    fn not_before(&mut self, user: u8, until: UnixTime) {
        let owed = self.until.users.entry(account(&name(user))).or_default();
        *owed = Some(owed.map_or(until, |owed| owed.max(until)));
    }

    fn check(&self, kept: &Contents, now: UnixTime) {
        for (id, until) in self.until.sessions.iter().filter(|owed| *owed.1 > now) {
            assert_eq!(kept.sessions.get(id), Some(until), "{id:?}");
        }
        for (key, until) in self.until.tokens.iter().filter(|owed| *owed.1 > now) {
            assert_eq!(kept.tokens.get(key), Some(until), "{key:?}");
        }
        for (account, until) in self.until.users.iter().filter(|owed| *owed.1 > Some(now)) {
            assert_eq!(kept.users.get(account), Some(until), "{account:?}");
        }
    }
}

#[derive(Debug, Clone)]
enum Step {
    Wait(u64),
    Create {
        session: u8,
        idle: u64,
        absolute: u64,
        kept: Option<u64>,
    },
    Rotate {
        session: u8,
        generation: u64,
        idle: u64,
    },
    RevokeSession(u8),
    RevokeToken {
        user: u8,
        token: u8,
        lasts: u64,
    },
    RevokeAll {
        user: u8,
        keep: u64,
    },
    RevokeAllBut(u8),
    RevokeBefore {
        user: u8,
        ago: u64,
        keep: u64,
    },
    Purge,
}

fn step() -> impl Strategy<Value = Step> {
    let (user, session, span) = (0..USERS, 0..SESSIONS, 0..LONGEST);
    prop_oneof![
        4 => span.clone().prop_map(Step::Wait),
        4 => (session.clone(), span.clone(), span.clone(), prop::option::of(span.clone()))
            .prop_map(|(session, idle, absolute, kept)| Step::Create { session, idle, absolute, kept }),
        4 => (session.clone(), 1..4_u64, span.clone())
            .prop_map(|(session, generation, idle)| Step::Rotate { session, generation, idle }),
        1 => session.clone().prop_map(Step::RevokeSession),
        2 => (user.clone(), 0..4_u8, span.clone())
            .prop_map(|(user, token, lasts)| Step::RevokeToken { user, token, lasts }),
        1 => (user.clone(), span.clone()).prop_map(|(user, keep)| Step::RevokeAll { user, keep }),
        1 => session.prop_map(Step::RevokeAllBut),
        1 => (user, span.clone(), span)
            .prop_map(|(user, ago, keep)| Step::RevokeBefore { user, ago, keep }),
        1 => Just(Step::Purge),
    ]
}

const USERS: u8 = 3;
const SESSIONS: u8 = 9;
const LONGEST: u64 = 300;

impl Step {
    /// Runs the step, and records what the store must keep from now on.
    fn run(&self, store: &MemoryStore, owed: &mut Owed, now: UnixTime) {
        let later = |millis| now.saturating_add(Duration::from_millis(millis));
        match *self {
            Self::Wait(_) => {}
            Self::Create {
                session,
                idle,
                absolute,
                kept,
            } => {
                let (user, session) = names(session);
                let mut new = new_session(&user, &session, idle, absolute);
                new.keep_until = kept.map(later);
                if let Created::New { row, .. } = answer(store.create(new)).unwrap() {
                    owed.keep_until.remove(&row.id);
                    owed.keep_until
                        .extend(kept.map(|kept| (row.id.clone(), later(kept))));
                    owed.session(&row);
                }
            }
            Self::Rotate {
                session,
                generation,
                idle,
            } => {
                let (user, session) = names(session);
                let rotated = rotate(store, &user, &session, generation, idle);
                if let Rotation::Continued(_, row) = rotated {
                    owed.session(&row);
                }
            }
            Self::RevokeSession(session) => {
                let (user, session) = names(session);
                revoke_session(store, &user, &session);
            }
            Self::RevokeToken { user, token, lasts } => {
                let (user, token) = (name(user), format!("token{token}"));
                revoke_token(store, &user, &token, later(lasts));
                let key = (account(&user), TokenId::from(&*token));
                let until = owed.until.tokens.entry(key).or_insert(now);
                *until = later(lasts).max(*until);
            }
            Self::RevokeAll { user, keep } => {
                revoke_user(store, &name(user), UserRevocation::All, keep);
                owed.not_before(user, later(keep));
            }
            Self::RevokeAllBut(session) => {
                let (user, kept) = names(session);
                let which = UserRevocation::AllBut(SessionId::from(&*kept));
                let has_sessions = store
                    .shard(&account(&user))
                    .has_sessions(&account(&user), now);
                revoke_user(store, &user, which, LONGEST);
                if has_sessions {
                    owed.not_before(session % USERS, later(LONGEST));
                }
            }
            Self::RevokeBefore { user, ago, keep } => {
                let before = UnixTime::from_millis(now.as_millis() - ago);
                revoke_user(store, &name(user), UserRevocation::Before(before), keep);
                owed.not_before(user, later(keep));
            }
            Self::Purge => {
                answer(store.purge()).unwrap();
            }
        }
    }
}

/// Returns the account of a session, always the same, and the session.
fn names(session: u8) -> (String, String) {
    (name(session % USERS), format!("session{session}"))
}

fn name(user: u8) -> String {
    format!("user{user}")
}
