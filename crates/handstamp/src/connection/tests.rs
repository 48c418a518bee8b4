//! When connections end, with a clock that moves when it is told.

#![expect(
    clippy::too_many_lines,
    clippy::type_complexity,
    reason = "tables are long and their rows are tuples"
)]

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use super::{Ended, UntilEnded};
use crate::admission::Admission;
use crate::clock::UnixTime;
use crate::config::{CheckSessions, ConfigBuilder};
use crate::error::StoreError;
use crate::purpose::Access;
use crate::session::{ClientInfo, Owner};
use crate::store::MemoryStore;
use crate::testing::{Head, ManualClock, NOW, ask, auth_and_clock, builder, now};
use crate::{Auth, Authenticated, NewToken, Require, TokenPair};

/// Two processes on one store, and the clock of all.
struct Nodes {
    here: Auth,
    there: Auth,
    clock: ManualClock,
}

fn nodes(config: &dyn Fn() -> ConfigBuilder) -> Nodes {
    let clock = ManualClock::default();
    clock.set(NOW);
    let store = Arc::new(MemoryStore::with_clock(clock.clone()));
    let node = || {
        Auth::builder(config().build().unwrap())
            .with_clock(clock.clone())
            .store(Arc::clone(&store))
            .build()
    };
    Nodes {
        here: node(),
        there: node(),
        clock: clock.clone(),
    }
}

fn access(auth: &Auth, token: &str) -> Authenticated<Access> {
    let head = Head::new("GET").access(token);
    ask(auth, &head, &Require::access()).unwrap()
}

fn refresh_head(tokens: &TokenPair) -> Head {
    Head::new("POST")
        .refresh(tokens.refresh().as_str())
        .csrf(tokens.refresh().csrf().unwrap_or_default())
}

/// Counts how often it is woken.
#[derive(Default)]
struct Alarm(AtomicUsize);

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Alarm {
    fn rang(&self) -> usize {
        self.0.swap(0, Ordering::Relaxed)
    }
}

fn poll(connection: &mut UntilEnded, alarm: &Arc<Alarm>) -> Option<Ended> {
    let waker = Waker::from(Arc::clone(alarm));
    match Pin::new(connection).poll(&mut Context::from_waker(&waker)) {
        Poll::Ready(ended) => Some(ended),
        Poll::Pending => None,
    }
}

/// Far from the ten seconds after which a connection asks by itself.
async fn soon(connection: UntilEnded) -> Option<Ended> {
    tokio::time::timeout(Duration::from_secs(5), connection)
        .await
        .ok()
}

#[test]
fn what_this_process_revokes_ends_at_once() {
    #[derive(Debug, PartialEq)]
    enum Then {
        Ends,
        /// It asked, and is told to go on.
        GoesOn,
        /// It did not even ask.
        IsNotWoken,
    }
    type Act = fn(&Nodes, &Authenticated<Access>, &TokenPair);
    let rows: [(&str, Act, Then); 13] = [
        (
            "its session is revoked",
            |nodes, token, _| {
                let id = token.session_id().unwrap();
                assert!(now(nodes.here.revoke_session(token, &id)).unwrap());
            },
            Then::Ends,
        ),
        (
            "its user logs out",
            |nodes, _, tokens| {
                let log_out = nodes.here.authenticate_log_out(&refresh_head(tokens));
                let _cookies = now(nodes.here.log_out(log_out.unwrap())).unwrap();
            },
            Then::Ends,
        ),
        (
            "all sessions of its user are revoked",
            |nodes, token, _| {
                now(nodes.here.revoke_all_sessions(token)).unwrap();
            },
            Then::Ends,
        ),
        (
            "what its user had until now is revoked",
            |nodes, token, _| {
                let time = UnixTime::from_secs(NOW);
                now(nodes.here.not_before(token, time)).unwrap();
            },
            Then::Ends,
        ),
        (
            "the token itself is revoked",
            |nodes, token, _| {
                let (id, until) = (token.id(), token.expires_at());
                now(nodes.here.revoke_token(token, id, until)).unwrap();
            },
            Then::Ends,
        ),
        (
            "a copy of the session's refresh token is used",
            |nodes, _, tokens| {
                for _ in 0..3 {
                    nodes.clock.advance(Duration::from_secs(60));
                    let refresh = ask(&nodes.here, &refresh_head(tokens), &Require::refresh());
                    let Ok(refresh) = refresh else { return };
                    let next = now(nodes.here.refresh(&refresh)).unwrap();
                    access(&nodes.here, next.access().as_str());
                }
                panic!("the copy was not noticed");
            },
            Then::Ends,
        ),
        (
            "a new log-in replaces its session",
            |nodes, _, tokens| {
                let client = nodes.here.client_info(&refresh_head(tokens));
                drop(now(nodes.here.log_in("user1", client)).unwrap());
            },
            Then::Ends,
        ),
        (
            "all other sessions of its user are revoked",
            |nodes, token, _| {
                now(nodes.here.revoke_other_sessions(token)).unwrap();
            },
            Then::GoesOn,
        ),
        (
            "another session of its user is revoked",
            |nodes, _, _| {
                let other = now(nodes.here.log_in("user1", ClientInfo::new())).unwrap();
                let other = access(&nodes.here, other.access().as_str());
                let id = other.session_id().unwrap();
                assert!(now(nodes.here.revoke_session(&other, &id)).unwrap());
            },
            Then::GoesOn,
        ),
        (
            "another user is logged out everywhere",
            |nodes, _, _| {
                now(nodes.here.revoke_all_sessions("user2")).unwrap();
            },
            Then::IsNotWoken,
        ),
        (
            "an administrator of the same name is logged out everywhere",
            |nodes, _, _| {
                let admin = Owner::from("user1").login_type("admin");
                now(nodes.here.revoke_all_sessions(admin)).unwrap();
            },
            Then::IsNotWoken,
        ),
        (
            "its session goes on with a refresh",
            |nodes, _, tokens| {
                let refresh = ask(&nodes.here, &refresh_head(tokens), &Require::refresh());
                drop(now(nodes.here.refresh(&refresh.unwrap())).unwrap());
            },
            Then::IsNotWoken,
        ),
        (
            "another process revokes its session: for that it has to ask",
            |nodes, token, _| {
                now(nodes.there.revoke_all_sessions(token)).unwrap();
            },
            Then::IsNotWoken,
        ),
    ];
    for (row, act, then) in rows {
        let nodes = nodes(&builder);
        let tokens = now(nodes.here.log_in("user1", ClientInfo::new())).unwrap();
        let token = access(&nodes.here, tokens.access().as_str());
        let alarm = Arc::default();
        // Nothing but the ring wakes it.
        let mut connection = nodes
            .here
            .until_ended(&token)
            .ask_every(Duration::from_secs(100_000));
        assert_eq!(poll(&mut connection, &alarm), None, "{row}");
        alarm.rang();
        act(&nodes, &token, &tokens);
        let seen = match (alarm.rang(), poll(&mut connection, &alarm)) {
            (1.., Some(Ended::Revoked)) => Then::Ends,
            (1.., None) => Then::GoesOn,
            (0, None) => Then::IsNotWoken,
            other => panic!("{row}: {other:?}"),
        };
        assert_eq!(seen, then, "{row}");
    }
}

#[test]
fn what_was_revoked_before_it_began_ends_at_once() {
    let nodes = nodes(&builder);
    let tokens = now(nodes.here.log_in("user1", ClientInfo::new())).unwrap();
    let token = access(&nodes.here, tokens.access().as_str());
    now(nodes.there.revoke_all_sessions("user1")).unwrap();
    assert_eq!(now(nodes.here.until_ended(&token)), Ended::Revoked);
}

#[tokio::test]
async fn what_another_process_revokes_ends_within_the_interval() {
    let nodes = nodes(&builder);
    for session in [true, false] {
        let tokens = if session {
            now(nodes.here.log_in("user1", ClientInfo::new())).unwrap()
        } else {
            nodes.here.create_token_pair("user1").unwrap()
        };
        let token = access(&nodes.here, tokens.access().as_str());
        let connection = nodes.here.until_ended(&token);
        let connection = tokio::spawn(soon(connection.ask_every(Duration::from_millis(20))));
        tokio::time::sleep(Duration::from_millis(60)).await;
        assert!(!connection.is_finished());
        now(nodes.there.revoke_all_sessions("user1")).unwrap();
        assert_eq!(connection.await.unwrap(), Some(Ended::Revoked));
        nodes.clock.advance(Duration::from_secs(1));
    }
}

#[tokio::test]
async fn its_time_is_that_of_requests() {
    let leeway = || builder().decode_leeway(Duration::from_secs(30));
    let rows: [(&str, &dyn Fn() -> ConfigBuilder, u64, Option<Ended>); 5] = [
        ("the last second", &builder, 899, None),
        ("the end", &builder, 900, Some(Ended::Expired)),
        ("the last second of the leeway", &leeway, 929, None),
        ("the end of the leeway", &leeway, 930, Some(Ended::Expired)),
        (
            "a machine that slept",
            &builder,
            99_999,
            Some(Ended::Expired),
        ),
    ];
    for (row, config, after, ended) in rows {
        let (auth, clock) = auth_and_clock(config());
        let token = auth.create_access_token("user1").unwrap();
        let token = access(&auth, token.as_str());
        let connection = auth.until_ended(&token);
        let connection = tokio::spawn(soon(connection.ask_every(Duration::from_millis(10))));
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert!(!connection.is_finished(), "{row}");
        clock.set(NOW + after);
        if ended.is_some() {
            assert_eq!(connection.await.unwrap(), ended, "{row}");
        } else {
            tokio::time::sleep(Duration::from_millis(60)).await;
            assert!(!connection.is_finished(), "{row}");
            connection.abort();
        }
    }
}

/// Two seconds are lived through, for once.
#[tokio::test]
async fn its_end_is_not_waited_for_by_intervals() {
    let auth = Auth::new(builder().build().unwrap());
    let token = NewToken::for_subject("user1").expires_in(Duration::from_secs(2));
    let token = auth.create_access_token(token).unwrap();
    let token = access(&auth, token.as_str());
    let connection = auth.until_ended(&token);
    let connection = connection.ask_every(Duration::from_secs(100_000));
    assert_eq!(soon(connection).await, Some(Ended::Expired));
}

#[tokio::test]
async fn a_blocklist_is_asked_again_and_again() {
    #[derive(Clone, Copy)]
    enum Answer {
        Yes,
        No,
        Fails,
        Hangs,
    }
    use Answer::{Fails, Hangs, No, Yes};
    let rows: [(&str, &[Answer], Ended); 4] = [
        ("revoked after some time", &[Yes, Yes, No], Ended::Revoked),
        (
            "no answer three times in a row",
            &[Yes, Fails, Fails, Fails],
            Ended::StoreUnavailable,
        ),
        (
            "an answer in between",
            &[Yes, Fails, Fails, Yes, Fails, Fails, Yes, No],
            Ended::Revoked,
        ),
        (
            "one that never answers",
            &[Yes, Hangs, Hangs, Hangs],
            Ended::StoreUnavailable,
        ),
    ];
    for (row, answers, ended) in rows {
        // The first is for the request that opened the connection.
        let script = Arc::new(Mutex::new(VecDeque::from([Yes])));
        let left = Arc::clone(&script);
        left.lock().unwrap().extend(answers);
        let config = builder().store_timeout(Duration::from_millis(100));
        let auth = Auth::builder(config.build().unwrap())
            .with_blocklist(move |_| {
                let answer = script.lock().unwrap().pop_front().unwrap();
                async move {
                    match answer {
                        Yes => Ok(Admission::Admitted),
                        No => Ok(Admission::Revoked),
                        Fails => Err(StoreError::new("connection refused")),
                        Hangs => std::future::pending().await,
                    }
                }
            })
            .build();
        let token = auth.create_access_token("user1").unwrap();
        let token = access(&auth, token.as_str());
        let connection = auth.until_ended(&token);
        let connection = connection.ask_every(Duration::from_millis(10));
        assert_eq!(soon(connection).await, Some(ended), "{row}");
        assert!(left.lock().unwrap().is_empty(), "{row}");
    }
}

#[tokio::test]
async fn the_end_does_not_wait_for_an_answer() {
    let clock = ManualClock::default();
    clock.set(NOW);
    let begun = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&begun);
    let config = builder().store_timeout(Duration::from_secs(60));
    let auth = Auth::builder(config.build().unwrap())
        .with_clock(clock.clone())
        .with_blocklist(move |_| {
            let first = count.fetch_add(1, Ordering::Relaxed) == 0;
            async move {
                if !first {
                    std::future::pending::<()>().await;
                }
                Ok(Admission::Admitted)
            }
        })
        .build();
    let token = auth.create_access_token("user1").unwrap();
    let token = access(&auth, token.as_str());
    let connection = auth.until_ended(&token);
    let connection = tokio::spawn(soon(connection.ask_every(Duration::from_millis(10))));
    tokio::time::sleep(Duration::from_millis(50)).await;
    clock.set(NOW + 900);
    assert_eq!(connection.await.unwrap(), Some(Ended::Expired));
    assert_eq!(begun.load(Ordering::Relaxed), 2, "one question at a time");
}

#[test]
fn sessions_that_are_looked_at_on_refresh_only_go_on() {
    let nodes = nodes(&|| builder().check_sessions(CheckSessions::OnRefresh));
    let tokens = now(nodes.here.log_in("user1", ClientInfo::new())).unwrap();
    let token = access(&nodes.here, tokens.access().as_str());
    let mut connection = nodes.here.until_ended(&token);
    now(nodes.here.revoke_all_sessions("user1")).unwrap();
    // As requests do.
    access(&nodes.here, tokens.access().as_str());
    assert_eq!(poll(&mut connection, &Arc::default()), None);
}

#[test]
fn looking_is_no_activity() {
    let nodes = nodes(&builder);
    let tokens = now(nodes.here.log_in("user1", ClientInfo::new())).unwrap();
    let token = access(&nodes.here, tokens.access().as_str());
    nodes.clock.advance(Duration::from_secs(600));
    let mut connection = nodes.here.until_ended(&token);
    assert_eq!(poll(&mut connection, &Arc::default()), None);
    let sessions = now(nodes.here.sessions("user1")).unwrap();
    assert_eq!(sessions.first().unwrap().last_active().as_secs(), NOW);
    // A request is.
    access(&nodes.here, tokens.access().as_str());
    let sessions = now(nodes.here.sessions("user1")).unwrap();
    assert_eq!(sessions.first().unwrap().last_active().as_secs(), NOW + 600);
}

#[test]
fn who_is_dropped_is_forgotten() {
    let nodes = nodes(&builder);
    let tokens = now(nodes.here.log_in("user1", ClientInfo::new())).unwrap();
    let token = access(&nodes.here, tokens.access().as_str());
    let mut connections: Vec<_> = (0..1000).map(|_| nodes.here.until_ended(&token)).collect();
    let alarm = Arc::default();
    for connection in &mut connections {
        assert_eq!(poll(connection, &alarm), None);
    }
    connections.truncate(3);
    assert_eq!(nodes.here.watchers().count(), 3);
    alarm.rang();
    now(nodes.here.revoke_all_sessions("user1")).unwrap();
    assert_eq!(alarm.rang(), 3);
    for connection in &mut connections {
        assert_eq!(poll(connection, &alarm), Some(Ended::Revoked));
        assert_eq!(poll(connection, &alarm), Some(Ended::Revoked), "once more");
    }
    drop(connections);
    assert_eq!(nodes.here.watchers().count(), 0);
}

#[test]
fn many_do_not_ask_at_once() {
    let (auth, _clock) = auth_and_clock(builder());
    let token = auth.create_access_token("user1").unwrap();
    let token = access(&auth, token.as_str());
    let quarters = (0..400).map(|_| auth.until_ended(&token).phase().as_millis() / 2_500);
    let mut connections = [0; 5];
    for quarter in quarters {
        connections[usize::try_from(quarter).unwrap()] += 1;
    }
    assert_eq!(connections.iter().sum::<u32>(), 400);
    assert!(
        connections[..4].iter().all(|count| *count > 50),
        "{connections:?}"
    );
    assert!(connections[4] < 20, "the whole interval: {connections:?}");
}
