//! Tests of sessions by the public interface, with a clock that the tests set.

#![expect(
    clippy::too_many_lines,
    clippy::type_complexity,
    reason = "tables are long and their rows are tuples"
)]

mod adopt;
mod change;
mod clocks;
mod late;
mod log_in;
mod log_out;
mod login_types;
mod refresh;
mod revoke;
mod sizes;
mod stores;

use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::{ClientInfo, EventKind};
use crate::config::ConfigBuilder;
use crate::error::{AuthError, Rejection};
use crate::purpose::Access;
use crate::store::{MemoryStore, Store};
use crate::testing::{Head, NOW, TestClock, ask, clock_at, now, outcome};
use crate::{Auth, Authenticated, Require, SetCookies, TokenPair};

/// A service with one store, its events, and the clock of both.
struct House {
    auth: Auth,
    clock: TestClock,
    events: Arc<Mutex<Vec<EventKind>>>,
}

fn house(config: ConfigBuilder) -> House {
    let clock = clock_at(NOW);
    let store = Arc::new(MemoryStore::with_clock(clock.clone()));
    with_store(config, store, clock)
}

fn with_store(config: ConfigBuilder, store: impl Store, clock: TestClock) -> House {
    let events = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&events);
    let auth = Auth::builder(config.build().unwrap())
        .with_clock(clock.clone())
        .store(store)
        .on_session_event(move |event| heard.lock().unwrap().push(event.kind))
        .build()
        .unwrap();
    House {
        auth,
        clock,
        events,
    }
}

impl House {
    fn log_in(&self, user: &str) -> TokenPair {
        now(self.auth.log_in(user, ClientInfo::new())).unwrap()
    }

    /// Returns the subject that an access token admits, or the code of the rejection.
    fn enter(&self, tokens: &TokenPair) -> String {
        let head = Head::new("GET").access(tokens.access().as_str());
        outcome(&self.auth, &head, &Require::access())
    }

    fn access(&self, tokens: &TokenPair) -> Authenticated<Access> {
        let head = Head::new("GET").access(tokens.access().as_str());
        ask(&self.auth, &head, &Require::access()).unwrap()
    }

    /// Does what a handler with the extractor `Refresh` does.
    fn refresh(&self, tokens: &TokenPair) -> Result<TokenPair, String> {
        self.exchange(&refresh_head(tokens))
    }

    fn exchange(&self, head: &Head) -> Result<TokenPair, String> {
        let code = |rejection: Rejection| rejection.code().to_owned();
        let token = ask(&self.auth, head, &Require::refresh()).map_err(code)?;
        now(self.auth.refresh(&token)).map_err(|error| match error {
            AuthError::Rejected(rejection) => rejection.code().to_owned(),
            AuthError::Issue(error) => error.to_string(),
        })
    }

    fn log_out(&self, head: &impl crate::RequestHead) -> Result<SetCookies, String> {
        let code = |rejection: Rejection| rejection.code().to_owned();
        let log_out = self.auth.authenticate_log_out(head).map_err(code)?;
        now(self.auth.log_out(log_out)).map_err(code)
    }

    /// Returns the events since the last call.
    fn told(&self) -> Vec<EventKind> {
        std::mem::take(&mut *self.events.lock().unwrap())
    }
}

fn refresh_head(tokens: &TokenPair) -> Head {
    Head::new("POST")
        .refresh(tokens.refresh().as_str())
        .csrf(tokens.refresh().csrf().unwrap_or_default())
}

fn claims(token: &str) -> Value {
    use base64::Engine as _;
    let payload = token.split('.').nth(1).unwrap();
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    serde_json::from_slice(&engine.decode(payload).unwrap()).unwrap()
}
