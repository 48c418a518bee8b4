//! Who is asked before a token is renewed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::{Answer, log_in, record, refreshed, with_sessions};
use crate::config::CheckSessions;
use crate::context::blocklist::TokenStatus;
use crate::error::StoreError;
use crate::session::ClientInfo;
use crate::testing::{Head, NOW, auth_and_clock, builder, clock_at, now};
use crate::{Auth, TokenPair, minutes};

#[test]
fn what_was_revoked_since_is_not_renewed() {
    let ends: [(&str, fn(&Auth, &TokenPair)); 4] = [
        ("its session", |auth, tokens| {
            let token = record(auth, tokens.access().as_str());
            let session = token.session_id().unwrap();
            now(auth.revoke_session(&token, &session)).unwrap();
        }),
        ("all sessions of the user", |auth, _| {
            now(auth.revoke_all_sessions("user1")).unwrap();
        }),
        ("the token itself", |auth, tokens| {
            let token = record(auth, tokens.access().as_str());
            now(auth.revoke_token("user1", token.id(), token.expires_at())).unwrap();
        }),
        ("the session, by a log-out", |auth, tokens| {
            let head = Head::new("POST")
                .access(tokens.access().as_str())
                .csrf(tokens.access().csrf().unwrap());
            drop(now(auth.log_out(auth.authenticate_log_out(&head).unwrap())).unwrap());
        }),
    ];
    for checked in [CheckSessions::EveryRequest, CheckSessions::OnRefresh] {
        for tracking in [true, false] {
            for (row, end) in ends {
                let config = builder().check_sessions(checked);
                let (auth, clock) = with_sessions(if tracking {
                    config
                } else {
                    config.session_tracking(false)
                });
                let tokens = log_in(&auth, ClientInfo::new());
                let token = record(&auth, tokens.access().as_str());
                clock.advance(minutes(14));
                let before = record(&auth, tokens.access().as_str());
                assert!(
                    refreshed(&auth, before, &Answer(200, &[])).is_some(),
                    "{row}"
                );
                if tracking || row != "its session" {
                    end(&auth, &tokens);
                    let cookies = refreshed(&auth, token, &Answer(200, &[]));
                    assert!(cookies.is_none(), "{row}, {checked:?}, {tracking}");
                }
            }
        }
    }
}

#[test]
fn what_ends_while_the_handler_works_is_not_renewed() {
    let (auth, clock) = auth_and_clock(builder());
    let token = auth.create_access_token("user1").unwrap();
    let token = record(&auth, token.as_str());
    clock.advance(minutes(15));
    assert!(refreshed(&auth, token, &Answer(200, &[])).is_none());
}

/// What the blocklist says when it is asked again.
#[tokio::test]
async fn the_blocklist_is_asked_again() {
    #[derive(Clone, Copy)]
    enum Says {
        Yes,
        No,
        Fails,
        Hangs,
    }
    for (row, says, expected) in [
        ("not revoked", Says::Yes, true),
        ("revoked just now", Says::No, false),
        ("it fails", Says::Fails, false),
        ("it does not answer", Says::Hangs, false),
    ] {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let clock = clock_at(NOW);
        let config = builder().store_timeout(Duration::from_millis(20));
        let auth = Auth::builder(config.build().unwrap())
            .with_clock(clock.clone())
            .with_blocklist(move |_| {
                let first = count.fetch_add(1, Ordering::Relaxed) == 0;
                async move {
                    match says {
                        _ if first => Ok(TokenStatus::Active),
                        Says::Yes => Ok(TokenStatus::Active),
                        Says::No => Ok(TokenStatus::Revoked),
                        Says::Fails => Err(StoreError::new("connection refused")),
                        Says::Hangs => std::future::pending().await,
                    }
                }
            })
            .build()
            .unwrap();
        let due = auth.create_access_token("user1").unwrap();
        clock.advance(minutes(14));
        let token = Arc::new(record(&auth, due.as_str()));
        let refresh = auth.begin_implicit_refresh("GET", "/").unwrap();
        refresh.record(&token);
        let cookies = refresh.cookies(&Answer(200, &[])).await;
        assert_eq!(cookies.is_some(), expected, "{row}");
        assert_eq!(asked.load(Ordering::Relaxed), 2, "{row}");
    }
}
