//! Tests which configurations start, and what is logged without a store.

use crate::config::ConfigBuilder;
use crate::session::ClientInfo;
use crate::store::MemoryStore;
use crate::testing::{Head, Log, builder, now};
use crate::{Auth, Require};

type Change = fn(ConfigBuilder) -> ConfigBuilder;

#[test]
fn sessions_that_are_required_need_a_store() {
    const NEEDS: &str = "1 problem in the configuration:
- JWT_SESSION_TRACKING=\"true\": sessions need a store, and none was given. Use Auth::builder(config).store(..), or set it to false";
    let hardened: Change = |config| {
        config
            .session_tracking(true)
            .public_origin("https://a.example")
    };
    let rows: [(&str, Change, bool, Option<&str>); 7] = [
        ("nothing is said, no store", |config| config, false, None),
        ("nothing is said, a store", |config| config, true, None),
        (
            "no sessions, no store",
            |config| config.session_tracking(false),
            false,
            None,
        ),
        (
            "no sessions, a store",
            |config| config.session_tracking(false),
            true,
            None,
        ),
        (
            "sessions, no store",
            |config| config.session_tracking(true),
            false,
            Some(NEEDS),
        ),
        (
            "sessions, a store",
            |config| config.session_tracking(true),
            true,
            None,
        ),
        ("sessions and more, no store", hardened, false, Some(NEEDS)),
    ];
    for (row, change, has_store, expected) in rows {
        let config = || change(builder()).build().unwrap();
        let auth = if has_store {
            Auth::builder(config()).store(MemoryStore::new()).build()
        } else {
            let error = Auth::new(config()).err();
            assert_eq!(
                error.map(|error| error.to_string()).as_deref(),
                expected,
                "{row}, new"
            );
            Auth::builder(config()).build()
        };
        let error = auth.err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), expected, "{row}");
    }
}

#[test]
fn without_a_store_a_warning_says_once_that_a_log_out_ends_nothing() {
    type Call = fn(&Auth);
    let log_in: Call = |auth| drop(now(auth.log_in("user1", ClientInfo::new())).unwrap());
    let refresh: Call = |auth| {
        let token = auth.create_refresh_token("user1").unwrap();
        let head = Head::new("POST")
            .refresh(token.as_str())
            .csrf(token.csrf().unwrap());
        let token = now(auth.authenticate(&head, &Require::refresh())).unwrap();
        drop(now(auth.refresh(&token)).unwrap());
    };
    let log_out: Call = |auth| {
        let token = auth.create_access_token("user1").unwrap();
        let head = Head::new("POST")
            .access(token.as_str())
            .csrf(token.csrf().unwrap());
        let log_out = auth.authenticate_log_out(&head).unwrap();
        drop(now(auth.log_out(log_out)).unwrap());
    };
    let token: Call = |auth| drop(auth.create_access_token("user1").unwrap());
    let unset: Change = |config| config;
    let off: Change = |config| config.session_tracking(false);
    let rows: [(&str, Change, bool, &[Call], usize); 8] = [
        ("a log-in", unset, false, &[log_in], 1),
        ("a refresh", unset, false, &[refresh], 1),
        ("a log-out", unset, false, &[log_out], 1),
        (
            "each of them twice",
            unset,
            false,
            &[log_in, refresh, log_out, log_in, refresh, log_out],
            1,
        ),
        ("a token without a log-in", unset, false, &[token], 0),
        (
            "no sessions are meant",
            off,
            false,
            &[log_in, refresh, log_out],
            0,
        ),
        ("a store", unset, true, &[log_in, log_out], 0),
        (
            "a store for revocation only",
            off,
            true,
            &[log_in, refresh, log_out],
            0,
        ),
    ];
    for (row, change, has_store, calls, expected) in rows {
        let mut making = Auth::builder(change(builder()).build().unwrap());
        if has_store {
            making = making.store(MemoryStore::new());
        }
        let auth = making.build().unwrap();
        let (log, lines) = Log::new();
        tracing::subscriber::with_default(log, || {
            for call in calls {
                call(&auth.clone());
            }
        });
        let lines = lines.lock().unwrap();
        let said = "a log-out deletes cookies and ends no token";
        assert_eq!(lines.matches(said).count(), expected, "{row}: {lines}");
    }
}
