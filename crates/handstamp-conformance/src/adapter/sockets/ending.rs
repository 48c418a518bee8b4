//! When a socket ends, and how.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use handstamp::blocklist::TokenStatus;
use handstamp::connection::CloseReason;
use handstamp::error::StoreError;
use handstamp::store::MemoryStore;
use handstamp::{Auth, minutes};

use super::SocketApp;
use super::service::{Client, Service, closed, config};
use crate::adapter::app::clock;
use crate::adapter::checks::Checks;

pub(super) async fn rows<S: AsyncFn(SocketApp) -> SocketAddr>(checks: &mut Checks, serve: &S) {
    by_the_client(checks, serve).await;
    by_time(checks, serve).await;
    by_this_process(checks, serve).await;
    by_another_process(checks, serve).await;
    by_an_outage(checks, serve).await;
}

async fn by_the_client<S: AsyncFn(SocketApp) -> SocketAddr>(checks: &mut Checks, serve: &S) {
    let row = "it is an ordinary socket until the client ends it";
    let mut service = Service::alone(serve).await;
    let token = service.log_in().await;
    let mut client = service.open("/echo", &token).await;
    for text in ["one", "two"] {
        checks.equal(row, "echo", echo(&mut client, text).await, text);
    }
    let closing = client.close(None).await;
    closing.expect("the app reads");
    checks.equal(row, "end", service.ended().await, Some(None));
}

async fn by_time<S: AsyncFn(SocketApp) -> SocketAddr>(checks: &mut Checks, serve: &S) {
    for path in ["/echo", "/flood"] {
        let row = format!("it ends when its token expires ({path})");
        let clock = clock();
        let builder = Auth::builder(config());
        let interval = Duration::from_millis(20);
        let mut service = Service::start(serve, builder, &clock, interval).await;
        let token = service.log_in().await;
        let mut client = service.open(path, &token).await;
        clock.advance(minutes(15));
        ends(checks, &row, &mut client, 4401, "token_expired").await;
        let end = service.ended().await;
        checks.equal(&row, "end", end, Some(Some(CloseReason::Expired)));
    }
}

async fn by_this_process<S: AsyncFn(SocketApp) -> SocketAddr>(checks: &mut Checks, serve: &S) {
    for path in ["/echo", "/flood"] {
        let row = format!("it ends at once when this process revokes its token ({path})");
        let mut service = Service::alone(serve).await;
        let token = service.log_in().await;
        let mut client = service.open(path, &token).await;
        // It is guarded from the first message on.
        if path == "/echo" {
            echo(&mut client, "x").await;
        } else {
            let first = client.next().await;
            checks.equal(&row, "sends", matches!(first, Some(Ok(_))), true);
        }
        service.end_sessions().await;
        ends(checks, &row, &mut client, 4401, "token_revoked").await;
        let end = service.ended().await;
        checks.equal(&row, "end", end, Some(Some(CloseReason::Revoked)));
    }
}

async fn by_another_process<S: AsyncFn(SocketApp) -> SocketAddr>(checks: &mut Checks, serve: &S) {
    let row = "it ends within the interval when another process revokes its token";
    let clock = clock();
    let store = Arc::new(MemoryStore::with_clock(clock.clone()));
    let builder = || Auth::builder(config()).store(Arc::clone(&store));
    let interval = Duration::from_millis(200);
    let mut here = Service::start(serve, builder(), &clock, interval).await;
    let there = builder().with_clock(clock.clone()).build();
    let there = there.expect("it has a store");
    let token = here.log_in().await;
    let mut client = here.open("/echo", &token).await;
    echo(&mut client, "x").await;
    let revoked = Instant::now();
    let ended = there.revoke_all_sessions("user1").await;
    ended.expect("the store is up");
    ends(checks, row, &mut client, 4401, "token_revoked").await;
    let in_time = revoked.elapsed() < Duration::from_millis(400);
    checks.equal(row, "in time", in_time, true);
    let end = here.ended().await;
    checks.equal(row, "end", end, Some(Some(CloseReason::Revoked)));
}

async fn by_an_outage<S: AsyncFn(SocketApp) -> SocketAddr>(checks: &mut Checks, serve: &S) {
    let row = "it ends when the blocklist does not say whether its token is good";
    let is_down = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&is_down);
    let builder = Auth::builder(config()).with_blocklist(move |_| {
        let answer = if asked.load(Ordering::Relaxed) {
            Err(StoreError::new("connection refused"))
        } else {
            Ok(TokenStatus::Active)
        };
        async { answer }
    });
    let (clock, interval) = (clock(), Duration::from_millis(20));
    let mut service = Service::start(serve, builder, &clock, interval).await;
    let token = service.log_in().await;
    let mut client = service.open("/echo", &token).await;
    is_down.store(true, Ordering::Relaxed);
    ends(checks, row, &mut client, 1013, "store_unavailable").await;
    let end = service.ended().await;
    checks.equal(row, "end", end, Some(Some(CloseReason::StoreUnavailable)));
}

/// What comes back.
async fn echo(client: &mut Client, text: &str) -> String {
    let sent = client.send(text.into()).await;
    sent.expect("the app reads");
    let echo = client.next().await.expect("the app answers");
    let echo = echo.expect("the app answers").into_text();
    echo.expect("it is the text that was sent").to_string()
}

async fn ends(checks: &mut Checks, row: &str, client: &mut Client, code: u16, reason: &str) {
    let expected = Some((code, reason.to_owned()));
    checks.equal(row, "Close frame", closed(client).await, expected);
}
