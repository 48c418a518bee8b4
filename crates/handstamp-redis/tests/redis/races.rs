//! Tests of many callers at once.

use std::sync::Arc;
use std::time::Duration;

use handstamp::store::rotation::Continuation;
use handstamp::store::{
    Admission, EndReason, RevokeSession, RevokeUser, Rotation, Store as _, UserRevocation,
};
use handstamp_conformance::services::Redis;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::scene::{HOUR, NONE, Session, account, list, store, way};

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_that_refresh_at_once_one_rotates() {
    let server = Redis::start();
    let store = store(&server);
    let session = Session::of(account(), "one");
    session.begin(&store).await;
    // Longer than a thousand calls take on a machine that is busy.
    let grace = Duration::from_secs(4);
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
async fn no_session_survives_a_race_of_log_out_and_refresh() {
    let server = Redis::start();
    let store = store(&server);
    let mut refreshed = 0;
    for round in 0..200 {
        let session = Session::of(account(), &format!("{round}"));
        session.begin(&store).await;
        let refreshing = tokio::spawn({
            let (store, session) = (Arc::clone(&store), session.clone());
            async move {
                let mut generation = 1;
                loop {
                    let rotation = store
                        .rotate(session.rotate(generation, NONE))
                        .await
                        .unwrap();
                    let Rotation::Continued(_, row) = rotation else {
                        assert_eq!(way(&rotation), "Ended");
                        return generation;
                    };
                    generation = row.generation;
                }
            }
        });
        sleep(Duration::from_micros(300 * (round % 7))).await;
        if round % 2 == 0 {
            let which = UserRevocation::All;
            let all = RevokeUser::new(account(), which, EndReason::LoggedOut, HOUR);
            let revoked = store.revoke_user(all).await.unwrap().ids;
            assert_eq!(revoked, std::slice::from_ref(&session.id));
        } else {
            let one = RevokeSession::new(account(), session.id.clone(), EndReason::LoggedOut);
            assert!(store.revoke_session(one).await.unwrap());
        }

        // From here on the session has ended, whatever is still in flight.
        let admission = store.admit(session.access(1)).await.unwrap();
        assert_eq!(admission, Admission::SessionEnded, "round {round}");
        assert_eq!(
            store.list(list(account())).await.unwrap().rows,
            [],
            "round {round}"
        );
        let generation = refreshing.await.unwrap();
        refreshed += generation - 1;
        for generation in [generation, generation + 1, generation + 2] {
            let rotation = store.rotate(session.rotate(generation, HOUR)).await;
            assert_eq!(way(&rotation.unwrap()), "Ended", "round {round}");
        }
    }
    assert!(refreshed > 200, "there was no race: {refreshed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_adopted_once() {
    let server = Redis::start();
    let store = store(&server);
    let session = Session::of(account(), "one");
    let mut callers = JoinSet::new();
    for _ in 0..100 {
        let (store, new) = (Arc::clone(&store), session.new_session());
        callers.spawn(async move { store.create(new).await.unwrap() });
    }
    let made = callers.join_all().await;
    let new = made
        .iter()
        .filter(|made| matches!(made, handstamp::store::Created::New { .. }));
    assert_eq!(new.count(), 1);
}
