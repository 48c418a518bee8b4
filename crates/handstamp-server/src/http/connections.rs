//! Connections: how many there are, and for how long each may be idle or send a head or a body.
//!
//! It takes a listening socket and a router, and serves HTTP/1.1 until it is told to stop. It knows
//! no route. The examples serve by this file too.

use std::convert::Infallible;
use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode, Version, header};
use axum::response::{IntoResponse as _, Response};
use axum::{BoxError, Router};
use hyper::body::{Frame, SizeHint};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tower_service::Service as _;

/// Serves until `stop` is ready, and then gives running requests a few seconds.
///
/// `axum::serve` bounds neither the number of connections nor the time of a head.
#[allow(unreachable_pub, reason = "the library of the examples exports it")]
pub async fn serve(listener: TcpListener, app: Router, stop: impl Future<Output = ()>) {
    serve_at_most(max_connections(), listener, app, stop).await;
}

/// Serves with another limit of connections.
pub(crate) async fn serve_at_most(
    connections: usize,
    listener: TcpListener,
    app: Router,
    stop: impl Future<Output = ()>,
) {
    let http = Builder::new(TokioExecutor::new()).http1_only();
    let slots = Arc::new(Semaphore::new(connections));
    let room = Arc::new(Notify::new());
    let running = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &slots, &room) => accepted,
            () = &mut stop => break,
        };
        let (stream, peer, slot) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Either the file descriptors are used up or the client is gone. Both pass.
                tracing::warn!(%error, "a connection could not be accepted");
                if error.kind() != ErrorKind::ConnectionAborted {
                    room.notify_one();
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            }
        };
        let phase = watch::Sender::new(Phase::Idle);
        let overdue = overdue(phase.subscribe(), Arc::clone(&room));
        let stream = Connection {
            stream,
            phase: phase.clone(),
            _slot: slot,
        };
        let app = app.clone();
        let service = service_fn(move |request| respond(app.clone(), request, peer, phase.clone()));
        let connection = http.serve_connection_with_upgrades(TokioIo::new(stream), service);
        let connection = running.watch(connection.into_owned());
        tokio::spawn(async move {
            tokio::select! {
                // First, so that an answer is written before the connection counts as idle.
                biased;
                ended = connection => if let Err(error) = ended {
                    tracing::debug!(%error, "a connection ended early");
                },
                () = overdue => tracing::debug!("an idle connection or one with half a head was closed"),
            }
        });
    }
    drop(listener);
    tracing::info!("stopping");
    // Running requests may finish. One that never does must not delay the end of the process.
    if tokio::time::timeout(SHUTDOWN_TIMEOUT, running.shutdown())
        .await
        .is_err()
    {
        tracing::warn!(
            "some requests did not finish within {} s",
            SHUTDOWN_TIMEOUT.as_secs()
        );
    }
}

/// Accepts a connection when there is room for it. If there is none, the one that has been idle, or
/// at its head, for the longest time is closed: idle connections keep no client out.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
    room: &Notify,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let (stream, peer) = listener.accept().await?;
    if slots.available_permits() == 0 {
        room.notify_one();
    }
    let slot = Arc::clone(slots)
        .acquire_owned()
        .await
        .map_err(io::Error::other)?;
    Ok((stream, peer, slot))
}

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// No byte of the next request has come.
    Idle,
    Head,
    /// The request is with the application, and its body may still be coming.
    Request,
}

/// Waits until a connection was idle, or at a head, for too long, or its place is needed.
async fn overdue(mut phase: watch::Receiver<Phase>, room: Arc<Notify>) {
    loop {
        let limit = match *phase.borrow_and_update() {
            Phase::Idle => IDLE_TIMEOUT,
            Phase::Head => HEAD_TIMEOUT,
            Phase::Request => Duration::MAX,
        };
        let is_waiting = limit != Duration::MAX;
        tokio::select! {
            changed = phase.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(limit), if is_waiting => return,
            // In the order in which they began to wait.
            () = room.notified(), if is_waiting => return,
        }
    }
}

async fn respond<B>(
    mut app: Router,
    mut request: Request<B>,
    peer: SocketAddr,
    phase: watch::Sender<Phase>,
) -> Result<Response, Infallible>
where
    B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<BoxError>,
{
    phase.send_replace(Phase::Request);
    let response = if names_one_host(request.version(), request.headers()) {
        request.extensions_mut().insert(ConnectInfo(peer));
        let progress = watch::Sender::new(());
        let too_long = too_long(progress.subscribe());
        let body = |body| TimedBody {
            body,
            received: 0,
            progress,
        };
        tokio::select! {
            response = app.call(request.map(|incoming| Body::new(body(incoming)))) => response?,
            () = too_long => {
                let message = "the request took too long";
                (StatusCode::REQUEST_TIMEOUT, CLOSE, message).into_response()
            }
        }
    } else {
        let message = "a request of HTTP/1.1 has one header Host";
        (StatusCode::BAD_REQUEST, CLOSE, message).into_response()
    };
    phase.send_replace(Phase::Idle);
    Ok(response)
}

/// Waits until a request has taken too long. Its time begins again with each part of its body, and
/// once more when the body has come or is not wanted: one that comes slowly may take longer than
/// the application, and one that hardly comes at all may not.
async fn too_long(mut progress: watch::Receiver<()>) {
    while let Ok(part) = tokio::time::timeout(REQUEST_TIMEOUT, progress.changed()).await {
        if part.is_err() {
            return tokio::time::sleep(REQUEST_TIMEOUT).await;
        }
    }
}

/// A body that tells of each [`BODY_PART`], and of its end by being dropped.
struct TimedBody<B> {
    body: B,
    received: usize,
    progress: watch::Sender<()>,
}

impl<B> HttpBody for TimedBody<B>
where
    B: HttpBody<Data = Bytes> + Unpin,
{
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            self.received += frame.data_ref().map_or(0, Bytes::len);
            if self.received >= BODY_PART {
                self.received = 0;
                self.progress.send_replace(());
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Two programs that read one request each by another host disagree about where it goes
/// ([RFC 9112, section 3.2](https://www.rfc-editor.org/rfc/rfc9112#section-3.2)).
fn names_one_host(version: Version, headers: &HeaderMap) -> bool {
    let count = headers.get_all(header::HOST).iter().count();
    count == 1 || (count == 0 && version < Version::HTTP_11)
}

/// A stream that notices the first byte of a head, and holds its slot until it is closed, after an
/// upgrade too.
struct Connection {
    stream: TcpStream,
    phase: watch::Sender<Phase>,
    _slot: OwnedSemaphorePermit,
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.phase.send_if_modified(|phase| {
                let is_first = *phase == Phase::Idle;
                if is_first {
                    *phase = Phase::Head;
                }
                is_first
            });
        }
        polled
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

const CLOSE: [(header::HeaderName, &str); 1] = [(header::CONNECTION, "close")];

/// Half of the descriptors that the process may have, so that some are left for the database.
fn max_connections() -> usize {
    let limit = rlimit::Resource::NOFILE.get_soft().ok();
    let half = limit.and_then(|limit| usize::try_from(limit / 2).ok());
    half.map_or(MAX_CONNECTIONS, |half| half.clamp(1, MAX_CONNECTIONS))
}

/// Half of the 1,024 descriptors that a process usually has.
const MAX_CONNECTIONS: usize = 512;

/// A connection that sends no complete head in this time is closed.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// A request whose body takes longer for each [`BODY_PART`], or the application for the rest, is
/// answered with 408.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// In each 30 s: 8 KiB a second, which phones have where there is hardly a signal. The 2 MB that
/// axum reads of a body by default may so take up to 270 s, the 64 KiB that the binary reads 30 s.
const BODY_PART: usize = 30 * 8 * 1024;

/// Longer than proxies keep an idle connection: nginx and AWS ALB for 60 s, Traefik for 90 s, Caddy
/// for 2 min, the load balancers of Google Cloud for 10 min. If the server closed it first, the
/// proxy could send a request into a connection that is just being closed, and answer 502.
const IDLE_TIMEOUT: Duration = Duration::from_secs(620);

const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::task::ready;

    use axum::routing::post;
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_connection_is_closed_after_the_time_of_what_it_does() {
        for (name, phases, expected) in [
            ("idle", &[][..], IDLE_TIMEOUT),
            (
                "half a head",
                &[(60, Phase::Head)],
                Duration::from_mins(1) + HEAD_TIMEOUT,
            ),
            (
                "idle after an answer",
                &[(5, Phase::Head), (1, Phase::Request), (400, Phase::Idle)],
                Duration::from_secs(406) + IDLE_TIMEOUT,
            ),
        ] {
            let phase = watch::Sender::new(Phase::Idle);
            let overdue = overdue(phase.subscribe(), Arc::default());
            let start = Instant::now();
            let live = async {
                for &(seconds, next) in phases {
                    tokio::time::sleep(Duration::from_secs(seconds)).await;
                    phase.send_replace(next);
                }
                std::future::pending::<()>().await;
            };
            tokio::select! {
                () = live => {}
                () = overdue => {}
            }
            assert_eq!(start.elapsed(), expected, "{name}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_may_take_its_time_as_long_as_it_comes() {
        const KB: usize = 1000;
        let read = |body: Bytes| async move { body.len().to_string() };
        let work = |_: Bytes| tokio::time::sleep(Duration::from_secs(29));
        let hang = |_: Bytes| std::future::pending::<()>();
        let app = Router::new()
            .route("/read", post(read))
            .route("/work", post(work))
            .route("/hang", post(hang));
        for (name, path, body, status, seconds) in [
            (
                "a photo from a phone",
                "/read",
                &[(37, 40 * KB)][..],
                200,
                37,
            ),
            (
                "the largest body from it",
                "/read",
                &[(52, 40 * KB)],
                200,
                52,
            ),
            (
                "the same at a quarter",
                "/read",
                &[(200, 10 * KB)],
                200,
                200,
            ),
            ("a short one, slowly", "/read", &[(29, 1)], 200, 29),
            ("a byte each second", "/read", &[(3600, 1)], 408, 30),
            (
                "one that stops",
                "/read",
                &[(12, 40 * KB), (3600, 0)],
                408,
                37,
            ),
            ("work after a body", "/work", &[(29, 1)], 200, 58),
            ("work that never ends", "/hang", &[(7, 40 * KB)], 408, 37),
            ("the same without a body", "/hang", &[], 408, 30),
        ] {
            let each_second = body.iter().flat_map(|&(times, bytes)| vec![bytes; times]);
            let body = SlowBody {
                each_second: each_second.collect(),
                second: None,
            };
            let request = Request::post(path).header("host", "localhost");
            let request = request.body(body).unwrap();
            let peer = SocketAddr::from(([127, 0, 0, 1], 1));
            let start = Instant::now();
            let phase = watch::Sender::new(Phase::Idle);
            let Ok(response) = respond(app.clone(), request, peer, phase).await;
            assert_eq!(response.status(), status, "{name}");
            assert_eq!(start.elapsed().as_secs(), seconds, "{name}");
        }
    }

    /// A body of which so many bytes come in each second.
    struct SlowBody {
        each_second: VecDeque<usize>,
        second: Option<Pin<Box<tokio::time::Sleep>>>,
    }

    impl HttpBody for SlowBody {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            loop {
                let Some(&count) = self.each_second.front() else {
                    return Poll::Ready(None);
                };
                let start = || Box::pin(tokio::time::sleep(Duration::from_secs(1)));
                let second = self.second.get_or_insert_with(start);
                ready!(second.as_mut().poll(cx));
                self.second = None;
                self.each_second.pop_front();
                if count > 0 {
                    return Poll::Ready(Some(Ok(Frame::data(vec![0; count].into()))));
                }
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_connection_that_waits_for_the_longest_time_makes_room() {
        let room = Arc::new(Notify::new());
        let phases: Vec<_> = (0..3).map(|_| watch::Sender::new(Phase::Idle)).collect();
        let mut waiting: Vec<_> = phases
            .iter()
            .map(|phase| Box::pin(overdue(phase.subscribe(), Arc::clone(&room))))
            .collect();
        let mut closed = async || -> Vec<usize> {
            let mut closed = Vec::new();
            for (index, overdue) in waiting.iter_mut().enumerate() {
                let second = Duration::from_secs(1);
                if tokio::time::timeout(second, overdue).await.is_ok() {
                    closed.push(index);
                }
            }
            closed
        };
        assert!(closed().await.is_empty());
        phases[0].send_replace(Phase::Request);
        assert!(closed().await.is_empty());
        room.notify_one();
        assert_eq!(closed().await, [1], "the first one serves a request");
    }
}
