//! Tests of the expiry of a token, and of the checks until then.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;

use super::{access, poll, soon};
use crate::clock::UnixTime;
use crate::config::ConfigBuilder;
use crate::connection::CloseReason;
use crate::context::blocklist::TokenStatus;
use crate::error::StoreError;
use crate::testing::{NOW, auth_and_clock, builder, clock_at, token};
use crate::{Auth, NewToken};

#[tokio::test]
async fn its_time_is_that_of_requests() {
    let leeway = || builder().decode_leeway(Duration::from_secs(30));
    let rows: [(&str, &dyn Fn() -> ConfigBuilder, u64, Option<CloseReason>); 5] = [
        ("the last second", &builder, 899, None),
        ("the end", &builder, 900, Some(CloseReason::Expired)),
        ("the last second of the leeway", &leeway, 929, None),
        (
            "the end of the leeway",
            &leeway,
            930,
            Some(CloseReason::Expired),
        ),
        (
            "a machine that slept",
            &builder,
            99_999,
            Some(CloseReason::Expired),
        ),
    ];
    for (row, config, after, ended) in rows {
        let (auth, clock) = auth_and_clock(config());
        let token = auth.create_access_token("user1").unwrap();
        let token = access(&auth, token.as_str());
        let connection = auth.watch(&token);
        let connection = tokio::spawn(soon(connection.ask_every(Duration::from_millis(10))));
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert!(!connection.is_finished(), "{row}");
        clock.set(UnixTime::from_secs(NOW + after));
        if ended.is_some() {
            assert_eq!(connection.await.unwrap(), ended, "{row}");
        } else {
            tokio::time::sleep(Duration::from_millis(60)).await;
            assert!(!connection.is_finished(), "{row}");
            connection.abort();
        }
    }
}

#[test]
fn any_interval_is_taken() {
    let far = 1 << 53; // the largest `exp` that is taken
    for interval in [
        Duration::ZERO,
        Duration::from_secs(u64::MAX / 2),
        Duration::MAX,
    ] {
        for expires_at in [NOW + 60, far] {
            let (auth, _clock) = auth_and_clock(builder());
            let token = access(&auth, &token(&auth, &json!({"exp": expires_at})));
            let mut connection = auth.watch(&token).ask_every(interval);
            let ended = poll(&mut connection, &Arc::default());
            assert_eq!(ended, None, "{interval:?} until {expires_at}");
        }
    }
}

/// Two seconds of real time.
#[tokio::test]
async fn its_end_is_not_waited_for_by_intervals() {
    let auth = Auth::new(builder().build().unwrap()).unwrap();
    let token = NewToken::for_subject("user1").expires_in(Duration::from_secs(2));
    let token = auth.create_access_token(token).unwrap();
    let token = access(&auth, token.as_str());
    let connection = auth.watch(&token);
    let connection = connection.ask_every(Duration::from_secs(100_000));
    assert_eq!(soon(connection).await, Some(CloseReason::Expired));
}

#[tokio::test]
async fn a_blocklist_is_asked_again_and_again() {
    #[derive(Clone, Copy)]
    enum Answer {
        Yes,
        No,
        Fails,
        Hangs,
    }
    use Answer::{Fails, Hangs, No, Yes};
    let rows: [(&str, &[Answer], CloseReason); 4] = [
        (
            "revoked after some time",
            &[Yes, Yes, No],
            CloseReason::Revoked,
        ),
        (
            "no answer three times in a row",
            &[Yes, Fails, Fails, Fails],
            CloseReason::StoreUnavailable,
        ),
        (
            "an answer in between",
            &[Yes, Fails, Fails, Yes, Fails, Fails, Yes, No],
            CloseReason::Revoked,
        ),
        (
            "one that never answers",
            &[Yes, Hangs, Hangs, Hangs],
            CloseReason::StoreUnavailable,
        ),
    ];
    for (row, answers, ended) in rows {
        // The first is for the request that opened the connection.
        let script = Arc::new(Mutex::new(VecDeque::from([Yes])));
        let left = Arc::clone(&script);
        left.lock().unwrap().extend(answers);
        let config = builder().store_timeout(Duration::from_millis(100));
        let auth = Auth::builder(config.build().unwrap())
            .with_blocklist(move |_| {
                let answer = script.lock().unwrap().pop_front().unwrap();
                async move {
                    match answer {
                        Yes => Ok(TokenStatus::Active),
                        No => Ok(TokenStatus::Revoked),
                        Fails => Err(StoreError::new("connection refused")),
                        Hangs => std::future::pending().await,
                    }
                }
            })
            .build()
            .unwrap();
        let token = auth.create_access_token("user1").unwrap();
        let token = access(&auth, token.as_str());
        let connection = auth.watch(&token);
        let connection = connection.ask_every(Duration::from_millis(10));
        assert_eq!(soon(connection).await, Some(ended), "{row}");
        assert!(left.lock().unwrap().is_empty(), "{row}");
    }
}

#[tokio::test]
async fn the_end_does_not_wait_for_an_answer() {
    let clock = clock_at(NOW);
    let begun = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&begun);
    let config = builder().store_timeout(Duration::from_secs(60));
    let auth = Auth::builder(config.build().unwrap())
        .with_clock(clock.clone())
        .with_blocklist(move |_| {
            let first = count.fetch_add(1, Ordering::Relaxed) == 0;
            async move {
                if !first {
                    std::future::pending::<()>().await;
                }
                Ok(TokenStatus::Active)
            }
        })
        .build()
        .unwrap();
    let token = auth.create_access_token("user1").unwrap();
    let token = access(&auth, token.as_str());
    let connection = auth.watch(&token);
    let connection = tokio::spawn(soon(connection.ask_every(Duration::from_millis(10))));
    tokio::time::sleep(Duration::from_millis(50)).await;
    clock.set(UnixTime::from_secs(NOW + 900));
    assert_eq!(connection.await.unwrap(), Some(CloseReason::Expired));
    assert_eq!(begun.load(Ordering::Relaxed), 2, "one question at a time");
}
