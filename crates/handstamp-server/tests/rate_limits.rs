//! Rate limits that processes share: three of them, 10,000 requests, 256 at once, and exactly the
//! limit passes.
//!
//! A node is this test binary itself, started anew with [`NODE`] set.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failing test panics"
)]

use std::env;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use handstamp_axum::handstamp::limit::{Limit, LimitStore, Quota, RateLimits, WhenUnavailable};
use handstamp_axum::{Auth, Config};
use handstamp_conformance::services::{Postgres, Redis};
use handstamp_redis::RedisStore;
use handstamp_sqlx::PostgresStore;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

#[tokio::test(flavor = "multi_thread")]
async fn exactly_the_limit_passes_on_three_processes_with_redis() {
    if let Some(url) = env::var_os(NODE) {
        let url = url.into_string().expect("a URL is text");
        return serve(RedisStore::new(&url).expect("it is a URL")).await;
    }
    let server = Redis::start();
    let name = "exactly_the_limit_passes_on_three_processes_with_redis";
    all_at_once(name, &server.url()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_the_limit_passes_on_three_processes_with_postgres() {
    if let Some(url) = env::var_os(NODE) {
        let url = url.into_string().expect("a URL is text");
        return serve(PostgresStore::connect_lazy(&url).expect("it is a URL")).await;
    }
    let server = Postgres::start();
    let name = "exactly_the_limit_passes_on_three_processes_with_postgres";
    all_at_once(name, &server.url()).await;
}

async fn serve(store: impl LimitStore) {
    let config = Config::builder()
        .secret_key("a secret of at least thirty-two bytes")
        // It is about numbers, not about time: a busy machine is slow.
        .store_timeout(Duration::from_mins(1));
    let auth = Auth::new(config.build().expect("it is complete")).expect("it needs no store");
    // It gains none while the test runs: one in 43 minutes.
    let quota = Quota::new(LIMIT, Duration::from_hours(30 * 24));
    let limit = Limit::by_address("crowd", quota);
    let limits = RateLimits::shared(store, WhenUnavailable::Refuse, [limit]);
    let limits = limits.expect("it is a limit");
    let app: Router = Router::new()
        .route("/", get("welcome"))
        .layer(auth.rate_limit(limits));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let listener = listener.expect("the loopback interface has a free port");
    println!(
        "\nlistens at {}",
        listener.local_addr().expect("it is bound")
    );
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app)
        .await
        .expect("it serves until it is killed");
}

struct Node {
    process: Child,
    address: SocketAddr,
}

impl Node {
    fn start(test: &str, url: &str) -> Self {
        let itself = env::current_exe().expect("a test has a path");
        let mut process = Command::new(itself)
            .args(["--exact", &format!("rate_limits::{test}"), "--nocapture"])
            .env(NODE, url)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it can be started again");
        let output = process.stdout.take().expect("it is piped");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let address = lines
            .find_map(|line| line.strip_prefix("listens at ")?.parse().ok())
            .expect("a node says where it listens");
        Self { process, address }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it was killed");
    }
}

async fn all_at_once(test: &str, url: &str) {
    let nodes: Vec<Node> = (0..3).map(|_| Node::start(test, url)).collect();
    let (sent, passed, limited) = <(AtomicUsize, AtomicUsize, AtomicUsize)>::default();
    let counts = Arc::new((sent, passed, limited));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (address, counts) = (nodes[client % 3].address, Arc::clone(&counts));
            tokio::spawn(async move {
                let (sent, passed, limited) = &*counts;
                let mut connection = TcpStream::connect(address).await.expect("it listens");
                while sent.fetch_add(1, Ordering::Relaxed) < REQUESTS {
                    match ask(&mut connection).await {
                        200 => passed.fetch_add(1, Ordering::Relaxed),
                        429 => limited.fetch_add(1, Ordering::Relaxed),
                        other => panic!("status {other}"),
                    };
                }
            })
        })
        .collect();
    for client in clients {
        client.await.expect("every request is answered");
    }
    let (_, passed, limited) = &*counts;
    let counts = (
        passed.load(Ordering::Relaxed),
        limited.load(Ordering::Relaxed),
    );
    assert_eq!(counts, (LIMIT as usize, REQUESTS - LIMIT as usize));
}

/// Sends one request over the connection, and returns the status of the answer.
async fn ask(connection: &mut TcpStream) -> u16 {
    let request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    connection.write_all(request).await.expect("it is open");
    let mut answer = tokio::io::BufReader::new(connection);
    let (mut status, mut length) = (0, 0);
    loop {
        let mut line = String::new();
        answer.read_line(&mut line).await.expect("it is open");
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(rest) = line.strip_prefix("http/1.1 ") {
            status = rest[..3].parse().expect("a status is a number");
        } else if let Some(rest) = line.strip_prefix("content-length: ") {
            length = rest.parse().expect("a length is a number");
        } else if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    answer.read_exact(&mut body).await.expect("it has a body");
    status
}

const NODE: &str = "HANDSTAMP_TEST_NODE";
const REQUESTS: usize = 10_000;
const CLIENTS: usize = 256;
const LIMIT: u32 = 1_000;
