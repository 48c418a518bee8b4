//! What becomes of a connection that a guard holds.

use std::cell::RefCell;
use std::future::pending;

use super::{access, nodes};
use crate::connection::{CloseReason, Guard};
use crate::session::ClientInfo;
use crate::testing::{builder, now};

#[test]
fn a_connection_is_used_until_its_token_ends_and_then_closed_once() {
    let nodes = nodes(&builder);
    let tokens = now(nodes.here.log_in("user1", ClientInfo::new())).unwrap();
    let token = access(&nodes.here, tokens.access().as_str());
    let mut guard = Guard::new(vec!["opened"], nodes.here.watch(&token));
    let closed = RefCell::new(Vec::new());
    let close = |connection, ended| closed.borrow_mut().push((connection, ended));

    let send = async |connection: &mut Vec<_>| connection.push("sent");
    assert_eq!(now(guard.unless_ended(send, close)), Ok(()));
    assert_eq!(guard.ended(), None);

    now(nodes.here.revoke_all_sessions("user1")).unwrap();
    for row in ["at the end", "afterwards"] {
        let recv = async |_: &mut Vec<_>| pending::<()>().await;
        let ended = now(guard.unless_ended(recv, close));
        assert_eq!(ended, Err(CloseReason::Revoked), "{row}");
        assert_eq!(guard.ended(), Some(CloseReason::Revoked), "{row}");
    }
    assert_eq!(
        *closed.borrow(),
        [(vec!["opened", "sent"], CloseReason::Revoked)]
    );
    assert!(!format!("{guard:?}").contains("sent"));
}
