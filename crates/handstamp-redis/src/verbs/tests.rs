//! Tests that any sequence of calls gives the same results as in memory, where the rules are the
//! core's own functions: to the millisecond, because both stores use one clock here.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use handstamp::clock::{Clock, UnixTime};
use handstamp::store::{
    AccountId, Admit, AdmitPurpose, Created, EndReason, ListSessions, MemoryStore, NewSession,
    PresentedToken, ReadSession, Redeem, RevokeSession, RevokeToken, RevokeUser, Rotate, Rotation,
    SessionId, SessionRow, Store, TokenId, UpdateSession, UserRevocation,
};
use handstamp_conformance::services::Redis;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use redis::AsyncCommands as _;
use redis::aio::MultiplexedConnection;

use crate::RedisStore;

#[test]
fn any_sequence_of_calls_gives_the_same_results_as_in_memory() {
    let server = Redis::start();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let client = redis::Client::open(server.url()).unwrap();
    let connection = runtime
        .block_on(client.get_multiplexed_async_connection())
        .unwrap();
    let config = Config {
        cases: 80,
        failure_persistence: None,
        ..Config::default()
    };
    let number = AtomicU32::new(0);
    let outcomes = Mutex::new(BTreeMap::new());
    let mut runner = TestRunner::new(config);
    let outcome = runner.run(&steps(), |steps| {
        let number = number.fetch_add(1, Ordering::Relaxed);
        let mut stores = Stores::new(&server, connection.clone(), number);
        runtime.block_on(async {
            for (wait, verb) in log_ins().chain(steps) {
                stores.wait(wait).await;
                let seen = stores.run(&verb).await?;
                let kind = if seen.starts_with("Reused(") || seen.starts_with("redeemed ") {
                    seen
                } else {
                    seen.split([' ', '(', '[']).next().unwrap().to_owned()
                };
                *outcomes.lock().unwrap().entry(kind).or_insert(0) += 1;
            }
            Ok(())
        })
    });
    outcome.unwrap();

    let outcomes = outcomes.into_inner().unwrap();
    for outcome in [
        "New",
        "AlreadyExists",
        "Rotated",
        "Debounced",
        "Acknowledged",
        "Reissued",
        "ReissuedLate",
        "Recovered",
        "Reused(Recent)",
        "Reused(Stale)",
        "Reused(Late)",
        "Reused",
        "Revoked",
        "Ended",
        "Admitted",
        "SessionEnded",
        "read",
        "updated",
        "true",
        "false",
        "ids",
        "redeemed First",
        "redeemed Again",
        "redeemed Revoked",
        "redeemed Expired",
    ] {
        let times = outcomes.get(outcome).copied().unwrap_or(0);
        assert!(times > 0, "{outcome} is not tested: {outcomes:?}");
    }
}

fn list(account: AccountId) -> ListSessions {
    ListSessions::new(account, 1_000)
}

#[tokio::test]
async fn a_clock_that_was_ahead_is_put_back() {
    let server = Redis::start();
    let client = redis::Client::open(server.url()).unwrap();
    let connection = client.get_multiplexed_async_connection().await.unwrap();
    // Far ahead of the server's own clock, so that no key expires.
    let start: u64 = 4_000_000_000_123;
    let _: () = connection.clone().set("clock", start).await.unwrap();
    let store = RedisStore::new(&server.url()).unwrap().by_clock_in("clock");
    handstamp_conformance::store::run_with_clock(Arc::new(store), async |span| {
        let millis = u64::try_from(span.as_millis()).unwrap();
        let _: () = connection.clone().decr("clock", millis).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_log_in_beyond_the_limit_heeds_what_happened_since_it_compared() {
    let server = Redis::start();
    let store = RedisStore::new(&server.url()).unwrap();
    let hour = Duration::from_secs(3600);
    for (row, ended) in [
        ("nothing", Some("0")),
        ("the least recently used one was used", Some("1")),
        ("it logged out", None),
        ("another log-in ended it", Some("1")),
    ] {
        let account = AccountId::new(None, row);
        let new = |id: &str| {
            let token = TokenId::from(id);
            NewSession::new(SessionId::from(id), account.clone(), token, hour, hour)
        };
        for id in ["0", "1", "2"] {
            store.create(new(id)).await.unwrap();
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let candidates = store.candidates(&account, 3).await.unwrap();
        let first = SessionId::from("0");
        match row {
            "the least recently used one was used" => {
                let purpose = AdmitPurpose::Access { generation: 1 };
                let at = UnixTime::from_secs(0);
                let mut admit = Admit::new(account.clone(), TokenId::from("a"), at, purpose);
                admit.touch_after = Some(Duration::ZERO);
                store.admit(admit.in_session(first)).await.unwrap();
            }
            "it logged out" => {
                let revoke = RevokeSession::new(account.clone(), first, EndReason::LoggedOut);
                assert!(store.revoke_session(revoke).await.unwrap(), "{row}");
            }
            "another log-in ended it" => {
                let mut another = new("another");
                another.at_most = Some(3);
                store.create(another).await.unwrap();
            }
            _ => {}
        }
        let created = store.insert(&new("new"), None, candidates).await.unwrap();
        let Some(Created::New { ended: seen, .. }) = created else {
            panic!("{row}: {created:?}");
        };
        let ended: Vec<SessionId> = ended.into_iter().map(SessionId::from).collect();
        assert_eq!(seen, ended, "{row}");
    }
}

/// A clock that the test sets.
#[derive(Debug, Clone)]
struct ManualClock(Arc<AtomicU64>);

impl Clock for ManualClock {
    fn now(&self) -> UnixTime {
        UnixTime::from_millis(self.0.load(Ordering::Relaxed))
    }
}

struct Stores {
    redis: RedisStore,
    memory: MemoryStore,
    clock: ManualClock,
    connection: MultiplexedConnection,
    known: HashMap<SessionId, Known>,
}

/// What the test knows of a session.
struct Known {
    generation: u64,
    /// The instant until which it is kept although it has ended.
    kept: UnixTime,
    /// When its id may be free again: a rotation may have brought its end forward.
    free: UnixTime,
}

impl Stores {
    fn new(server: &Redis, connection: MultiplexedConnection, number: u32) -> Self {
        // Far ahead of the server's own clock, so that no key expires; and soon another
        // second.
        let clock = ManualClock(Arc::new(AtomicU64::new(4_000_000_000_980)));
        let redis = RedisStore::new(&server.url()).unwrap();
        Self {
            redis: redis
                .prefix(&format!("case {number}:"))
                .by_clock_in("clock"),
            memory: MemoryStore::with_clock(clock.clone()),
            clock,
            connection,
            known: HashMap::new(),
        }
    }

    async fn wait(&mut self, millis: u64) {
        let now = self.clock.0.fetch_add(millis, Ordering::Relaxed) + millis;
        let _: () = self.connection.set("clock", now).await.unwrap();
    }

    /// Runs a call on both stores, and returns the result of both.
    async fn run(&mut self, verb: &Verb) -> Result<String, TestCaseError> {
        let now = self.clock.now();
        if let Verb::Create { session, .. } = verb
            && let Some(known) = self.known.get(&session.id)
            && now >= known.free
        {
            // When the id of an ended session can be used again is up to the store.
            return Ok("skipped".to_owned());
        }
        let seen = verb.run(&self.redis, now, &self.known).await;
        let expected = verb.run(&self.memory, now, &self.known).await;
        prop_assert_eq!(&seen.told, &expected.told, "{:?}", verb);
        if let Some((row, kept)) = seen.row {
            let before = self.known.get(&row.id);
            let kept = before.map_or(kept, |known| kept.max(known.kept));
            let known = Known {
                generation: row.generation,
                kept,
                free: row.ends_at().max(kept),
            };
            self.known.insert(row.id, known);
        }
        for user in 0..USERS {
            let seen = self.redis.list(list(account(user))).await.unwrap().rows;
            let expected = self.memory.list(list(account(user))).await.unwrap().rows;
            prop_assert_eq!(seen, expected, "sessions after {:?}", verb);
        }
        Ok(seen.told)
    }
}

struct Outcome {
    told: String,
    /// A session, and the earliest instant until which it is kept.
    row: Option<(SessionRow, UnixTime)>,
}

impl From<String> for Outcome {
    fn from(told: String) -> Self {
        Self { told, row: None }
    }
}

/// A call of a method. Instants are in milliseconds from now.
#[derive(Debug, Clone)]
enum Verb {
    Create {
        session: Session,
        token: u64,
        idle: Duration,
        absolute: Duration,
        keep_until: Option<i64>,
    },
    Rotate {
        session: Session,
        shown: Shown,
        acknowledged: bool,
        idle: Duration,
    },
    Admit {
        session: Session,
        /// `Err` for an access token, which is this many generations older than the current one.
        shown: Result<Shown, i64>,
        issued_at: i64,
        names_session: bool,
        touch_after: Option<Duration>,
    },
    Read(Session),
    Update(Session, u8, u8),
    RevokeSession(Session, EndReason),
    RevokeUser(usize, Which, EndReason),
    RevokeToken(Session, u64, i64),
    /// When it was issued, and when it expires.
    Redeem(Session, u64, i64, i64),
}

#[derive(Debug, Clone)]
enum Which {
    All,
    AllBut(Session),
    Before(i64),
}

/// The data of a session: zero is that of a new one.
fn text(number: u8) -> String {
    match number {
        0 => "data".to_owned(),
        number => format!("data {number}"),
    }
}

impl Verb {
    #[expect(clippy::too_many_lines, reason = "an arm for each method")]
    async fn run(
        &self,
        store: &dyn Store,
        now: UnixTime,
        known: &HashMap<SessionId, Known>,
    ) -> Outcome {
        let at =
            |from_now: i64| UnixTime::from_millis(now.as_millis().saturating_add_signed(from_now));
        let current =
            |session: &Session| known.get(&session.id).map_or(1, |known| known.generation);
        match self.clone() {
            Self::Create {
                session,
                token,
                idle,
                absolute,
                keep_until,
            } => {
                let token = session.token(token);
                let mut new = NewSession::new(session.id, session.account, token, idle, absolute);
                new.keep_until = keep_until.map(at);
                new.data = "data".to_owned();
                let created = store.create(new).await.unwrap();
                let told = format!("{created:?}");
                let row = match created {
                    Created::New { row, .. } => Some((row, keep_until.map_or(now, at))),
                    Created::AlreadyExists(_) => None,
                };
                Outcome { told, row }
            }
            Self::Rotate {
                session,
                shown,
                acknowledged,
                idle,
            } => {
                let presented = shown.of(&session, current(&session));
                let mut rotate = Rotate::new(session.account, session.id, presented, idle);
                rotate.acknowledged = acknowledged;
                match store.rotate(rotate).await.unwrap() {
                    Rotation::Continued(way, row) => Outcome {
                        told: format!("{way:?} {row:?}"),
                        row: Some((row, now)),
                    },
                    other => format!("{other:?}").into(),
                }
            }
            Self::Admit {
                session,
                shown,
                issued_at,
                names_session,
                touch_after,
            } => {
                let current = current(&session);
                let (token, purpose) = match shown {
                    Err(age) => {
                        let generation = current.saturating_add_signed(-age);
                        let purpose = AdmitPurpose::Access { generation };
                        (session.token(generation), purpose)
                    }
                    Ok(shown) => {
                        let presented = shown.of(&session, current);
                        (presented.token.clone(), AdmitPurpose::Refresh(presented))
                    }
                };
                let mut admit = Admit::new(session.account, token, at(issued_at), purpose);
                admit.session = names_session.then_some(session.id);
                admit.touch_after = touch_after;
                format!("{:?}", store.admit(admit).await.unwrap()).into()
            }
            Self::Read(session) => {
                let read = ReadSession::new(session.account, session.id);
                format!("read {:?}", store.session(read).await.unwrap()).into()
            }
            Self::Update(session, read, data) => {
                let (read, data) = (text(read), text(data));
                let update = UpdateSession::new(session.account, session.id, read, data);
                format!("updated {:?}", store.update_session(update).await.unwrap()).into()
            }
            Self::RevokeSession(session, reason) => {
                let revoke = RevokeSession::new(session.account, session.id, reason);
                format!("{:?}", store.revoke_session(revoke).await.unwrap()).into()
            }
            Self::RevokeUser(user, which, reason) => {
                let which = match which {
                    Which::All => UserRevocation::All,
                    Which::AllBut(session) => UserRevocation::AllBut(session.id),
                    Which::Before(from_now) => UserRevocation::Before(at(from_now)),
                };
                let revoke = RevokeUser::new(account(user), which, reason, ENDLESS);
                let mut ids = store.revoke_user(revoke).await.unwrap().ids;
                ids.sort();
                format!("ids {ids:?}").into()
            }
            Self::RevokeToken(session, generation, until) => {
                let token = session.token(generation);
                let revoke = RevokeToken::new(session.account, token, at(until));
                format!("{:?}", store.revoke_token(revoke).await.unwrap()).into()
            }
            Self::Redeem(session, generation, issued_at, until) => {
                let token = session.token(generation);
                let redeem = Redeem::new(session.account, token, at(issued_at), at(until));
                format!("redeemed {:?}", store.redeem(redeem).await.unwrap()).into()
            }
        }
    }
}

const USERS: usize = 2;
const SESSIONS: usize = 8;
const FAR: i64 = 1_000_000_000;
const ENDLESS: Duration = Duration::from_secs(1 << 30);

fn account(user: usize) -> AccountId {
    AccountId::new(None, &format!("user{user}"))
}

#[derive(Debug, Clone)]
struct Session {
    account: AccountId,
    id: SessionId,
}

impl Session {
    /// Returns the id of the refresh token of a generation.
    fn token(&self, generation: u64) -> TokenId {
        let first = TokenId::from("first");
        (1..generation).fold(first, |token, _| token.successor(&self.id))
    }
}

/// A refresh token, by its distance from the session's current one.
#[derive(Debug, Clone)]
struct Shown {
    /// How many generations older it is. -1 is one that the store does not have yet; `None` is not
    /// in the chain.
    age: Option<i64>,
    /// Its generation does not match its place in the chain.
    is_mislabelled: bool,
    grace: Duration,
}

impl Shown {
    fn of(&self, session: &Session, current: u64) -> PresentedToken {
        let place = current.saturating_add_signed(-self.age.unwrap_or(0)).max(1);
        let token = match self.age {
            Some(_) => session.token(place),
            None => TokenId::from("not in the chain"),
        };
        let generation = place + u64::from(self.is_mislabelled);
        PresentedToken::new(&session.id, token, generation, self.grace)
    }
}

/// Calls, each with the time to wait before it.
fn steps() -> impl Strategy<Value = Vec<(u64, Verb)>> {
    let some = prop_oneof![
        12 => (wait(), verb()).prop_map(|step| vec![step]),
        1 => late_generations(),
        1 => redeemed_twice(),
    ];
    vec(some, 20..110).prop_map(|steps| steps.concat())
}

/// A one-time token that is shown twice, before it expires.
fn redeemed_twice() -> impl Strategy<Value = Vec<(u64, Verb)>> {
    (session(), 1_u64..4).prop_map(|(session, generation)| {
        let redeem = || Verb::Redeem(session.clone(), generation, FAR, FAR);
        vec![(0, redeem()), (0, redeem())]
    })
}

/// A few generations in a row of one session, some of which are re-issued late.
fn late_generations() -> impl Strategy<Value = Vec<(u64, Verb)>> {
    let is_late = vec(prop::bool::weighted(0.8), 2..5);
    (session(), is_late).prop_map(|(session, is_late)| {
        let present = |age, acknowledged| Verb::Rotate {
            session: session.clone(),
            shown: Shown {
                age: Some(age),
                is_mislabelled: false,
                grace: Duration::ZERO,
            },
            acknowledged,
            idle: ENDLESS,
        };
        let generation = |is_late: bool| {
            // The first of these acknowledges the current token, if nothing did before.
            let rotated = [(2, present(0, false)), (2, present(0, false))];
            rotated
                .into_iter()
                .chain(is_late.then(|| (2, present(1, false))))
        };
        is_late.into_iter().flat_map(generation).collect()
    })
}

fn verb() -> impl Strategy<Value = Verb> {
    // Methods that read a session are chosen more often than those that end it.
    prop_oneof![
        20 => create(),
        40 => rotate(),
        30 => admit(),
        10 => session_of_any_user().prop_map(Verb::Read),
        10 => (session_of_any_user(), 0..3_u8, 0..3_u8).prop_map(|(session, read, data)| Verb::Update(session, read, data)),
        2 => (session(), reason()).prop_map(|(session, reason)| Verb::RevokeSession(session, reason)),
        3 => (0..USERS, which(), reason()).prop_map(|(user, which, reason)| Verb::RevokeUser(user, which, reason)),
        4 => (session(), 1_u64..4, from_now()).prop_map(|(session, generation, until)| {
            Verb::RevokeToken(session, generation, until)
        }),
        6 => (session(), 1_u64..4, from_now(), from_now()).prop_map(|(session, generation, issued_at, until)| {
            Verb::Redeem(session, generation, issued_at, until)
        }),
    ]
}

fn create() -> impl Strategy<Value = Verb> {
    let lives = (life(), life(), prop::option::of(from_now()));
    (session(), 1_u64..3, lives).prop_map(|(session, token, (idle, absolute, keep_until))| {
        Verb::Create {
            session,
            token,
            idle,
            absolute,
            keep_until,
        }
    })
}

fn rotate() -> impl Strategy<Value = Verb> {
    (session_of_any_user(), shown(), any::<bool>(), life()).prop_map(
        |(session, shown, acknowledged, idle)| Verb::Rotate {
            session,
            shown,
            acknowledged,
            idle,
        },
    )
}

fn admit() -> impl Strategy<Value = Verb> {
    let shown = prop_oneof![
        shown().prop_map(Ok),
        prop_oneof![4 => Just(0), 1 => Just(1), 1 => Just(-1)].prop_map(Err),
    ];
    let names_session = prop::bool::weighted(0.8);
    let issued_at = prop_oneof![-1000_i64..1000, from_now()];
    (
        session_of_any_user(),
        shown,
        issued_at,
        names_session,
        prop::option::of(span()),
    )
        .prop_map(
            |(session, shown, issued_at, names_session, touch_after)| Verb::Admit {
                session,
                shown,
                issued_at,
                names_session,
                touch_after,
            },
        )
}

/// Creates half of the sessions, which last.
fn log_ins() -> impl Iterator<Item = (u64, Verb)> {
    (0..USERS * SESSIONS / 2).map(|number| {
        let log_in = Verb::Create {
            session: numbered(number % USERS, number / USERS),
            token: 1,
            idle: ENDLESS,
            absolute: ENDLESS,
            keep_until: None,
        };
        (1, log_in)
    })
}

/// One of few sessions, so that calls meet.
fn session() -> impl Strategy<Value = Session> {
    (0..USERS, 0..SESSIONS).prop_map(|(user, number)| numbered(user, number))
}

fn numbered(user: usize, number: usize) -> Session {
    Session {
        account: account(user),
        id: SessionId::from(format!("{user} {number}").as_str()),
    }
}

/// Sometimes a session is named with another account.
fn session_of_any_user() -> impl Strategy<Value = Session> {
    (session(), prop::bool::weighted(0.05)).prop_map(|(session, is_foreign)| Session {
        account: if is_foreign {
            AccountId::new(None, "user9")
        } else {
            session.account
        },
        id: session.id,
    })
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

fn which() -> impl Strategy<Value = Which> {
    prop_oneof![
        1 => Just(Which::All),
        1 => session().prop_map(Which::AllBut),
        2 => from_now().prop_map(Which::Before),
    ]
}

fn reason() -> impl Strategy<Value = EndReason> {
    prop_oneof![
        Just(EndReason::LoggedOut),
        Just(EndReason::Replaced),
        Just(EndReason::Revoked)
    ]
}

/// Few lengths, so that durations of the same length end exactly now.
fn wait() -> impl Strategy<Value = u64> {
    prop::sample::select(vec![0, 1, 2, 5, 10])
}

fn span() -> impl Strategy<Value = Duration> {
    prop_oneof![
        1 => Just(Duration::ZERO),
        1 => Just(Duration::from_micros(1_500)),
        4 => prop::sample::select(vec![1, 2, 5, 10]).prop_map(Duration::from_millis),
        1 => Just(ENDLESS),
    ]
}

/// Whole milliseconds, seldom short.
fn life() -> impl Strategy<Value = Duration> {
    prop_oneof![
        1 => (0_u64..20).prop_map(Duration::from_millis),
        2 => (100_u64..300).prop_map(Duration::from_millis),
        4 => Just(ENDLESS),
    ]
}

fn from_now() -> impl Strategy<Value = i64> {
    prop::sample::select(vec![-FAR, -10, -5, -2, -1, 0, 1, 2, 5, 10, FAR])
}
