//! Tests of the handlers, in this process, with a browser whose page is on another origin.

mod page;

use handstamp_axum::handstamp::store::MemoryStore;
use handstamp_axum::testing::{Browser, TestClock};
use handstamp_axum::{Auth, Config};
use sqlx::sqlite::SqlitePoolOptions;

use crate::app::{App, router};
use crate::cross_origin::cors;
use crate::passwords as hashes;
use crate::users::Users;

pub(crate) use tokio::test as async_test;

const API: &str = "https://api.example.com";
pub(crate) const PAGE: &str = "https://app.example.com";
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A browser in which no one is logged in, and the clock.
pub(crate) async fn scene() -> (Browser, TestClock) {
    let one = SqlitePoolOptions::new().max_connections(1);
    let one = one.idle_timeout(None).max_lifetime(None);
    let pool = one.connect("sqlite::memory:").await.unwrap();
    let users = Users::in_pool(pool).await.unwrap();
    let hash = hashes::hash(PASSWORD.to_owned()).await.ok().unwrap();
    let email = "alice@example.com";
    users.add("alice", email, &hash, "editor").await.unwrap();
    let clock = TestClock::new();
    let config = Config::hardened(API)
        .trusted_origins([PAGE])
        .csrf_in_cookies(false)
        .secret_key([7; 32].as_slice());
    let auth: Auth = Auth::builder(config.build().unwrap())
        .store(MemoryStore::with_clock(clock.clone()))
        .with_clock(clock.clone())
        .build()
        .unwrap();
    let app = router(App { auth, users }).layer(cors(PAGE).unwrap());
    let browser = Browser::new(app, API).with_clock(clock.clone());
    (browser, clock)
}
