//! Many callers at once.

use std::sync::Arc;
use std::time::Duration;

use handstamp::admission::Admission;
use handstamp::session::rotation::Continuation;
use handstamp::store::{Reason, RevokeSession, RevokeUser, Rotation, Store as _, UserRevocation};
use handstamp_conformance::services::Redis;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::scene::{HOUR, NONE, Session, store, uid, way};

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_that_refresh_at_once_one_rotates() {
    let server = Redis::start();
    let store = store(&server);
    let session = Session::of(uid(), "one");
    session.begin(&store).await;
    let grace = Duration::from_millis(500);
    sleep(grace + Duration::from_millis(100)).await;

    let mut callers = JoinSet::new();
    for _ in 0..1000 {
        let (store, rotate) = (Arc::clone(&store), session.rotate(1, grace));
        callers.spawn(async move { store.rotate(rotate).await.unwrap() });
    }
    let mut rotated = 0;
    let mut rows = Vec::new();
    for rotation in callers.join_all().await {
        match rotation {
            Rotation::Continued(Continuation::Rotated, row) => {
                rotated += 1;
                rows.push(row);
            }
            Rotation::Continued(Continuation::Debounced | Continuation::Reissued, row) => {
                rows.push(row);
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(rotated, 1);
    assert_eq!(rows.len(), 1000);
    assert!(rows.iter().all(|row| *row == rows[0]));
    assert_eq!(rows[0].generation, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_survives_a_log_out_that_a_refresh_races() {
    let server = Redis::start();
    let store = store(&server);
    let mut first = [0, 0];
    for round in 0..200 {
        let session = Session::of(uid(), &format!("{round}"));
        session.begin(&store).await;
        let everywhere = round % 2 == 0;

        let mut refreshing = JoinSet::new();
        for _ in 0..4 {
            let (store, session) = (Arc::clone(&store), session.clone());
            refreshing.spawn(async move {
                let mut done = 0;
                for generation in 1.. {
                    match store
                        .rotate(session.rotate(generation, NONE))
                        .await
                        .unwrap()
                    {
                        Rotation::Continued(..) => done = generation,
                        Rotation::Ended => break,
                        // Another caller was two ahead: for the store a copy came back.
                        Rotation::Reused(_) => break,
                        other => panic!("{other:?}"),
                    }
                    tokio::task::yield_now().await;
                }
                done
            });
        }
        let revoking = tokio::spawn({
            let (store, session) = (Arc::clone(&store), session.clone());
            async move {
                sleep(Duration::from_micros(200 * (round % 7))).await;
                if everywhere {
                    let which = UserRevocation::All;
                    let revoke = RevokeUser::new(session.uid, which, Reason::LoggedOut, HOUR);
                    store.revoke_user(revoke).await.unwrap();
                } else {
                    let revoke = RevokeSession::new(session.uid, session.id, Reason::LoggedOut);
                    store.revoke_session(revoke).await.unwrap();
                }
            }
        });
        revoking.await.unwrap();
        // From here on it has ended for everybody, whatever is still under way.
        for generation in 1..20 {
            let admission = store.admit(session.access(generation)).await.unwrap();
            assert_eq!(admission, Admission::SessionEnded, "round {round}");
        }
        assert_eq!(store.list(uid()).await.unwrap(), [], "round {round}");
        let done = refreshing.join_all().await;
        first[usize::from(done.iter().any(|done| *done > 0))] += 1;
        for generation in 1..20 {
            let rotation = store.rotate(session.rotate(generation, HOUR)).await;
            assert_eq!(way(&rotation.unwrap()), "Ended", "round {round}");
        }
    }
    // Both happened: the log-out came first, and a refresh came first.
    assert!(first[1] > 20, "{first:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_adopted_once() {
    let server = Redis::start();
    let store = store(&server);
    let session = Session::of(uid(), "one");
    let mut callers = JoinSet::new();
    for _ in 0..100 {
        let (store, new) = (Arc::clone(&store), session.new());
        callers.spawn(async move { store.create(new).await.unwrap() });
    }
    let made = callers.join_all().await;
    let new = made
        .iter()
        .filter(|made| matches!(made, handstamp::store::Created::New(_)));
    assert_eq!(new.count(), 1);
}
