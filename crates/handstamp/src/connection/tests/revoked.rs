//! Tests of revocations, by this process and by others.

use std::sync::Arc;
use std::time::Duration;

use super::{Nodes, access, nodes, poll, soon};
use crate::clock::{CLOCK_SKEW, UnixTime};
use crate::config::CheckSessions;
use crate::connection::CloseReason;
use crate::purpose::Access;
use crate::session::{ClientInfo, Owner};
use crate::testing::{Head, NOW, ask, builder, now};
use crate::{Authenticated, Require, TokenPair};

#[test]
fn what_this_process_revokes_ends_at_once() {
    #[derive(Debug, PartialEq)]
    enum Then {
        Ends,
        /// It asked, and the token is active.
        GoesOn,
        /// It did not ask at all.
        IsNotWoken,
    }
    type Act = fn(&Nodes, &Authenticated<Access>, &TokenPair);
    let rows: [(&str, Act, Then); 13] = [
        (
            "its session is revoked",
            |nodes, token, _| {
                let id = token.session_id().unwrap();
                assert!(now(nodes.here.revoke_session(token, &id)).unwrap());
            },
            Then::Ends,
        ),
        (
            "its user logs out",
            |nodes, _, tokens| {
                let log_out = nodes.here.authenticate_log_out(&refresh_head(tokens));
                let _cookies = now(nodes.here.log_out(log_out.unwrap())).unwrap();
            },
            Then::Ends,
        ),
        (
            "all sessions of its user are revoked",
            |nodes, token, _| {
                now(nodes.here.revoke_all_sessions(token)).unwrap();
            },
            Then::Ends,
        ),
        (
            "what its user had until now is revoked",
            |nodes, token, _| {
                let time = UnixTime::from_secs(NOW);
                now(nodes.here.revoke_issued_before(token, time)).unwrap();
            },
            Then::Ends,
        ),
        (
            "the token itself is revoked",
            |nodes, token, _| {
                let (id, until) = (token.id(), token.expires_at());
                now(nodes.here.revoke_token(token, id, until)).unwrap();
            },
            Then::Ends,
        ),
        (
            "a copy of the session's refresh token is used",
            |nodes, _, tokens| {
                for _ in 0..3 {
                    nodes.clock.advance(Duration::from_secs(60));
                    let refresh = ask(&nodes.here, &refresh_head(tokens), &Require::refresh());
                    let Ok(refresh) = refresh else { return };
                    let next = now(nodes.here.refresh(&refresh)).unwrap();
                    access(&nodes.here, next.access().as_str());
                }
                panic!("the copy was not noticed");
            },
            Then::Ends,
        ),
        (
            "a new log-in replaces its session",
            |nodes, _, tokens| {
                let client = nodes.here.client_info(&refresh_head(tokens));
                drop(now(nodes.here.log_in("user1", client)).unwrap());
            },
            Then::Ends,
        ),
        (
            "all other sessions of its user are revoked",
            |nodes, token, _| {
                now(nodes.here.revoke_other_sessions(token)).unwrap();
            },
            Then::GoesOn,
        ),
        (
            "another session of its user is revoked",
            |nodes, _, _| {
                let other = now(nodes.here.log_in("user1", ClientInfo::new())).unwrap();
                let other = access(&nodes.here, other.access().as_str());
                let id = other.session_id().unwrap();
                assert!(now(nodes.here.revoke_session(&other, &id)).unwrap());
            },
            Then::GoesOn,
        ),
        (
            "another user is logged out everywhere",
            |nodes, _, _| {
                now(nodes.here.revoke_all_sessions("user2")).unwrap();
            },
            Then::IsNotWoken,
        ),
        (
            "an administrator of the same name is logged out everywhere",
            |nodes, _, _| {
                let admin = Owner::from("user1").login_type("admin");
                now(nodes.here.revoke_all_sessions(admin)).unwrap();
            },
            Then::IsNotWoken,
        ),
        (
            "its session continues with a refresh",
            |nodes, _, tokens| {
                let refresh = ask(&nodes.here, &refresh_head(tokens), &Require::refresh());
                drop(now(nodes.here.refresh(&refresh.unwrap())).unwrap());
            },
            Then::IsNotWoken,
        ),
        (
            "another process revokes its session: for that it has to ask",
            |nodes, token, _| {
                now(nodes.there.revoke_all_sessions(token)).unwrap();
            },
            Then::IsNotWoken,
        ),
    ];
    for (row, act, then) in rows {
        let nodes = nodes(&builder);
        let tokens = now(nodes.here.log_in("user1", ClientInfo::new())).unwrap();
        let token = access(&nodes.here, tokens.access().as_str());
        let alarm = Arc::default();
        // Only the notification wakes it.
        let mut connection = nodes
            .here
            .watch(&token)
            .ask_every(Duration::from_secs(100_000));
        assert_eq!(poll(&mut connection, &alarm), None, "{row}");
        alarm.rang();
        act(&nodes, &token, &tokens);
        let seen = match (alarm.rang(), poll(&mut connection, &alarm)) {
            (1.., Some(CloseReason::Revoked)) => Then::Ends,
            (1.., None) => Then::GoesOn,
            (0, None) => Then::IsNotWoken,
            other => panic!("{row}: {other:?}"),
        };
        assert_eq!(seen, then, "{row}");
    }
}

#[test]
fn what_was_revoked_before_it_began_ends_at_once() {
    let nodes = nodes(&builder);
    let tokens = now(nodes.here.log_in("user1", ClientInfo::new())).unwrap();
    let token = access(&nodes.here, tokens.access().as_str());
    now(nodes.there.revoke_all_sessions("user1")).unwrap();
    assert_eq!(now(nodes.here.watch(&token)), CloseReason::Revoked);
}

#[tokio::test]
async fn what_another_process_revokes_ends_within_the_interval() {
    let nodes = nodes(&builder);
    for session in [true, false] {
        let tokens = if session {
            now(nodes.here.log_in("user1", ClientInfo::new())).unwrap()
        } else {
            nodes.here.create_token_pair("user1").unwrap()
        };
        let token = access(&nodes.here, tokens.access().as_str());
        let connection = nodes.here.watch(&token);
        let connection = tokio::spawn(soon(connection.ask_every(Duration::from_millis(20))));
        tokio::time::sleep(Duration::from_millis(60)).await;
        assert!(!connection.is_finished());
        now(nodes.there.revoke_all_sessions("user1")).unwrap();
        assert_eq!(connection.await.unwrap(), Some(CloseReason::Revoked));
        nodes.clock.advance(2 * CLOCK_SKEW);
    }
}

#[test]
fn sessions_that_are_looked_at_on_refresh_only_go_on() {
    let nodes = nodes(&|| builder().check_sessions(CheckSessions::OnRefresh));
    let tokens = now(nodes.here.log_in("user1", ClientInfo::new())).unwrap();
    let token = access(&nodes.here, tokens.access().as_str());
    let mut connection = nodes.here.watch(&token);
    now(nodes.here.revoke_all_sessions("user1")).unwrap();
    // As requests do.
    access(&nodes.here, tokens.access().as_str());
    assert_eq!(poll(&mut connection, &Arc::default()), None);
}

fn refresh_head(tokens: &TokenPair) -> Head {
    Head::new("POST")
        .refresh(tokens.refresh().as_str())
        .csrf(tokens.refresh().csrf().unwrap_or_default())
}
