//! Peers that do not answer the Close frame hold nothing up.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use handstamp::connection::CloseReason;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{sleep, timeout};

use super::SocketApp;
use super::service::Service;
use crate::adapter::checks::Checks;

pub(super) async fn rows<S: AsyncFn(SocketApp) -> SocketAddr>(
    checks: &mut Checks,
    patience: Duration,
    serve: &S,
) {
    // Both wait for most of their time.
    let (silent, talking) = tokio::join!(
        reads_nothing(patience, serve),
        goes_on_talking(patience, serve)
    );
    checks.add(silent);
    checks.add(talking);
}

async fn reads_nothing<S: AsyncFn(SocketApp) -> SocketAddr>(
    patience: Duration,
    serve: &S,
) -> Checks {
    let row = "a peer that reads nothing";
    let mut checks = Checks::default();
    let mut service = Service::alone(serve).await;
    let token = service.log_in().await;
    let mut peer = service.upgrade("/flood", &token).await;
    // The buffers between them are full.
    sleep(Duration::from_millis(300)).await;
    service.end_sessions().await;
    let revoked = Instant::now();
    let end = service.ended().await;
    checks.equal(row, "end", end, Some(Some(CloseReason::Revoked)));
    // Nor does it keep the connection: what is left in the buffers comes, and then its end.
    sleep(patience + Duration::from_millis(500)).await;
    let mut sent = Vec::new();
    let read = timeout(Duration::from_secs(3), peer.read_to_end(&mut sent)).await;
    checks.equal(row, "is dropped", read.is_ok(), true);
    let in_time = revoked.elapsed() < patience + Duration::from_secs(3);
    checks.equal(row, "in time", in_time, true);
    checks
}

async fn goes_on_talking<S: AsyncFn(SocketApp) -> SocketAddr>(
    patience: Duration,
    serve: &S,
) -> Checks {
    let row = "a peer that goes on talking after the Close frame";
    let mut checks = Checks::default();
    let mut service = Service::alone(serve).await;
    let token = service.log_in().await;
    let mut peer = service.upgrade("/echo", &token).await;
    sleep(Duration::from_millis(100)).await;
    let revoked = Instant::now();
    service.end_sessions().await;
    let end = service.ended().await;
    checks.equal(row, "end", end, Some(Some(CloseReason::Revoked)));
    // Two bytes of code, thirteen of reason.
    let mut frame = [0; 4];
    let read = peer.read_exact(&mut frame).await;
    read.expect("there is a Close frame");
    checks.equal(row, "Close frame", frame, [0x88, 15, 0x11, 0x31]);
    let at_once = revoked.elapsed() < Duration::from_secs(1);
    checks.equal(row, "closed at once", at_once, true);
    let mut rest = Vec::new();
    let talk = async {
        loop {
            let ping = [0x89, 0x80, 1, 2, 3, 4];
            if peer.write_all(&ping).await.is_err() {
                return;
            }
            let read = timeout(Duration::from_millis(100), peer.read_buf(&mut rest)).await;
            if matches!(read, Ok(Ok(0) | Err(_))) {
                return;
            }
        }
    };
    let talked = timeout(patience + Duration::from_secs(3), talk).await;
    checks.equal(row, "is dropped", talked.is_ok(), true);
    let had_its_time = revoked.elapsed() >= patience.saturating_sub(Duration::from_secs(1));
    checks.equal(row, "had its time", had_its_time, true);
    let reason = rest.starts_with(b"token_revoked");
    checks.equal(row, "reason of the Close frame", reason, true);
    checks
}
