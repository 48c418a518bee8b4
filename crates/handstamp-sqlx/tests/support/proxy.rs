//! A network between a program and its database, which the test can slow down and break.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

pub(crate) struct Proxy {
    url: String,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    connections: AtomicUsize,
    /// The number of connections, the oldest ones, that lead nowhere.
    swallowed: AtomicUsize,
}

impl Proxy {
    /// Starts a proxy that delays every answer by this duration.
    pub(crate) async fn start(database: &str, distance: Duration) -> Self {
        let (_, rest) = database.split_once('@').unwrap();
        let (to, _) = rest.split_once('/').unwrap();
        let to: SocketAddr = to.parse().unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let from = listener.local_addr().unwrap();
        let counts = Arc::<Counts>::default();
        let proxy = Self {
            url: database.replace(&to.to_string(), &from.to_string()),
            counts: Arc::clone(&counts),
        };
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = TcpStream::connect(to).await.unwrap();
                let number = counts.connections.fetch_add(1, Ordering::Relaxed);
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                let at_once = Duration::ZERO;
                let asking = Arc::clone(&counts);
                tokio::spawn(carry(from_client, to_server, at_once, asking, number));
                let answering = Arc::clone(&counts);
                tokio::spawn(carry(from_server, to_client, distance, answering, number));
            }
        });
        proxy
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Stops forwarding on all present connections, which stay open.
    pub(crate) fn swallow(&self) {
        let connections = self.counts.connections.load(Ordering::Relaxed);
        self.counts.swallowed.store(connections, Ordering::Relaxed);
    }
}

async fn carry(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    distance: Duration,
    counts: Arc<Counts>,
    number: usize,
) {
    let mut bytes = vec![0; 65_536];
    while let Ok(read @ 1..) = from.read(&mut bytes).await {
        sleep(distance).await;
        let is_swallowed = number < counts.swallowed.load(Ordering::Relaxed);
        if !is_swallowed && to.write_all(&bytes[..read]).await.is_err() {
            break;
        }
    }
}
