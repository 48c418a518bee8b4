//! Tests of many connections, and of what they leave behind.

use std::sync::Arc;
use std::time::Duration;

use super::{access, nodes, poll};
use crate::connection::CloseReason;
use crate::session::ClientInfo;
use crate::testing::{NOW, auth_and_clock, builder, now};

#[test]
fn looking_is_no_activity() {
    let nodes = nodes(&builder);
    let tokens = now(nodes.here.log_in("user1", ClientInfo::new())).unwrap();
    let token = access(&nodes.here, tokens.access().as_str());
    nodes.clock.advance(Duration::from_secs(600));
    let mut connection = nodes.here.watch(&token);
    assert_eq!(poll(&mut connection, &Arc::default()), None);
    let sessions = now(nodes.here.sessions("user1")).unwrap();
    assert_eq!(sessions.first().unwrap().last_active().as_secs(), NOW);
    // A request counts as activity.
    access(&nodes.here, tokens.access().as_str());
    let sessions = now(nodes.here.sessions("user1")).unwrap();
    assert_eq!(sessions.first().unwrap().last_active().as_secs(), NOW + 600);
}

#[test]
fn who_is_dropped_is_forgotten() {
    let nodes = nodes(&builder);
    let tokens = now(nodes.here.log_in("user1", ClientInfo::new())).unwrap();
    let token = access(&nodes.here, tokens.access().as_str());
    let mut connections: Vec<_> = (0..1000).map(|_| nodes.here.watch(&token)).collect();
    let alarm = Arc::default();
    for connection in &mut connections {
        assert_eq!(poll(connection, &alarm), None);
    }
    connections.truncate(3);
    assert_eq!(nodes.here.context().watchers().count(), 3);
    alarm.rang();
    now(nodes.here.revoke_all_sessions("user1")).unwrap();
    assert_eq!(alarm.rang(), 3);
    for connection in &mut connections {
        assert_eq!(poll(connection, &alarm), Some(CloseReason::Revoked));
        assert_eq!(
            poll(connection, &alarm),
            Some(CloseReason::Revoked),
            "once more"
        );
    }
    drop(connections);
    assert_eq!(nodes.here.context().watchers().count(), 0);
}

#[test]
fn many_do_not_ask_at_once() {
    let (auth, _clock) = auth_and_clock(builder());
    let token = auth.create_access_token("user1").unwrap();
    let token = access(&auth, token.as_str());
    let quarters = (0..400).map(|_| auth.watch(&token).phase().as_millis() / 2_500);
    let mut connections = [0; 5];
    for quarter in quarters {
        connections[usize::try_from(quarter).unwrap()] += 1;
    }
    assert_eq!(connections.iter().sum::<u32>(), 400);
    assert!(
        connections[..4].iter().all(|count| *count > 50),
        "{connections:?}"
    );
    assert!(connections[4] < 20, "the whole interval: {connections:?}");
}
