//! Tests of late refresh tokens: lost answers, sleeping laptops, and a thief who keeps step.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{House, claims, house, refresh_head};
use crate::session::{ClientInfo, Clients, EventKind};
use crate::store::MemoryStore;
use crate::store::rotation::Reuse;
use crate::testing::{Head, NOW, TestClock, ask, builder, clock_at, now};
use crate::{Auth, Require, TokenPair, days, minutes};

const AFTER: Duration = Duration::from_millis(10_001);

#[test]
fn a_thief_who_keeps_step_is_found_out_in_the_third_round() {
    use EventKind::{Reused, Rotated};
    let house = house(builder());
    let mut shared = house.log_in("user1");
    for round in 1..=2 {
        // The thief refreshes first, uses nothing, and waits.
        let stolen = rotated(&house, &shared);
        house.clock.advance(minutes(15));
        let late = house.refresh(&shared).unwrap();
        assert_eq!(house.enter(&late), "user1");
        assert_eq!(generation(&late), generation(&stolen), "round {round}");
        shared = late;
    }
    house.told();
    let stolen = rotated(&house, &shared);
    house.clock.advance(minutes(15));
    assert_eq!(house.refresh(&shared).unwrap_err(), "refresh_reused");
    assert_eq!(house.told(), [Rotated, Reused(Reuse::Late)]);
    assert_eq!(house.refresh(&stolen).unwrap_err(), "session_ended");
}

#[test]
fn two_generations_in_a_row_may_lose_their_answers() {
    let house = house(builder());
    let mut tokens = house.log_in("user1");
    for generations in [2, 1, 2, 2] {
        for _ in 0..generations {
            tokens = after_lost_answers(&house, &tokens, 5);
        }
        tokens = rotated(&house, &tokens);
        assert_eq!(house.enter(&tokens), "user1");
    }
    for _ in 0..2 {
        tokens = after_lost_answers(&house, &tokens, 1);
    }
    drop(rotated(&house, &tokens));
    house.clock.advance(2 * AFTER);
    assert_eq!(house.refresh(&tokens).unwrap_err(), "refresh_reused");
}

#[test]
fn ten_tabs_of_a_waking_laptop_are_one_generation() {
    let house = house(builder());
    let mut tokens = house.log_in("user1");
    for _ in 1..=2 {
        let lost = rotated(&house, &tokens);
        house.clock.advance(days(2));
        let late: Vec<TokenPair> = (0..10).map(|_| house.refresh(&tokens).unwrap()).collect();
        for tab in &late {
            assert_eq!(generation(tab), generation(&lost));
            assert_eq!(house.enter(tab), "user1");
        }
        tokens = late.into_iter().next().unwrap();
    }
}

/// A limit, not a promise: `SECURITY.md` and the page on sessions say so.
#[test]
fn who_refreshes_within_two_windows_of_the_other_is_not_found_out() {
    let house = house(builder());
    let mut shared = house.log_in("user1");
    for _ in 0..20 {
        drop(rotated(&house, &shared));
        house.clock.advance(Duration::from_secs(20));
        shared = house.refresh(&shared).unwrap();
        assert_eq!(house.enter(&shared), "user1");
    }
}

#[test]
#[rustfmt::skip]
fn a_late_reissue_names_both_clients_and_a_difference_ends_nothing() {
    const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";
    const NEWER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";
    const ON_WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; rv:143.0) Gecko/20100101 Firefox/143.0";
    let rows = [
        ("the same client", Some(FIREFOX), Some(FIREFOX), false),
        ("the same client after an update", Some(FIREFOX), Some(NEWER), false),
        ("the same browser on another system", Some(FIREFOX), Some(ON_WINDOWS), true),
        ("a program in place of a browser", Some(FIREFOX), Some("curl/8.16.0"), true),
        ("a client that states nothing, in place of a browser", Some(FIREFOX), None, true),
        ("a session that has recorded none", None, Some(FIREFOX), false),
    ];
    for (row, recorded, presenting, differ) in rows {
        let (auth, clock, events) = listening();
        let client = recorded.into_iter().fold(ClientInfo::new(), ClientInfo::user_agent);
        let first = now(auth.log_in("user1", client)).unwrap();
        clock.advance(AFTER);
        let refresh = || {
            let head = refresh_head(&first);
            let head = presenting.into_iter().fold(head, |head, name| head.header("User-Agent", name));
            let token = ask(&auth, &head, &Require::refresh()).unwrap();
            now(auth.refresh(&token)).unwrap()
        };
        drop(refresh());
        clock.advance(AFTER);
        let tokens = refresh();
        let told = events.lock().unwrap().clone();
        let kinds: Vec<EventKind> = told.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, [EventKind::LoggedIn, EventKind::Rotated, EventKind::ReissuedLate], "{row}");
        let [(_, None), (_, None), (_, Some(clients))] = told.as_slice() else {
            panic!("{row}: {told:?}");
        };
        assert_eq!(clients.recorded.as_str(), recorded, "{row}");
        assert_eq!(clients.presenting.as_str(), presenting, "{row}");
        assert_eq!(clients.differ(), differ, "{row}");
        let head = Head::new("GET").access(tokens.access().as_str());
        assert!(ask(&auth, &head, &Require::access()).is_ok(), "{row}");
    }
}

/// Rotates the token once its window is over. The answer is never used.
fn rotated(house: &House, tokens: &TokenPair) -> TokenPair {
    drop(house.enter(tokens));
    house.clock.advance(AFTER);
    house.refresh(tokens).unwrap()
}

/// Loses so many answers of one generation, of which each but the first was late, and receives the
/// next.
fn after_lost_answers(house: &House, tokens: &TokenPair, count: usize) -> TokenPair {
    drop(rotated(house, tokens));
    for _ in 1..count {
        house.clock.advance(days(1));
        drop(house.refresh(tokens).unwrap());
    }
    house.clock.advance(days(1));
    house.refresh(tokens).unwrap()
}

fn generation(tokens: &TokenPair) -> u64 {
    claims(tokens.refresh().as_str())["gen"].as_u64().unwrap()
}

type Events = Arc<Mutex<Vec<(EventKind, Option<Clients>)>>>;

/// A service that keeps what its events say.
fn listening() -> (Auth, TestClock, Events) {
    let clock = clock_at(NOW);
    let events = Events::default();
    let telling = Arc::clone(&events);
    let auth = Auth::builder(builder().build().unwrap())
        .with_clock(clock.clone())
        .store(MemoryStore::with_clock(clock.clone()))
        .on_session_event(move |event| {
            telling
                .lock()
                .unwrap()
                .push((event.kind, event.clients.clone()));
        })
        .build()
        .unwrap();
    (auth, clock, events)
}
