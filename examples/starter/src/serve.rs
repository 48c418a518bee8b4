//! Serves the application, with the limits that `axum::serve` lacks: on the number of connections,
//! and on the time that each may be idle, or take for the head of a request. Without them some
//! hundred connections that send nothing keep all users out.
//!
//! The time of a request after its head, and with it that of a body, is limited in `app.rs`.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::response::Response;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::io::InspectReader;

use crate::shutdown::Stop;

/// Serves HTTP/1.1 until the program shall stop, and then until open requests are answered.
pub async fn serve(listener: TcpListener, app: Router, stop: Stop) {
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let room = Arc::new(Notify::new());
    let running = GracefulShutdown::new();
    let mut stop = pin!(stop.came());
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &slots, &room) => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok(client) => {
                let served = client.serve(app.clone(), Arc::clone(&room), running.watcher());
                tokio::spawn(served);
            }
            Err(error) => {
                // The client is gone, or the process has no descriptor left.
                tracing::warn!(%error, "a connection could not be accepted");
                room.notify_one();
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }
    drop(listener);
    running.shutdown().await;
}

/// Accepts a connection when there is room for it. If there is none, the one that has been idle, or
/// at a head, for the longest time is closed.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
    room: &Notify,
) -> io::Result<Client> {
    let (stream, peer) = listener.accept().await?;
    if slots.available_permits() == 0 {
        room.notify_one();
    }
    let slot = Arc::clone(slots).acquire_owned().await;
    let slot = slot.map_err(io::Error::other)?;
    Ok(Client { stream, peer, slot })
}

struct Client {
    stream: TcpStream,
    peer: SocketAddr,
    slot: OwnedSemaphorePermit,
}

impl Client {
    async fn serve(self, app: Router, room: Arc<Notify>, running: Watcher) {
        let (peer, slot) = (self.peer, self.slot);
        let phase = watch::Sender::new(Phase::Idle);
        let overdue = overdue(phase.subscribe(), room);
        let reading = phase.clone();
        let stream = InspectReader::new(self.stream, move |_| {
            // It belongs to the stream, which lives on as a WebSocket.
            let _slot = &slot;
            reading.send_if_modified(|phase| {
                let is_first_byte = *phase == Phase::Idle;
                if is_first_byte {
                    *phase = Phase::Head;
                }
                is_first_byte
            });
        });
        let service = service_fn(move |request| respond(app.clone(), request, peer, phase.clone()));
        let http = Builder::new(TokioExecutor::new()).http1_only();
        let connection = http.serve_connection_with_upgrades(TokioIo::new(stream), service);
        tokio::select! {
            // First, so that an answer is written before the connection counts as idle.
            biased;
            ended = running.watch(connection) => if let Err(error) = ended {
                tracing::debug!(%error, "a connection ended early");
            },
            () = overdue => tracing::debug!("an idle connection, or one at a head, was closed"),
        }
    }
}

/// What a connection is doing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// No byte of the next request has come.
    Idle,
    Head,
    /// A request is being answered.
    Request,
}

/// Waits until a connection was idle, or at a head, for too long, or has to make room.
async fn overdue(mut phase: watch::Receiver<Phase>, room: Arc<Notify>) {
    loop {
        let limit = match *phase.borrow_and_update() {
            Phase::Idle => Some(IDLE_TIMEOUT),
            Phase::Head => Some(HEAD_TIMEOUT),
            Phase::Request => None,
        };
        tokio::select! {
            changed = phase.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(limit.unwrap_or_default()), if limit.is_some() => return,
            // In the order in which they began to wait.
            () = room.notified(), if limit.is_some() => return,
        }
    }
}

async fn respond(
    app: Router,
    mut request: Request<Incoming>,
    peer: SocketAddr,
    phase: watch::Sender<Phase>,
) -> Result<Response, Infallible> {
    phase.send_replace(Phase::Request);
    let answering = Answering(phase);
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = TowerToHyperService::new(app).call(request).await?;
    // Until the last of the body is sent: a stream of events is no idle connection.
    Ok(response.map(|body| {
        Body::new(body.map_err(move |error| {
            let _answering = &answering;
            error
        }))
    }))
}

/// The connection is idle when this is dropped.
struct Answering(watch::Sender<Phase>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.send_replace(Phase::Idle);
    }
}

/// Half of the 1,024 descriptors that a process usually has: the database needs some as well.
const MAX_CONNECTIONS: usize = 512;

const HEAD_TIMEOUT: Duration = Duration::from_secs(5);

/// Longer than nginx (60 s), Traefik (90 s) and Caddy (2 min) keep an idle connection. If it was
/// closed here first, a proxy could just be sending a request into it, and answer 502.
const IDLE_TIMEOUT: Duration = Duration::from_secs(150);
