//! The load: a fixed number of requests over a few connections, each of which waits for an answer
//! before it asks again.
//!
//! A program like wrk runs for a second at least and cannot be told how many requests to send. This
//! one takes short turns, so that what disturbs one contender disturbs its neighbours as well, and
//! looks at the status of every answer. It makes no request of its own: it sends the same bytes.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use httparse::{EMPTY_HEADER, Response};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// What the server answered: its status, and the head and body.
pub struct Answer {
    pub status: u16,
    pub head_length: usize,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn body(&self) -> &[u8] {
        &self.bytes[self.head_length..]
    }

    /// Returns the pairs of all `Set-Cookie` lines, without attributes.
    pub fn cookies(&self) -> Vec<(String, String)> {
        let head = String::from_utf8_lossy(&self.bytes[..self.head_length]);
        let lines = head.lines().filter_map(|line| line.split_once(':'));
        let set = lines.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
        let pairs = set.filter_map(|(_, value)| value.split(';').next()?.split_once('='));
        pairs
            .map(|(name, value)| (name.trim().to_owned(), value.to_owned()))
            .collect()
    }
}

/// Sends one request.
///
/// # Errors
/// Returns an error if there is no answer.
pub async fn ask(address: SocketAddr, request: &[u8]) -> io::Result<Answer> {
    let mut connection = Connection::open(address).await?;
    let (status, head_length) = connection.exchange(request).await?;
    Ok(Answer {
        status,
        head_length,
        bytes: connection.received,
    })
}

/// Open connections to a server, for one turn: servers close what is idle for some seconds.
pub struct Connections(Vec<Connection>);

impl Connections {
    /// # Errors
    /// Returns an error if the server does not accept them.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let mut connections = Vec::new();
        for _ in 0..CONNECTIONS {
            connections.push(Connection::open(address).await?);
        }
        Ok(Self(connections))
    }

    /// Sends this many requests, and returns how long each took.
    ///
    /// # Errors
    /// Returns an error if an answer is missing, or is another than 200.
    pub async fn send(
        &mut self,
        request: &Arc<[u8]>,
        requests: usize,
    ) -> io::Result<Vec<Duration>> {
        let left = Arc::new(AtomicUsize::new(requests));
        let mut tasks = JoinSet::new();
        for connection in self.0.drain(..) {
            tasks.spawn(connection.repeat(Arc::clone(request), Arc::clone(&left)));
        }
        let mut times = Vec::with_capacity(requests);
        while let Some(done) = tasks.join_next().await {
            let (connection, its_times) = done.map_err(io::Error::other)??;
            self.0.push(connection);
            times.extend(its_times);
        }
        Ok(times)
    }
}

struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let received = Vec::with_capacity(16 * 1024);
        Ok(Self { stream, received })
    }

    /// Takes requests from those that are left until there are none.
    async fn repeat(
        mut self,
        request: Arc<[u8]>,
        left: Arc<AtomicUsize>,
    ) -> io::Result<(Self, Vec<Duration>)> {
        let mut times = Vec::new();
        let take = |left: usize| left.checked_sub(1);
        while left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .is_ok()
        {
            let start = Instant::now();
            let (status, _) = self.exchange(&request).await?;
            times.push(start.elapsed());
            if status != 200 {
                return Err(io::Error::other(format!("an answer with status {status}")));
            }
        }
        Ok((self, times))
    }

    /// Returns the status and the length of the head. `received` is the whole answer.
    async fn exchange(&mut self, request: &[u8]) -> io::Result<(u16, usize)> {
        self.stream.write_all(request).await?;
        self.received.clear();
        loop {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some(complete) = complete(&self.received)? {
                return Ok(complete);
            }
        }
    }
}

/// Returns the status and the length of the head, if this is a whole answer.
fn complete(received: &[u8]) -> io::Result<Option<(u16, usize)>> {
    let mut headers = [EMPTY_HEADER; 32];
    let mut response = Response::new(&mut headers);
    let parsed = response.parse(received).map_err(io::Error::other)?;
    let (httparse::Status::Complete(head), Some(status)) = (parsed, response.code) else {
        return Ok(None);
    };
    let length = response
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let length = match length {
        Some(length) => std::str::from_utf8(length.value)
            .ok()
            .and_then(|text| text.parse().ok()),
        None if status == 204 => Some(0),
        None => None,
    };
    let length: usize = length.ok_or_else(|| io::Error::other("an answer without a length"))?;
    Ok((received.len() >= head + length).then_some((status, head)))
}

/// Enough that the server always has the next request, so its core is busy all the time.
const CONNECTIONS: usize = 16;
