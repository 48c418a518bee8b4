//! When it ends, and how.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use handstamp_axum::handstamp::blocklist::TokenStatus;
use handstamp_axum::handstamp::connection::CloseReason;
use handstamp_axum::handstamp::error::StoreError;
use handstamp_axum::handstamp::store::MemoryStore;
use handstamp_axum::{Auth, handstamp};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use crate::service::{ManualClock, alone, closed, config, raw, service};

#[tokio::test]
async fn it_is_an_ordinary_socket_until_it_ends() {
    let mut service = alone().await;
    let token = service.log_in().await;
    let mut client = service.open("/echo", &token).await;
    for text in ["one", "two"] {
        client.send(text.into()).await.unwrap();
        let echo = client.next().await.unwrap().unwrap();
        assert_eq!(echo.into_text().unwrap(), text);
    }
    client.close(None).await.unwrap();
    assert_eq!(service.ended().await, None);
}

#[tokio::test]
async fn it_ends_when_its_token_expires() {
    for path in ["/echo", "/flood"] {
        let clock = ManualClock::default();
        let builder = handstamp::Auth::builder(config());
        let mut service = service(builder, &clock, Duration::from_millis(20)).await;
        let token = service.log_in().await;
        let mut client = service.open(path, &token).await;
        service.clock.advance(Duration::from_secs(900));
        let code = closed(&mut client).await;
        assert_eq!(code, (4401, "token_expired".to_owned()), "{path}");
        assert_eq!(service.ended().await, Some(CloseReason::Expired), "{path}");
    }
}

#[tokio::test]
async fn it_ends_at_once_when_this_process_revokes_its_token() {
    for path in ["/echo", "/flood"] {
        let mut service = alone().await;
        let token = service.log_in().await;
        let mut client = service.open(path, &token).await;
        // It is guarded from the first message on.
        if path == "/echo" {
            client.send("x".into()).await.unwrap();
        }
        client.next().await.unwrap().unwrap();
        service.auth.revoke_all_sessions("user1").await.unwrap();
        let code = closed(&mut client).await;
        assert_eq!(code, (4401, "token_revoked".to_owned()), "{path}");
        assert_eq!(service.ended().await, Some(CloseReason::Revoked), "{path}");
    }
}

#[tokio::test]
async fn it_ends_within_the_interval_when_another_process_revokes_its_token() {
    let clock = ManualClock::default();
    let store = Arc::new(MemoryStore::with_clock(clock.clone()));
    let builder = || handstamp::Auth::builder(config()).store(Arc::clone(&store));
    let mut here = service(builder(), &clock, Duration::from_millis(200)).await;
    let there = Auth::from(builder().with_clock(clock.clone()).build().unwrap());
    let token = here.log_in().await;
    let mut client = here.open("/echo", &token).await;
    client.send("x".into()).await.unwrap();
    client.next().await.unwrap().unwrap();
    let revoked = Instant::now();
    there.revoke_all_sessions("user1").await.unwrap();
    let code = closed(&mut client).await;
    assert_eq!(code, (4401, "token_revoked".to_owned()));
    assert!(
        revoked.elapsed() < Duration::from_millis(400),
        "{:?}",
        revoked.elapsed()
    );
    assert_eq!(here.ended().await, Some(CloseReason::Revoked));
}

#[tokio::test]
async fn it_ends_when_nobody_can_say_whether_its_token_is_good() {
    let down = Arc::new(AtomicBool::new(false));
    let switch = Arc::clone(&down);
    let builder = handstamp::Auth::builder(config()).with_blocklist(move |_| {
        let answer = if down.load(Ordering::Relaxed) {
            Err(StoreError::new("connection refused"))
        } else {
            Ok(TokenStatus::Active)
        };
        async { answer }
    });
    let mut service = service(builder, &ManualClock::default(), Duration::from_millis(20)).await;
    let token = service.log_in().await;
    let mut client = service.open("/echo", &token).await;
    switch.store(true, Ordering::Relaxed);
    assert_eq!(
        closed(&mut client).await,
        (1013, "store_unavailable".to_owned())
    );
    assert_eq!(service.ended().await, Some(CloseReason::StoreUnavailable));
}

#[tokio::test]
async fn a_peer_that_reads_nothing_holds_nothing_up() {
    let mut service = alone().await;
    let token = service.log_in().await;
    let mut peer = raw(&service, "/flood", &token).await;
    // The buffers between them are full.
    tokio::time::sleep(Duration::from_millis(300)).await;
    service.auth.revoke_all_sessions("user1").await.unwrap();
    assert_eq!(service.ended().await, Some(CloseReason::Revoked));
    // Nor does it keep the connection.
    let revoked = Instant::now();
    tokio::time::sleep(Duration::from_millis(5_500)).await;
    let mut sent = Vec::new();
    let rest = peer.read_to_end(&mut sent);
    let _ = timeout(Duration::from_secs(3), rest)
        .await
        .expect("it was dropped");
    assert!(revoked.elapsed() < Duration::from_secs(8));
}

#[tokio::test]
async fn a_peer_that_does_not_answer_the_close_is_dropped() {
    let mut service = alone().await;
    let token = service.log_in().await;
    let mut peer = raw(&service, "/echo", &token).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let revoked = Instant::now();
    service.auth.revoke_all_sessions("user1").await.unwrap();
    assert_eq!(service.ended().await, Some(CloseReason::Revoked));
    // A Close frame: two bytes of code, thirteen of reason.
    let mut frame = [0; 4];
    peer.read_exact(&mut frame).await.unwrap();
    assert_eq!(frame, [0x88, 15, 0x11, 0x31]);
    assert!(revoked.elapsed() < Duration::from_secs(1));
    // It goes on talking instead.
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
    timeout(Duration::from_secs(8), talk)
        .await
        .expect("it was dropped");
    assert!(
        revoked.elapsed() >= Duration::from_secs(4),
        "it had some time"
    );
    assert!(rest.starts_with(b"token_revoked"), "{rest:?}");
}
