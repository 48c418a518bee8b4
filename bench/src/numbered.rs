//! Sessions that are told apart by a number, as they are in a store: a million of them is soon
//! made.

use std::time::Duration;

use handstamp::store::{AccountId, NewSession, SessionId, TokenId};

/// Returns a session with the data that a log-in from a browser keeps.
#[must_use]
pub fn session(n: usize) -> NewSession {
    let session = SessionId::from(&*id("session", n));
    let mut new = NewSession::new(session, account(n), token("first", n), DAY, DAY);
    DATA.clone_into(&mut new.data);
    new
}

/// Returns the user of a session. Each has two.
#[must_use]
pub fn account(n: usize) -> AccountId {
    AccountId::new(None, &format!("user{}", n / 2))
}

#[must_use]
pub fn token(kind: &str, n: usize) -> TokenId {
    TokenId::from(&*id(kind, n))
}

/// Returns an id that is as long as a real one.
#[must_use]
pub fn id(kind: &str, n: usize) -> String {
    format!("{kind:->12}{n:010}")
}

pub const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const DATA: &str = r#"{"csrf":"EBESExQVFhcYGRobHB0eHw","ip":"192.0.2.1","sub":"user123456","user_agent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"}"#;
