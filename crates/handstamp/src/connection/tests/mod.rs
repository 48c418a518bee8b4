//! Tests of when connections end, with a clock that the tests set.

#![expect(
    clippy::too_many_lines,
    clippy::type_complexity,
    reason = "tables are long and their rows are tuples"
)]

mod guarded;
mod in_numbers;
mod over_time;
mod revoked;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use super::{CloseReason, TokenWatch};
use crate::config::ConfigBuilder;
use crate::purpose::Access;
use crate::store::MemoryStore;
use crate::testing::{Head, NOW, TestClock, ask, clock_at};
use crate::{Auth, Authenticated, Require};

/// Two processes that share one store, and the clock of all.
struct Nodes {
    here: Auth,
    there: Auth,
    clock: TestClock,
}

fn nodes(config: &dyn Fn() -> ConfigBuilder) -> Nodes {
    let clock = clock_at(NOW);
    let store = Arc::new(MemoryStore::with_clock(clock.clone()));
    let node = || {
        Auth::builder(config().build().unwrap())
            .with_clock(clock.clone())
            .store(Arc::clone(&store))
            .build()
            .unwrap()
    };
    Nodes {
        here: node(),
        there: node(),
        clock: clock.clone(),
    }
}

fn access(auth: &Auth, token: &str) -> Authenticated<Access> {
    let head = Head::new("GET").access(token);
    ask(auth, &head, &Require::access()).unwrap()
}

/// Counts how often it is woken.
#[derive(Default)]
struct Alarm(AtomicUsize);

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Alarm {
    fn rang(&self) -> usize {
        self.0.swap(0, Ordering::Relaxed)
    }
}

fn poll(connection: &mut TokenWatch, alarm: &Arc<Alarm>) -> Option<CloseReason> {
    let waker = Waker::from(Arc::clone(alarm));
    match Pin::new(connection).poll(&mut Context::from_waker(&waker)) {
        Poll::Ready(ended) => Some(ended),
        Poll::Pending => None,
    }
}

/// Far from the ten seconds after which a connection asks by itself.
async fn soon(connection: TokenWatch) -> Option<CloseReason> {
    tokio::time::timeout(Duration::from_secs(5), connection)
        .await
        .ok()
}
