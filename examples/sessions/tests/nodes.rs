//! Two processes on one store.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

mod support;

use std::thread;
use std::time::Duration;

use handstamp_conformance::Server;
use handstamp_conformance::services::{Postgres, Redis};
use support::{Browser, code, start};

#[test]
fn on_redis() {
    let redis = Redis::start();
    nodes(&[start(&redis.url()), start(&redis.url())]);
}

#[test]
fn on_postgres() {
    let postgres = Postgres::start();
    nodes(&[start(&postgres.url()), start(&postgres.url())]);
}

fn nodes([one, other]: &[Server; 2]) {
    // What one has made, the other knows; what one has ended, the other refuses at once.
    for _ in 0..20 {
        let mut browser = Browser::logged_in(one, "laptop");
        assert_eq!(browser.get(other, "/protected").status, 200);
        let copy = browser.clone();
        assert_eq!(browser.post(one, "/logout").status, 200);
        assert_eq!(code(&copy.get(other, "/protected")), "session_ended");
    }
    // Tabs that are served by different nodes get one successor.
    let browser = Browser::logged_in(one, "laptop");
    thread::sleep(Duration::from_millis(1_200));
    let tokens: Vec<_> = thread::scope(|scope| {
        let tabs: Vec<_> = (0..60)
            .map(|n| {
                let mut tab = browser.clone();
                let node = if n % 2 == 0 { one } else { other };
                scope.spawn(move || {
                    let reply = tab.post(node, "/refresh");
                    assert_eq!(reply.status, 200, "{reply:?}");
                    tab.refresh_claims()
                })
            })
            .collect();
        tabs.into_iter().map(|tab| tab.join().unwrap()).collect()
    });
    let first = tokens.first().unwrap();
    assert_eq!(first["gen"], 2);
    for token in &tokens {
        let mut claims = token.clone();
        // No token is issued in the future of a node, which reads its clock a moment before the
        // store does: the next second may begin in between.
        for time in ["iat", "nbf"] {
            let apart = token[time]
                .as_u64()
                .unwrap()
                .abs_diff(first[time].as_u64().unwrap());
            assert!(apart <= 1, "{time}: {token} {first}");
            *claims.get_mut(time).unwrap() = first[time].clone();
        }
        assert_eq!(claims, *first);
    }
}
