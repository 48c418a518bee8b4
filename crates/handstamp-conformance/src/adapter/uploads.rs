//! Requests over real connections whose head gets them rejected while their client still sends the
//! body: it reads the rejection, and little of the body is taken.
//!
//! A test of an adapter serves the app of [the adapter suite](super), and gives [`run`] one async
//! function that starts it on a free port of the loopback interface.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use super::App;
use super::checks::Checks;
use super::suite::{access_cookie, csrf};
use crate::Reply;

/// The server of an adapter, by what it does before a handler runs and after it answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "adapters have no other")]
pub enum Server {
    /// It answers `Expect: 100-continue` when the body is first read.
    Hyper,
    /// It answers `Expect: 100-continue` before a handler runs, and discards what is left of a
    /// chunked body to its end.
    Actix,
}

/// Runs every row. `serve` starts the app, and gives the address where it listens. Prints how many
/// checks the adapter of this name passed.
///
/// # Panics
/// When a row fails: with all that failed.
pub async fn run(adapter: &str, server: Server, serve: impl AsyncFn(Arc<App>) -> SocketAddr) {
    let mut checks = Checks::default();
    let app = Arc::new(App::new(&[("JWT_CSRF_CHECK_FORM", "true")]));
    let address = serve(Arc::clone(&app)).await;
    let token = app.access("user1");
    let cookie = format!("cookie: {}\r\n", access_cookie(&token));
    let wrong = format!("{cookie}x-csrf-token: wrong\r\n");
    let cross_site = "sec-fetch-site: cross-site\r\n";
    let rows = [
        ("JSON", "/json", JSON, "", 401),
        ("a form", "/form", FORM, "", 401),
        ("a form in parts", "/form", PARTS, "", 401),
        (
            "a form, and a wrong CSRF header",
            "/form",
            FORM,
            &*wrong,
            403,
        ),
        ("a refresh", "/refresh-json", JSON, "", 401),
        (
            "a log-out of another site",
            "/session/log-out-body",
            FORM,
            cross_site,
            403,
        ),
    ];
    for (row, path, media_type, more, status) in rows {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {media_type}\r\n{more}"
        );
        for (framing, is_chunked) in [(LENGTH, false), (CHUNKED, true)] {
            let sentence = format!("{row}, {framing}");
            let head = format!("{head}{framing}\r\n");
            let is_bounded = !is_chunked || server == Server::Hyper;
            let sending = Sending {
                is_chunked,
                is_bounded,
            };
            never_ends(&mut checks, &sentence, address, &head, sending, status).await;
        }
        let sentence = format!("{row}, after 100");
        let head = format!("{head}{LENGTH}\r\nexpect: 100-continue\r\n");
        expects(&mut checks, &sentence, address, &head, server, status).await;
        let sentence = format!("{row}, sent before the answer is read");
        sent_first(
            &mut checks,
            &sentence,
            address,
            path,
            media_type,
            more,
            status,
        )
        .await;
    }
    let csrf = csrf(&token);
    let form = format!("csrf_token={csrf}&title=Hello");
    for (row, more, body) in [
        ("the value is in the form", String::new(), &*form),
        (
            "the value is in the header",
            format!("x-csrf-token: {csrf}\r\n"),
            "title=Hello",
        ),
    ] {
        let head = format!(
            "POST /form HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: {FORM}\r\n\
             {cookie}{more}expect: 100-continue\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let sentence = format!("a good request after 100: {row}");
        let got = admitted(address, &head, body).await;
        let got = got.map_err(|error| error.to_string());
        checks.equal(
            &sentence,
            "answer",
            got,
            Ok::<_, String>("user1 Hello".to_owned()),
        );
    }
    checks.finish(&format!("upload suite: {adapter}"));
}

struct Sending {
    is_chunked: bool,
    /// Whether the server stops to read.
    is_bounded: bool,
}

/// A client that sends on until it cannot, and reads at the same time.
async fn never_ends(
    checks: &mut Checks,
    sentence: &str,
    address: SocketAddr,
    head: &str,
    Sending {
        is_chunked,
        is_bounded,
    }: Sending,
    status: u16,
) {
    let stream = TcpStream::connect(address).await.expect("the app listens");
    let (mut reader, mut writer) = stream.into_split();
    let head = format!("{head}\r\n");
    let start = Instant::now();
    let sending = tokio::spawn(async move {
        let content = vec![b'x'; 16 * 1024];
        let chunk = [b"4000\r\n", content.as_slice(), b"\r\n"].concat();
        let piece = if is_chunked { chunk } else { content };
        let mut sent = 0;
        if writer.write_all(head.as_bytes()).await.is_err() {
            return sent;
        }
        while sent < ANNOUNCED && writer.write_all(&piece).await.is_ok() {
            sent += piece.len();
            sleep(Duration::from_millis(1)).await;
        }
        sent
    });
    let mut answer = Vec::new();
    let reply = timeout(Duration::from_secs(8), async {
        while Reply::parse(&answer).is_none() {
            if !matches!(reader.read_buf(&mut answer).await, Ok(1..)) {
                break;
            }
        }
        Reply::parse(&answer)
    });
    let reply = reply.await.ok().flatten();
    let waited = start.elapsed();
    checks.equal(
        sentence,
        "status",
        reply.as_ref().map(|reply| reply.status),
        Some(status),
    );
    let closes = reply.as_ref().and_then(|reply| reply.header("connection"));
    checks.equal(sentence, "connection", closes, Some("close"));
    let soon = waited < Duration::from_secs(1);
    checks.equal(
        sentence,
        &format!("answer after {waited:?}, in a second"),
        soon,
        true,
    );
    if !is_bounded {
        sending.abort();
        return;
    }
    let sent = timeout(Duration::from_secs(8), sending).await;
    let taken = sent
        .ok()
        .map(|sent| sent.expect("the client does not panic"));
    let few = taken.is_some_and(|taken| taken < BOUND);
    checks.equal(sentence, &format!("bytes taken {taken:?}, few"), few, true);
}

/// A client that waits for 100 before it sends.
async fn expects(
    checks: &mut Checks,
    sentence: &str,
    address: SocketAddr,
    head: &str,
    server: Server,
    status: u16,
) {
    let mut stream = TcpStream::connect(address).await.expect("the app listens");
    let sent = stream.write_all(format!("{head}\r\n").as_bytes()).await;
    sent.expect("the app reads the head");
    let mut answer = Vec::new();
    let final_status = format!("HTTP/1.1 {status} ");
    let reading = async {
        while !String::from_utf8_lossy(&answer).contains(&final_status) {
            if !matches!(stream.read_buf(&mut answer).await, Ok(1..)) {
                break;
            }
        }
    };
    let in_time = timeout(Duration::from_secs(5), reading).await.is_ok();
    checks.equal(sentence, "answer in time", in_time, true);
    let answer = String::from_utf8_lossy(&answer);
    let first = match server {
        Server::Hyper => final_status.as_str(),
        Server::Actix => "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 ",
    };
    checks.equal(
        sentence,
        "first line",
        answer.get(..first.len()),
        Some(first),
    );
}

/// A client that reads only when all is sent. No reset may cost it the answer.
async fn sent_first(
    checks: &mut Checks,
    sentence: &str,
    address: SocketAddr,
    path: &str,
    media_type: &str,
    more: &str,
    status: u16,
) {
    let body = vec![b'x'; 200 * 1024];
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {media_type}\r\n{more}\
         content-length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.expect("the app listens");
    let got = async {
        stream.write_all(head.as_bytes()).await?;
        for piece in body.chunks(8 * 1024) {
            stream.write_all(piece).await?;
            sleep(Duration::from_millis(2)).await;
        }
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        let reply = Reply::parse(&answer);
        reply
            .map(|reply| reply.status)
            .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
    };
    let got = timeout(Duration::from_secs(8), got).await;
    let got = got.unwrap_or_else(|late| Err(late.into()));
    let got = got.map_err(|error| error.to_string());
    checks.equal(sentence, "status", got, Ok::<_, String>(status));
}

async fn admitted(address: SocketAddr, head: &str, body: &str) -> io::Result<String> {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(head.as_bytes()).await?;
        let mut answer = vec![0; CONTINUE.len()];
        stream.read_exact(&mut answer).await?;
        if answer != CONTINUE.as_bytes() {
            return Ok(String::from_utf8_lossy(&answer).into_owned());
        }
        stream.write_all(body.as_bytes()).await?;
        answer.clear();
        stream.read_to_end(&mut answer).await?;
        Ok(Reply::parse(&answer).map_or_else(String::new, |reply| reply.body))
    };
    timeout(Duration::from_secs(5), exchange).await?
}

const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";
const LENGTH: &str = "content-length: 300000000";
const CHUNKED: &str = "transfer-encoding: chunked";
const ANNOUNCED: usize = 300_000_000;
/// What is drained, and what the system buffers.
const BOUND: usize = 16 * 1024 * 1024;
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const PARTS: &str = "multipart/form-data; boundary=b";
