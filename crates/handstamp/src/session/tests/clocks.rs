//! Tests of clocks that differ: between nodes, between nodes and store, and before and after one
//! is put right.

use std::sync::Arc;
use std::time::Duration;

use super::{House, claims, house, refresh_head, with_store};
use crate::clock::CLOCK_SKEW;
use crate::clock::UnixTime;
use crate::store::MemoryStore;
use crate::testing::{Head, NOW, TestClock, builder, clock_at, now, outcome};
use crate::{Require, TokenPair, minutes};

/// Two nodes of one service, 30 seconds apart, and their store.
struct Service {
    ahead: House,
    behind: House,
    store: TestClock,
}

impl Service {
    fn new(store_at: u64) -> Self {
        let by = clock_at(store_at);
        let store = Arc::new(MemoryStore::with_clock(by.clone()));
        let node = |secs| with_store(builder(), Arc::clone(&store), clock_at(secs));
        Self {
            ahead: node(NOW + 15),
            behind: node(NOW - 15),
            store: by,
        }
    }

    fn advance(&self, span: Duration) {
        self.ahead.clock.advance(span);
        self.behind.clock.advance(span);
        self.store.advance(span);
    }

    fn nodes(&self) -> [(&'static str, &House, &House); 2] {
        [
            ("issued ahead", &self.ahead, &self.behind),
            ("issued behind", &self.behind, &self.ahead),
        ]
    }
}

const STORES: [(&str, u64); 5] = [
    ("the store as the node behind", NOW - 15),
    ("the store between the nodes", NOW),
    ("the store as the node ahead", NOW + 15),
    ("the store a minute ahead", NOW + 60),
    ("the store five hours ahead", NOW + 5 * 3_600),
];

/// An access and a refresh token without a session.
fn sessionless(house: &House) -> TokenPair {
    house.auth.create_token_pair("user1").unwrap()
}

#[test]
fn a_session_lives_on_nodes_thirty_seconds_apart() {
    for (store, store_at) in STORES {
        let service = Service::new(store_at);
        for (row, here, there) in service.nodes() {
            let first = here.log_in("user1");
            for tokens in [&first, &here.refresh(&first).unwrap()] {
                assert_eq!(here.enter(tokens), "user1", "{store}, {row}");
                assert_eq!(there.enter(tokens), "user1", "{store}, {row}");
            }
            service.advance(minutes(14));
            let next = there.refresh(&first).expect(row);
            assert_eq!(there.enter(&next), "user1", "{store}, {row}");
            assert_eq!(here.enter(&next), "user1", "{store}, {row}");
            service.advance(minutes(14));
            let last = here.refresh(&next).expect(row);
            assert_eq!(here.enter(&last), "user1", "{store}, {row}");
        }
    }
}

#[test]
fn no_token_is_issued_in_the_future_of_its_node() {
    for (store, store_at) in STORES {
        let service = Service::new(store_at);
        let tokens = service.behind.log_in("user1");
        for token in [tokens.access().as_str(), tokens.refresh().as_str()] {
            let issued_at = claims(token)["iat"].as_u64().unwrap();
            assert!(issued_at <= NOW - 15, "{store}: {issued_at}");
        }
    }
}

#[test]
fn log_out_everywhere_ends_what_a_node_ahead_has_issued() {
    for (store, store_at) in &STORES[..3] {
        for node in 0..2 {
            let service = Service::new(*store_at);
            let (row, here, there) = service.nodes()[node];
            let tokens = sessionless(here);
            let adopted = there.refresh(&sessionless(here)).unwrap();
            service.advance(Duration::from_secs(1));
            now(there.auth.revoke_all_sessions("user1")).unwrap();
            let session = there.log_in("user1");
            for waited in [0, 1, 14, 15, 30, 600] {
                let row = format!("{store}, {row}, before {waited} more seconds");
                for house in [here, there] {
                    assert_eq!(house.enter(&tokens), "token_revoked", "{row}");
                    assert_eq!(
                        house.refresh(&tokens).unwrap_err(),
                        "token_revoked",
                        "{row}"
                    );
                    assert_eq!(house.enter(&adopted), "session_ended", "{row}");
                    assert_eq!(house.enter(&session), "user1", "{row}");
                }
                service.advance(Duration::from_secs(waited));
            }
            assert!(there.refresh(&session).is_ok(), "{store}, {row}");
        }
    }
}

/// The cost of the tolerance, for services that log in without a session.
#[test]
fn a_token_without_a_session_is_good_again_once_the_tolerance_has_passed() {
    for (waited, expected) in [
        (0, "token_revoked"),
        (CLOCK_SKEW.as_secs(), "token_revoked"),
        (CLOCK_SKEW.as_secs() + 1, "user1"),
    ] {
        let house = house(builder());
        now(house.auth.revoke_all_sessions("user1")).unwrap();
        house.clock.advance(Duration::from_secs(waited));
        let tokens = sessionless(&house);
        assert_eq!(house.enter(&tokens), expected, "{waited} s later");
        assert_eq!(house.refresh(&tokens).is_ok(), expected == "user1");
    }
}

#[test]
fn a_log_in_after_a_clock_was_put_back_works_at_once() {
    for ahead in [20, 3_600, 5 * 3_600, 30 * 86_400] {
        let house = house(builder());
        house.clock.set(UnixTime::from_secs(NOW + ahead));
        let former = house.log_in("user1");
        now(house.auth.revoke_all_sessions("user1")).unwrap();
        house.clock.set(UnixTime::from_secs(NOW));

        let tokens = house.log_in("user1");
        assert_eq!(house.enter(&tokens), "user1", "{ahead} s");
        let refreshed = house.refresh(&tokens).expect("at once");
        house.clock.advance(minutes(14));
        let refreshed = house.refresh(&refreshed).expect("when it is due");
        assert_eq!(house.enter(&refreshed), "user1", "{ahead} s");

        house.clock.set(UnixTime::from_secs(NOW + ahead));
        let access = Head::new("GET").access(former.access().as_str());
        let seen = outcome(&house.auth, &access, &Require::access());
        assert_eq!(seen, "session_ended", "{ahead} s");
        let ended = house.exchange(&refresh_head(&former)).unwrap_err();
        assert_eq!(ended, "session_ended", "{ahead} s");
    }
}
