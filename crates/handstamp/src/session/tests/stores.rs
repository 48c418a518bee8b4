//! Tests of the calls to a store, and of a store that does not answer.

use std::collections::VecDeque;
use std::fmt;
use std::future;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::{House, house, refresh_head, with_store};
use crate::adapter::ResponseHead;
use crate::config::CheckSessions;
use crate::error::{AuthError, StoreError};
use crate::session::ClientInfo;
use crate::store::{
    AccountId, Admission, Admit, BoxFuture, Created, EndExcess, EndRevoked, EndedSessions,
    ListSessions, ListedSessions, MemoryStore, NewSession, ReadSession, Redeem, Redemption,
    RevokeSession, RevokeToken, RevokeUser, Rotate, Rotation, SessionId, SessionRow, Store,
    UpdateSession,
};
use crate::testing::{Head, NOW, ask, builder, clock_at, now, outcome};
use crate::{Auth, Require, TokenPair};

/// Records the names of the methods that are called on a memory store.
#[derive(Debug)]
struct Counted(MemoryStore, Arc<Mutex<Vec<&'static str>>>);

/// Runs the queued calls, each before one update of a session: what other requests do meanwhile.
pub(super) struct Interrupted {
    pub(super) store: Arc<MemoryStore>,
    pub(super) queue: Arc<Mutex<VecDeque<Interruption>>>,
}

pub(super) type Interruption = Box<dyn FnOnce() + Send>;

impl fmt::Debug for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interrupted").finish_non_exhaustive()
    }
}

/// Takes ten milliseconds for a list.
#[derive(Debug)]
struct Slow(MemoryStore);

/// Answers in a fixed way, or never.
#[derive(Debug, Clone, Copy)]
enum Broken {
    Refuses,
    Hangs,
}

fn broken<T: Send + 'static>(how: Broken) -> BoxFuture<'static, Result<T, StoreError>> {
    match how {
        Broken::Refuses => Box::pin(future::ready(Err(StoreError::new("connection refused")))),
        Broken::Hangs => Box::pin(future::pending()),
    }
}

macro_rules! verbs {
    ($($verb:ident($($name:ident: $Argument:ty)?) -> $Answer:ty;)*) => {
        impl Store for Counted {
            $(fn $verb(&self $(, $name: $Argument)?) -> BoxFuture<'_, Result<$Answer, StoreError>> {
                self.1.lock().unwrap().push(stringify!($verb));
                self.0.$verb($($name)?)
            })*
        }

        impl Store for Interrupted {
            $(fn $verb(&self $(, $name: $Argument)?) -> BoxFuture<'_, Result<$Answer, StoreError>> {
                if stringify!($verb) == "update_session" {
                    let next = self.queue.lock().unwrap().pop_front();
                    if let Some(interrupt) = next {
                        interrupt();
                    }
                }
                self.store.$verb($($name)?)
            })*
        }

        impl Store for Slow {
            $(fn $verb(&self $(, $name: $Argument)?) -> BoxFuture<'_, Result<$Answer, StoreError>> {
                Box::pin(async move {
                    if stringify!($verb) == "list" {
                        tokio::time::sleep(Duration::from_millis(10)).await;
                    }
                    self.0.$verb($($name)?).await
                })
            })*
        }

        impl Store for Broken {
            $(fn $verb(&self $(, $name: $Argument)?) -> BoxFuture<'_, Result<$Answer, StoreError>> {
                $(let _ = $name;)?
                broken(*self)
            })*
        }
    };
}

verbs! {
    create(new: NewSession) -> Created;
    rotate(rotate: Rotate) -> Rotation;
    admit(admit: Admit) -> Admission;
    session(read: ReadSession) -> Option<SessionRow>;
    update_session(update: UpdateSession) -> Option<SessionRow>;
    revoke_session(revoke: RevokeSession) -> bool;
    revoke_user(revoke: RevokeUser) -> EndedSessions;
    end_revoked(end: EndRevoked) -> EndedSessions;
    end_excess(end: EndExcess) -> Vec<SessionId>;
    crowded_accounts(at_most: usize) -> Vec<AccountId>;
    revoke_token(revoke: RevokeToken) -> ();
    redeem(redeem: Redeem) -> Redemption;
    list(list: ListSessions) -> ListedSessions;
    purge() -> u64;
}

#[test]
fn every_request_asks_once() {
    let rows: [(&str, CheckSessions, [&[&str]; 7]); 2] = [
        (
            "with every request",
            CheckSessions::EveryRequest,
            [
                &["create"],
                &["admit"],
                &["admit", "rotate"],
                &["list"],
                &["session"],
                &["revoke_session"],
                &["admit"],
            ],
        ),
        (
            "on refresh only",
            CheckSessions::OnRefresh,
            [
                &["create"],
                &[],
                &["admit", "rotate"],
                &["list"],
                &["session"],
                &["revoke_session"],
                &[],
            ],
        ),
    ];
    for (row, check, expected) in rows {
        let clock = clock_at(NOW);
        let asked = Arc::default();
        let store = Counted(MemoryStore::with_clock(clock.clone()), Arc::clone(&asked));
        let house = with_store(builder().check_sessions(check), store, clock);
        let verbs = || std::mem::take(&mut *asked.lock().unwrap());

        let tokens = house.log_in("user1");
        let mut seen = vec![verbs()];
        house.enter(&tokens);
        seen.push(verbs());
        drop(house.refresh(&tokens).unwrap());
        seen.push(verbs());
        now(house.auth.sessions("user1")).unwrap();
        seen.push(verbs());
        let token = house.access(&tokens);
        drop(verbs());
        now(house.auth.session(&token)).unwrap();
        seen.push(verbs());
        let _cookies = house.log_out(&refresh_head(&tokens)).unwrap();
        seen.push(verbs());
        let after = house.enter(&tokens);
        seen.push(verbs());
        assert_eq!(seen, expected, "{row}");
        let expected = if check == CheckSessions::OnRefresh {
            "user1"
        } else {
            "session_ended"
        };
        assert_eq!(after, expected, "{row}");
        assert_eq!(
            house.refresh(&tokens).unwrap_err(),
            "session_ended",
            "{row}"
        );
    }
}

#[tokio::test]
async fn the_lists_of_one_user_take_turns_and_do_not_hold_up_others() {
    let store = Slow(MemoryStore::new());
    let config = builder().store_timeout(Duration::from_secs(1));
    let auth = Auth::builder(config.build().unwrap()).store(store);
    let auth = auth.build().unwrap();
    auth.sessions("user1").await.unwrap();
    let began = Instant::now();
    let mut lists = JoinSet::new();
    for _ in 0..64 {
        let auth = auth.clone();
        lists.spawn(async move { auth.sessions("user1").await.map(drop) });
    }
    tokio::task::yield_now().await;
    for number in 0..3 {
        let list = auth.sessions(format!("user2{number}").as_str()).await;
        assert!(list.unwrap().is_empty());
    }
    let answers = lists.join_all().await;
    // Twenty are made at once, and each of the next waits for a quarter of a second more.
    assert!(began.elapsed() > Duration::from_millis(500));
    let (listed, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert!(listed.len() >= 20, "{}", listed.len());
    assert!(refused.len() > 20, "{}", refused.len());
    for refused in refused {
        let refused = refused.unwrap_err();
        assert_eq!(refused.code(), "rate_limited");
        assert_eq!(refused.status(), 429);
    }
}

#[test]
fn an_implicit_refresh_asks_when_it_is_due() {
    for check in [CheckSessions::EveryRequest, CheckSessions::OnRefresh] {
        let clock = clock_at(NOW);
        let asked = Arc::default();
        let store = Counted(MemoryStore::with_clock(clock.clone()), Arc::clone(&asked));
        let house = with_store(builder().check_sessions(check), store, clock);
        let tokens = house.log_in("user1");
        let alone = house.auth.create_access_token("user1").unwrap();
        let rows: [(u64, &str, &[&str]); 4] = [
            (0, tokens.access().as_str(), &[]),
            (0, alone.as_str(), &[]),
            (14, tokens.access().as_str(), &["admit", "session"]),
            (0, alone.as_str(), &["admit"]),
        ];
        for (minutes, token, expected) in rows {
            house.clock.advance(crate::minutes(minutes));
            let head = Head::new("GET").access(token);
            let token = ask(&house.auth, &head, &Require::access()).unwrap();
            asked.lock().unwrap().clear();
            let refresh = house.auth.begin_implicit_refresh("GET", "/").unwrap();
            refresh.record(&Arc::new(token));
            let cookies = now(refresh.cookies(&Plain));
            assert_eq!(cookies.is_some(), !expected.is_empty());
            assert_eq!(*asked.lock().unwrap(), expected, "{check:?}");
        }
    }
}

/// A response without information.
struct Plain;

impl ResponseHead for Plain {
    fn status(&self) -> u16 {
        200
    }

    fn header_values(&self, _: &str) -> impl Iterator<Item = &[u8]> {
        std::iter::empty()
    }
}

#[test]
fn a_forged_or_expired_token_is_not_shown_to_the_store() {
    let clock = clock_at(NOW);
    let asked = Arc::default();
    let store = Counted(MemoryStore::with_clock(clock.clone()), Arc::clone(&asked));
    let house = with_store(builder(), store, clock);
    let tokens = house.log_in("user1");
    asked.lock().unwrap().clear();
    let forged = tokens.access().as_str().replace('.', "a.");
    outcome(
        &house.auth,
        &Head::new("GET").access(&forged),
        &Require::access(),
    );
    house.clock.advance(crate::minutes(16));
    assert_eq!(house.enter(&tokens), "token_expired");
    assert!(asked.lock().unwrap().is_empty());
}

#[test]
fn without_acknowledgement_a_late_token_is_a_copy() {
    let house = house(builder().check_sessions(CheckSessions::OnRefresh));
    let first = house.log_in("user1");
    house.clock.advance(crate::minutes(14));
    drop(house.refresh(&first).unwrap());
    house.clock.advance(Duration::from_secs(11));
    assert_eq!(house.refresh(&first).unwrap_err(), "refresh_reused");
}

#[tokio::test]
async fn a_store_that_does_not_answer_lets_nobody_in() {
    for how in [Broken::Refuses, Broken::Hangs] {
        let config = builder().store_timeout(Duration::from_millis(20));
        let sound = house(config);
        let tokens = sound.log_in("user1");
        let plain = sound.auth.create_access_token("user1").unwrap();
        let clock = sound.clock.clone();
        let config = builder().store_timeout(Duration::from_millis(20));
        let House { auth, .. } = with_store(config, how, clock);

        let heads = [
            (
                "an access token",
                Head::new("GET").access(tokens.access().as_str()),
            ),
            (
                "one without a session",
                Head::new("GET").access(plain.as_str()),
            ),
        ];
        for (row, head) in heads {
            let rejection = auth
                .authenticate(&head, &Require::access())
                .await
                .unwrap_err();
            assert_eq!(
                (rejection.status(), rejection.code()),
                (503, "store_unavailable"),
                "{row}, {how:?}"
            );
            assert!(
                rejection
                    .headers()
                    .iter()
                    .any(|(name, _)| *name == "retry-after")
            );
        }
        let rejection = auth
            .authenticate(&refresh_head(&tokens), &Require::refresh())
            .await
            .unwrap_err();
        assert_eq!(rejection.code(), "store_unavailable");
        let log_out = auth.authenticate_log_out(&refresh_head(&tokens)).unwrap();
        assert_eq!(
            auth.log_out(log_out).await.unwrap_err().code(),
            "store_unavailable"
        );
        let error = auth.log_in("user1", ClientInfo::new()).await.unwrap_err();
        assert!(matches!(error, AuthError::Rejected(rejection) if rejection.status() == 503));
        let token = ask(&sound.auth, &refresh_head(&tokens), &Require::refresh()).unwrap();
        let error = auth.refresh(&token).await.unwrap_err();
        assert!(matches!(error, AuthError::Rejected(rejection) if rejection.status() == 503));
        for answer in [
            auth.sessions("user1").await.map(drop),
            auth.revoke_session("user1", &SessionId::from("a"))
                .await
                .map(drop),
            auth.revoke_all_sessions("user1").await.map(drop),
            auth.revoke_token("user1", "id", token.expires_at()).await,
        ] {
            assert_eq!(answer.unwrap_err().code(), "store_unavailable");
        }
    }
}

#[test]
fn without_a_store_there_are_no_sessions() {
    let auth = crate::testing::auth(builder());
    let tokens = now(auth.log_in("user1", ClientInfo::new())).unwrap();
    assert!(super::claims(tokens.access().as_str()).get("sid").is_none());
    assert_eq!(super::claims(tokens.access().as_str())["fresh"], true);
    let again = refreshed(&auth, &tokens);
    assert_eq!(
        super::claims(again.refresh().as_str()),
        super::claims(tokens.refresh().as_str())
    );
    let log_out = auth.authenticate_log_out(&refresh_head(&tokens)).unwrap();
    assert_eq!(now(auth.log_out(log_out)).unwrap().lines().count(), 4);
    assert_eq!(now(auth.purge_sessions()).unwrap(), 0);
    // A call that would do nothing does not report success.
    assert_eq!(now(auth.sessions("user1")).unwrap_err().status(), 503);
    assert_eq!(
        now(auth.revoke_all_sessions("user1")).unwrap_err().status(),
        503
    );
}

fn refreshed(auth: &Auth, tokens: &TokenPair) -> TokenPair {
    let token = ask(auth, &refresh_head(tokens), &Require::refresh()).unwrap();
    now(auth.refresh(&token)).unwrap()
}
