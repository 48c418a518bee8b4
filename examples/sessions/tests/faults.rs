//! Stores that die, hang, or are not there: 503 in time, never 401, no cookie touched, and no
//! restart needed.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod support;

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use handstamp_conformance::services::{Postgres, Redis};
use handstamp_conformance::{Reply, Server};
use support::{Browser, code, start};

/// The deadline of two seconds, and as much again for a machine that is busy.
const IN_TIME: Duration = Duration::from_secs(4);

#[test]
fn redis_is_killed_under_load_and_comes_back() {
    let mut redis = Redis::durable();
    let node = start(&redis.url());
    killed_under_load(&node, "Redis", &mut redis, Redis::kill, Redis::start_again);
}

#[test]
fn postgres_is_killed_under_load_and_comes_back() {
    let mut postgres = Postgres::start();
    let node = start(&postgres.url());
    let (kill, start_again) = (Postgres::kill, Postgres::start_again);
    killed_under_load(&node, "PostgreSQL", &mut postgres, kill, start_again);
}

fn killed_under_load<S: Send>(
    node: &Server,
    name: &str,
    store: &mut S,
    kill: fn(&mut S),
    start_again: fn(&mut S),
) {
    let browser = Browser::logged_in(node, "laptop");
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    answered(&browser.get(node, "/protected"));
                }
            });
        }
        thread::sleep(Duration::from_millis(300));
        kill(store);
        let down = Instant::now();
        refuses(node, &browser, down, &format!("{name} was killed"));
        start_again(store);
        let up = Instant::now();
        recovers(node, &browser, up, &format!("{name} was started again"));
        stop.store(true, Ordering::Relaxed);
    });
}

#[test]
fn redis_hangs_and_goes_on() {
    let redis = Redis::start();
    let node = start(&redis.url());
    let browser = Browser::logged_in(&node, "laptop");
    redis.freeze();
    refuses(&node, &browser, Instant::now(), "Redis was frozen");
    redis.thaw();
    recovers(&node, &browser, Instant::now(), "Redis went on");
}

#[test]
fn postgres_hangs_and_goes_on() {
    let postgres = Postgres::start();
    let node = start(&postgres.url());
    let browser = Browser::logged_in(&node, "laptop");
    postgres.stop();
    refuses(&node, &browser, Instant::now(), "PostgreSQL was frozen");
    postgres.cont();
    recovers(&node, &browser, Instant::now(), "PostgreSQL went on");
}

#[test]
fn a_redis_that_is_not_there_at_the_start_is_waited_for() {
    let mut redis = Redis::start();
    redis.kill();
    let node = start(&redis.url());
    let mut browser = Browser::default();
    let begin = Instant::now();
    let reply = browser.log_in(&node, "laptop");
    assert_eq!((reply.status, &*code(&reply)), (503, "store_unavailable"));
    assert!(begin.elapsed() < IN_TIME);
    redis.start_again();
    logs_in_soon(&node, &mut browser);
}

#[test]
fn a_postgres_that_is_not_there_at_the_start_is_waited_for() {
    let mut postgres = Postgres::start();
    postgres.kill();
    let node = start(&postgres.url());
    let mut browser = Browser::default();
    let begin = Instant::now();
    let reply = browser.log_in(&node, "laptop");
    assert_eq!((reply.status, &*code(&reply)), (503, "store_unavailable"));
    assert!(begin.elapsed() < IN_TIME);
    postgres.start_again();
    logs_in_soon(&node, &mut browser);
}

#[test]
fn a_node_that_dies_between_the_store_s_write_and_its_answer_loses_nothing() {
    let redis = Redis::start();
    let proxy = Proxy::before(redis.address());
    let node = start(&format!("redis://{}/", proxy.address));
    let mut browser = Browser::logged_in(&node, "laptop");
    // Redis learns the scripts, so that from now on each verb is one answer.
    assert_eq!(browser.post(&node, "/refresh").status, 200);
    thread::sleep(Duration::from_millis(1_200));
    let first = browser.refresh_claims();

    // The token is let in, the store exchanges it, and nobody hears of that.
    proxy.answers_left.store(1, Ordering::SeqCst);
    let request = browser.request("POST", "/refresh");
    let answer = thread::scope(|scope| {
        let address = node.address();
        let asked = scope.spawn(move || request.send(address));
        thread::sleep(Duration::from_millis(500));
        assert_eq!(node.stop("KILL"), None, "killed");
        asked.join().unwrap()
    });
    assert!(answer.is_err(), "the browser has no answer: {answer:?}");

    thread::sleep(Duration::from_millis(1_500));
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let retried_at = since_1970.unwrap().as_secs();
    let node = start(&redis.url());
    let reply = browser.post(&node, "/refresh");
    assert_eq!(reply.status, 200, "{reply:?}");
    let second = browser.refresh_claims();
    let made_at = second["iat"].as_u64().unwrap();
    assert!(
        made_at < retried_at,
        "the exchange is the one nobody heard of"
    );
    assert_eq!((&second["sid"], &second["gen"]), (&first["sid"], &2.into()));
    assert_eq!(browser.get(&node, "/protected").status, 200);
}

/// Only these two answers are ever given.
fn answered(reply: &Reply) {
    match reply.status {
        200 => {}
        503 => {
            assert_eq!(code(reply), "store_unavailable");
            assert!(reply.header("retry-after").is_some());
        }
        status => panic!("{status}: {reply:?}"),
    }
}

/// Every kind of request is answered with 503 in time, and changes nothing.
fn refuses(node: &Server, browser: &Browser, since: Instant, what: &str) {
    let mut first = None;
    let mut longest = Duration::ZERO;
    // A request under way may still have been answered.
    for (method, target) in [
        ("GET", "/protected"),
        ("GET", "/protected"),
        ("POST", "/posts"),
        ("POST", "/refresh"),
        ("POST", "/logout"),
        ("GET", "/sessions"),
    ] {
        let begin = Instant::now();
        let reply = node.send(&browser.request(method, target));
        let took = begin.elapsed();
        longest = longest.max(took);
        assert_eq!(reply.status, 503, "{method} {target}: {reply:?}");
        answered(&reply);
        assert!(took < IN_TIME, "{method} {target} took {took:?}");
        first.get_or_insert(since.elapsed());
    }
    println!(
        "{what}: first 503 after {:?}, the slowest took {longest:?}",
        first.unwrap()
    );
}

fn recovers(node: &Server, browser: &Browser, since: Instant, what: &str) {
    loop {
        let reply = browser.get(node, "/protected");
        answered(&reply);
        if reply.status == 200 {
            println!(
                "{what}: everybody is let in again after {:?}",
                since.elapsed()
            );
            return;
        }
        assert!(
            since.elapsed() < Duration::from_secs(20),
            "{what}: no recovery"
        );
        thread::sleep(Duration::from_millis(20));
    }
}

fn logs_in_soon(node: &Server, browser: &mut Browser) {
    let begin = Instant::now();
    while browser.log_in(node, "laptop").status != 200 {
        assert!(begin.elapsed() < Duration::from_secs(20), "no recovery");
        thread::sleep(Duration::from_millis(20));
    }
    println!(
        "the store was started: the first log-in after {:?}",
        begin.elapsed()
    );
    assert_eq!(browser.get(node, "/protected").status, 200);
}

/// Stands before a server, and lets so many of its answers through.
struct Proxy {
    address: SocketAddr,
    answers_left: Arc<AtomicUsize>,
}

impl Proxy {
    fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let answers_left = Arc::new(AtomicUsize::new(usize::MAX));
        let left = Arc::clone(&answers_left);
        thread::spawn(move || {
            while let Ok((client, _)) = listener.accept() {
                let server = TcpStream::connect(server).unwrap();
                let (mut from_client, mut to_client) = (client.try_clone().unwrap(), client);
                let (mut from_server, mut to_server) = (server.try_clone().unwrap(), server);
                let left = Arc::clone(&left);
                thread::spawn(move || {
                    let _ = std::io::copy(&mut from_client, &mut to_server);
                    let _ = to_server.shutdown(Shutdown::Write);
                });
                thread::spawn(move || {
                    let mut buffer = [0; 4096];
                    while let Ok(read @ 1..) = from_server.read(&mut buffer) {
                        let one_less = |left: usize| left.checked_sub(1);
                        if left
                            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less)
                            .is_err()
                        {
                            continue;
                        }
                        if to_client.write_all(buffer.get(..read).unwrap()).is_err() {
                            break;
                        }
                    }
                });
            }
        });
        Self {
            address,
            answers_left,
        }
    }
}
