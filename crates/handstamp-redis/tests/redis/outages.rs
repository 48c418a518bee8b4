//! Tests of a server that goes away, hangs, and comes back.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use handstamp::error::StoreError;
use handstamp::store::{EndReason, ListedSessions, RevokeSession, Rotation, Store as _};
use handstamp_conformance::services::Redis;
use handstamp_redis::RedisStore;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::scene::{NONE, Session, account, connect, list, store, way};

/// The pause between two attempts, and some time for a busy machine.
const BACK_WITHIN: Duration = Duration::from_millis(1500);

#[tokio::test]
async fn an_application_starts_while_redis_is_down() {
    let mut server = Redis::start();
    server.kill();
    let store = store(&server);
    let error = ask(&store).await.unwrap_err();
    let address = server.address();
    assert_eq!(
        error.to_string(),
        format!("the store did not answer: Redis at {address}: Connection refused (os error 111)")
    );
    server.start_again();
    assert!(back_after(&store).await < BACK_WITHIN);
}

#[tokio::test]
async fn errors_come_fast_while_redis_is_down() {
    let mut server = Redis::start();
    let store = store(&server);
    ask(&store).await.unwrap();
    server.kill();
    let start = Instant::now();
    let mut callers = JoinSet::new();
    for _ in 0..1000 {
        let store = Arc::clone(&store);
        callers.spawn(async move { ask(&store).await.unwrap_err() });
    }
    callers.join_all().await;
    let elapsed = start.elapsed();
    assert!(elapsed < Duration::from_secs(1), "{elapsed:?}");
}

/// No request has to fail first.
#[tokio::test]
async fn a_restart_of_the_server_fails_no_request() {
    let mut server = Redis::start();
    let store = store(&server);
    ask(&store).await.unwrap();
    server.kill();
    server.start_again();
    sleep(BACK_WITHIN).await;
    ask(&store).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn answered_writes_survive_a_kill_under_load() {
    let mut server = Redis::durable();
    let store = store(&server);
    let stop = Arc::new(AtomicBool::new(false));
    let mut callers = JoinSet::new();
    for caller in 0..16 {
        let (store, stop) = (Arc::clone(&store), Arc::clone(&stop));
        callers.spawn(async move { live(&store, caller, &stop).await });
    }
    for _ in 0..3 {
        sleep(Duration::from_millis(300)).await;
        server.kill();
        sleep(Duration::from_millis(100)).await;
        server.start_again();
        assert!(back_after(&store).await < BACK_WITHIN);
    }
    stop.store(true, Ordering::Relaxed);

    let mut lives = 0;
    for life in callers.join_all().await {
        assert!(life.failures > 0, "the kills were not noticed");
        for (session, generation) in life.answered {
            lives += 1;
            match generation {
                // It was revoked, and stays revoked.
                None => {
                    let rotation = store.rotate(session.rotate(1, NONE)).await.unwrap();
                    assert_eq!(way(&rotation), "Ended");
                }
                // A call in flight when the server died took effect or did not.
                Some(generation) => {
                    let rotation = store.rotate(session.rotate(generation, NONE)).await;
                    let rotation = rotation.unwrap();
                    let Rotation::Continued(_, row) = &rotation else {
                        panic!("{session:?} {generation}: {rotation:?}");
                    };
                    let steps = row.generation.checked_sub(generation);
                    assert!(matches!(steps, Some(0 | 1)), "{generation}: {row:?}");
                }
            }
        }
    }
    assert!(lives > 20, "{lives}");
}

struct Life {
    /// Sessions with the last generation that was answered, or none once the log-out was answered.
    answered: Vec<(Session, Option<u64>)>,
    failures: usize,
}

/// Logs in, refreshes, logs out of every other session, and continues with the next one.
async fn live(store: &RedisStore, caller: usize, stop: &AtomicBool) -> Life {
    let mut life = Life {
        answered: Vec::new(),
        failures: 0,
    };
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let session = Session::of(account(), &format!("{caller} {number}"));
        if store.create(session.new_session()).await.is_err() {
            life.failures += 1;
            sleep(Duration::from_millis(5)).await;
            continue;
        }
        let mut answered = 1;
        for _ in 0..4 {
            match store.rotate(session.rotate(answered, NONE)).await {
                Ok(Rotation::Continued(_, row)) => answered = row.generation,
                Ok(other) => panic!("{other:?}"),
                Err(_) => {
                    life.failures += 1;
                    break;
                }
            }
        }
        let revoke = RevokeSession::new(account(), session.id.clone(), EndReason::LoggedOut);
        if number % 2 == 0 {
            match store.revoke_session(revoke).await {
                Ok(_) => life.answered.push((session, None)),
                Err(_) => life.failures += 1,
            }
        } else {
            life.answered.push((session, Some(answered)));
        }
    }
    life
}

#[tokio::test]
async fn a_server_that_hangs_is_not_waited_for() {
    let server = Redis::start();
    let store = store(&server);
    ask(&store).await.unwrap();
    server.freeze();
    for (name, within) in [
        ("a connection that hangs", Duration::from_millis(2800)),
        ("the next, which is not made", Duration::from_millis(1800)),
        ("after that", Duration::from_millis(100)),
        ("and later", Duration::from_millis(100)),
    ] {
        let start = Instant::now();
        ask(&store).await.unwrap_err();
        let elapsed = start.elapsed();
        assert!(elapsed < within, "{name}: {elapsed:?}");
    }
    sleep(Duration::from_secs(1)).await;
    server.thaw();
    assert!(back_after(&store).await < BACK_WITHIN);
}

/// `HANDSTAMP_STORE_TIMEOUT` is what is waited for, longer or shorter than the default.
#[tokio::test]
async fn a_slow_answer_is_waited_for_as_long_as_the_setting_says() {
    for (timeout, pause, is_answered) in [(6_000, 3_000, true), (1_500, 3_000, false)] {
        let server = Redis::start();
        let store = store(&server);
        let (timeout, pause) = (Duration::from_millis(timeout), Duration::from_millis(pause));
        store.set_timeout(timeout);
        ask(&store).await.unwrap();
        server.freeze();
        let (answer, ()) = tokio::join!(ask(&store), async {
            sleep(pause).await;
            server.thaw();
        });
        assert_eq!(answer.is_ok(), is_answered, "{timeout:?}: {answer:?}");
    }
}

/// As if a firewall dropped a connection: no packet ever reports that it is gone.
#[tokio::test]
async fn a_connection_that_hangs_is_replaced() {
    let server = Redis::start();
    let silent = Arc::new(AtomicBool::new(false));
    let address = proxy(server.address(), Arc::clone(&silent)).await;
    let store = RedisStore::new(&format!("redis://{address}/")).unwrap();
    ask(&store).await.unwrap();

    silent.store(true, Ordering::Relaxed);
    let start = Instant::now();
    let hanging = ask(&store);
    let hanging = tokio::join!(hanging, async {
        sleep(Duration::from_millis(500)).await;
        // Other requests are not blocked.
        silent.store(false, Ordering::Relaxed);
    });
    hanging.0.unwrap_err();
    ask(&store).await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(3));
}

/// Forwards bytes. A connection that received data while the proxy was silent stays silent.
async fn proxy(server: SocketAddr, silent: Arc<AtomicBool>) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (client, _) = listener.accept().await.unwrap();
            let server = TcpStream::connect(server).await.unwrap();
            let silent = Arc::clone(&silent);
            tokio::spawn(async move {
                let (mut from_client, mut to_client) = client.into_split();
                let (mut from_server, mut to_server) = server.into_split();
                tokio::spawn(async move {
                    let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
                });
                let mut bytes = [0; 4096];
                while let Ok(length @ 1..) = from_client.read(&mut bytes).await {
                    if silent.load(Ordering::Relaxed) {
                        std::future::pending::<()>().await;
                    }
                    to_server.write_all(&bytes[..length]).await.unwrap();
                }
            });
        }
    });
    address
}

#[tokio::test]
async fn scripts_that_the_server_has_lost_are_loaded_again() {
    let server = Redis::start();
    let store = store(&server);
    let session = Session::of(account(), "one");
    session.begin(&store).await;
    let mut connection = connect(&server).await;
    for _ in 0..2 {
        redis::cmd("SCRIPT")
            .arg("FLUSH")
            .exec_async(&mut connection)
            .await
            .unwrap();
        let rotation = store.rotate(session.rotate(1, NONE)).await.unwrap();
        assert!(matches!(rotation, Rotation::Continued(..)), "{rotation:?}");
    }
}

/// The driver's own manager keeps the error of the handshake forever.
#[tokio::test]
async fn a_server_that_had_too_many_clients_is_asked_again() {
    let server = Redis::with(&["--save", "", "--maxclients", "2"]);
    let others = (connect(&server).await, connect(&server).await);
    let store = store(&server);
    ask(&store).await.unwrap_err();
    drop(others);
    assert!(back_after(&store).await < BACK_WITHIN);
}

#[tokio::test]
async fn a_password_that_is_set_later_is_tried_again_and_never_shown() {
    let server = Redis::start();
    let mut connection = connect(&server).await;
    let mut set_password = async |password: &str| {
        let mut command = redis::cmd("CONFIG");
        command.arg("SET").arg("requirepass").arg(password);
        command.exec_async(&mut connection).await.unwrap();
    };
    set_password("another").await;
    let url = format!("redis://:hunter2@{}/", server.address());
    let store = RedisStore::new(&url).unwrap();
    let error = ask(&store).await.unwrap_err();
    assert!(error.to_string().contains("WRONGPASS"), "{error}");
    for text in [format!("{error} {error:?}"), format!("{store:?}")] {
        assert!(!text.contains("hunter2"), "{text}");
    }
    set_password("hunter2").await;
    assert!(back_after(&store).await < BACK_WITHIN);
}

/// As in a server that has one runtime per worker, when a worker ends.
#[test]
fn a_store_outlives_the_runtime_that_connected_it() {
    let server = Redis::start();
    let store = store(&server);
    for _ in 0..3 {
        let runtime = Runtime::new().unwrap();
        runtime.block_on(async { ask(&store).await.unwrap() });
    }
}

#[test]
fn without_tokio_a_method_returns_an_error() {
    let store = RedisStore::new("redis://127.0.0.1/").unwrap();
    let mut verb = pin!(store.list(list(account())));
    let polled = verb.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    let Poll::Ready(Err(error)) = polled else {
        panic!("{polled:?}");
    };
    assert!(error.to_string().ends_with("in a tokio runtime"), "{error}");
}

#[tokio::test]
async fn a_store_that_is_dropped_leaves_no_connection() {
    let server = Redis::start();
    let mut connection = connect(&server).await;
    let store = store(&server);
    ask(&store).await.unwrap();
    let mut clients = async || {
        let command = redis::cmd("CLIENT").arg("LIST").to_owned();
        let list: String = command.query_async(&mut connection).await.unwrap();
        list.lines().count()
    };
    assert_eq!(clients().await, 2);
    drop(store);
    let start = Instant::now();
    while clients().await > 1 {
        assert!(
            start.elapsed() < Duration::from_secs(2),
            "it is still there"
        );
        sleep(Duration::from_millis(10)).await;
    }
}

/// A method that only reads.
async fn ask(store: &RedisStore) -> Result<ListedSessions, StoreError> {
    store.list(list(account())).await
}

/// Returns how long it takes until a method succeeds.
async fn back_after(store: &RedisStore) -> Duration {
    let start = Instant::now();
    while ask(store).await.is_err() {
        assert!(start.elapsed() < Duration::from_secs(10), "it stays down");
        sleep(Duration::from_millis(5)).await;
    }
    start.elapsed()
}
