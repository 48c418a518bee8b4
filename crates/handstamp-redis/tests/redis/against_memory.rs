//! Any sequence of verbs has the outcomes it has in memory, where the rules are the core's own functions.
//!
//! The clocks differ, so windows are endless or empty, and between two verbs lies more than a millisecond.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use handstamp::clock::UnixTime;
use handstamp::store::{
    Admit, AdmitPurpose, Created, MemoryStore, NewSession, Presented, Reason, RevokeSession,
    RevokeToken, RevokeUser, Rotate, Rotation, SessionId, SessionRow, Store, TokenId, Uid,
    UserRevocation,
};
use handstamp_conformance::services::Redis;
use handstamp_redis::RedisStore;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::scene::{HOUR, NONE, Session};

#[test]
fn any_sequence_of_verbs_ends_as_in_memory() {
    let server = Redis::start();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config {
        cases: 30,
        failure_persistence: None,
        ..Config::default()
    };
    let number = AtomicU32::new(0);
    let outcomes = Mutex::new(BTreeMap::new());
    let mut runner = TestRunner::new(config);
    let outcome = runner.run(&vec(verb(), 20..120), |verbs| {
        let number = number.fetch_add(1, Ordering::Relaxed);
        let redis = RedisStore::new(&server.url()).unwrap();
        let redis = redis.prefix(&format!("case {number}:"));
        let memory = MemoryStore::new();
        runtime.block_on(async {
            let mut generations = BTreeMap::new();
            let log_in = |session: Session| Verb::Create(session.new_session());
            let log_ins = (0..12).map(|number| log_in(numbered(number % USERS, number / USERS)));
            for verb in log_ins.chain(verbs) {
                tokio::time::sleep(Duration::from_millis(2)).await;
                let seen = verb.run(&redis, &generations).await;
                let expected = verb.run(&memory, &generations).await;
                prop_assert_eq!(&seen, &expected, "{:?}", verb);
                let outcome = seen.split(' ').next().unwrap().to_owned();
                *outcomes.lock().unwrap().entry(outcome).or_insert(0) += 1;
                for user in 0..USERS {
                    let seen = redis.list(uid(user)).await.unwrap();
                    let expected = memory.list(uid(user)).await.unwrap();
                    let all = |rows: &[SessionRow]| rows.iter().map(told).collect::<Vec<_>>();
                    prop_assert_eq!(all(&seen), all(&expected), "sessions after {:?}", verb);
                    generations.extend(seen.into_iter().map(|row| (row.id, row.generation)));
                }
            }
            Ok(())
        })
    });
    outcome.unwrap();
    let outcomes = outcomes.into_inner().unwrap();
    for outcome in [
        "new",
        "existing",
        "Rotated",
        "Debounced",
        "Reissued",
        "ReissuedLate",
        "Recovered",
        "Reused(Recent)",
        "Reused(Stale)",
        "Revoked",
        "Ended",
        "Admitted",
        "SessionEnded",
        "Reused",
    ] {
        assert!(outcomes.contains_key(outcome), "no {outcome}: {outcomes:?}");
    }
}

#[derive(Debug, Clone)]
enum Verb {
    Create(NewSession),
    /// And whether the next generation counts as confirmed.
    Rotate(Session, Shown, bool),
    /// An access token where no refresh token is shown; when it was issued, whether it names the session, when to touch.
    Admit(Session, Option<Shown>, (UnixTime, bool, Option<Duration>)),
    RevokeSession(RevokeSession),
    RevokeUser(RevokeUser),
    RevokeToken(RevokeToken),
}

impl Verb {
    /// What it gave, without instants.
    async fn run(&self, store: &dyn Store, generations: &BTreeMap<SessionId, u64>) -> String {
        let current = |session: &Session| generations.get(&session.id).copied().unwrap_or(1);
        match self.clone() {
            Self::Create(new) => match store.create(new).await.unwrap() {
                Created::New(row) => format!("new {}", told(&row)),
                Created::Existing(row) => format!("existing {}", told(&row)),
            },
            Self::Rotate(session, shown, confirmed) => {
                let presented = shown.of(&session, current(&session));
                // An end that moves to an earlier time is seen by stores in their own time: when the id is free again.
                let mut rotate = Rotate::new(session.uid, session.id, presented, HOUR);
                rotate.confirmed = confirmed;
                match store.rotate(rotate).await.unwrap() {
                    Rotation::Continued(way, row) => format!("{way:?} {}", told(&row)),
                    other => format!("{other:?}"),
                }
            }
            Self::Admit(session, shown, (issued_at, names_session, touch_after)) => {
                let generation = current(&session);
                let (token, purpose) = match shown {
                    None => {
                        let purpose = AdmitPurpose::Access { generation };
                        (session.token(generation), purpose)
                    }
                    Some(shown) => {
                        let presented = shown.of(&session, generation);
                        (presented.token.clone(), AdmitPurpose::Refresh(presented))
                    }
                };
                let mut admit = Admit::new(session.uid, token, issued_at, purpose);
                admit.session = names_session.then_some(session.id);
                admit.touch_after = touch_after;
                format!("{:?}", store.admit(admit).await.unwrap())
            }
            Self::RevokeSession(revoke) => {
                format!("{:?}", store.revoke_session(revoke).await.unwrap())
            }
            Self::RevokeUser(revoke) => {
                let mut ids = store.revoke_user(revoke).await.unwrap();
                ids.sort();
                format!("{ids:?}")
            }
            Self::RevokeToken(revoke) => {
                format!("{:?}", store.revoke_token(revoke).await.unwrap())
            }
        }
    }
}

/// Of a session what does not depend on when it is; of its instants, how they lie.
fn told(row: &SessionRow) -> String {
    let SessionRow {
        id,
        uid,
        generation,
        current,
        confirmed,
        data,
        revoked,
        ..
    } = row;
    let revoked = revoked.map(|(_, reason)| reason);
    let instants = [
        row.created_at.cmp(&row.rotated_at),
        row.created_at.cmp(&row.last_active),
        row.created_at.cmp(&row.idle_expires),
        row.idle_expires.cmp(&row.absolute_expires),
    ];
    format!("{id:?} {uid:?} {generation} {current:?} {confirmed} {data} {revoked:?} {instants:?}")
}

const USERS: usize = 2;

fn uid(user: usize) -> Uid {
    Uid::new(None, &format!("user{user}"))
}

fn verb() -> impl Strategy<Value = Verb> {
    // Verbs that look at a session are chosen more often than those that end it.
    prop_oneof![
        10 => new().prop_map(Verb::Create),
        30 => rotate(),
        20 => admit(),
        1 => (session(), reason()).prop_map(|(session, reason)| {
            Verb::RevokeSession(RevokeSession::new(session.uid, session.id, reason))
        }),
        1 => (session(), which(), reason()).prop_map(|(session, which, reason)| {
            Verb::RevokeUser(RevokeUser::new(session.uid, which, reason, HOUR))
        }),
        1 => (session(), 1_u64..5, instant()).prop_map(|(session, generation, until)| {
            let token = session.token(generation);
            Verb::RevokeToken(RevokeToken::new(session.uid, token, until))
        }),
    ]
}

fn numbered(user: usize, number: usize) -> Session {
    Session::of(uid(user), &format!("{user} {number}"))
}

/// One of few, so that verbs meet.
fn session() -> impl Strategy<Value = Session> {
    (0..USERS, 0..6_usize).prop_map(|(user, number)| numbered(user, number))
}

/// Now and then somebody names another's session.
fn session_or_anothers() -> impl Strategy<Value = Session> {
    prop_oneof![
        9 => session(),
        1 => session().prop_map(|session| Session { uid: Uid::new(None, "user9"), ..session }),
    ]
}

fn new() -> impl Strategy<Value = NewSession> {
    let lives = (long(), long(), prop::option::of(instant()));
    (session(), any::<bool>(), lives).prop_map(|(session, confirmed, (idle, absolute, keep))| {
        let mut new = session.new_session();
        (new.idle, new.absolute) = (idle, 2 * absolute);
        new.confirmed = confirmed;
        new.keep_until = keep;
        new.data = format!("data of {:?}", session.id);
        new
    })
}

fn rotate() -> impl Strategy<Value = Verb> {
    (session_or_anothers(), shown(), any::<bool>())
        .prop_map(|(session, shown, confirmed)| Verb::Rotate(session, shown, confirmed))
}

fn admit() -> impl Strategy<Value = Verb> {
    let shown = prop_oneof![3 => shown().prop_map(Some), 3 => Just(None)];
    let rest = (
        instant(),
        prop::bool::weighted(0.8),
        prop::option::of(span()),
    );
    (session_or_anothers(), shown, rest)
        .prop_map(|(session, shown, rest)| Verb::Admit(session, shown, rest))
}

/// A refresh token, by how it lies to the session's current one.
#[derive(Debug, Clone)]
struct Shown {
    /// How many generations older it is. -1 is one that the store does not know of yet; `None` is of no line.
    age: Option<i64>,
    /// Its generation is another than its place says.
    is_mislabelled: bool,
    grace: Duration,
}

impl Shown {
    fn of(&self, session: &Session, current: u64) -> Presented {
        let place = current.saturating_add_signed(-self.age.unwrap_or(0)).max(1);
        let token = match self.age {
            Some(_) => session.token(place),
            None => TokenId::from("of no line"),
        };
        let generation = place + u64::from(self.is_mislabelled);
        Presented::new(&session.id, token, generation, self.grace)
    }
}

fn shown() -> impl Strategy<Value = Shown> {
    let age = prop_oneof![
        20 => Just(Some(0)),
        15 => Just(Some(1)),
        1 => Just(Some(2)),
        1 => Just(Some(-1)),
        1 => Just(None),
    ];
    (age, prop::bool::weighted(0.03), span()).prop_map(|(age, is_mislabelled, grace)| Shown {
        age,
        is_mislabelled,
        grace,
    })
}

fn which() -> impl Strategy<Value = UserRevocation> {
    prop_oneof![
        Just(UserRevocation::All),
        session().prop_map(|session| UserRevocation::AllBut(session.id)),
        instant().prop_map(UserRevocation::Before),
    ]
}

fn reason() -> impl Strategy<Value = Reason> {
    prop_oneof![
        Just(Reason::LoggedOut),
        Just(Reason::Replaced),
        Just(Reason::Revoked)
    ]
}

/// A window: empty or endless.
fn span() -> impl Strategy<Value = Duration> {
    prop_oneof![Just(NONE), Just(HOUR)]
}

/// A life: seldom an empty one.
fn long() -> impl Strategy<Value = Duration> {
    prop_oneof![1 => Just(NONE), 9 => Just(HOUR)]
}

/// Long ago, or far ahead.
fn instant() -> impl Strategy<Value = UnixTime> {
    prop_oneof![
        Just(UnixTime::from_secs(1)),
        Just(UnixTime::from_secs(1 << 36))
    ]
}
