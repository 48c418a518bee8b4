//! Tests of the handlers, in this process, with a browser.

mod passwords;
mod resets;
mod roles;
mod step_up;

use handstamp_axum::handstamp::store::MemoryStore;
use handstamp_axum::testing::{Browser, TestClock};
use handstamp_axum::{Auth, Config};
use serde_json::json;
use sqlx::sqlite::SqlitePoolOptions;

use crate::app::{App, router};
use crate::passwords as hashes;
use crate::users::Users;

pub(crate) use tokio::test as async_test;

/// The application with three users, and a browser in which no one is logged in.
pub(crate) struct Scene {
    pub(crate) browser: Browser,
    pub(crate) auth: Auth,
    pub(crate) users: Users,
    pub(crate) clock: TestClock,
}

pub(crate) const PASSWORD: &str = "correct horse battery staple";

pub(crate) async fn scene() -> Scene {
    // A database in memory lives as long as its connection, so the pool has one and keeps it.
    let one = SqlitePoolOptions::new().max_connections(1);
    let one = one.idle_timeout(None).max_lifetime(None);
    let pool = one.connect("sqlite::memory:").await.unwrap();
    let users = Users::in_pool(pool).await.unwrap();
    let hash = hashes::hash(PASSWORD.to_owned()).await.ok().unwrap();
    for (name, role) in [("alice", "editor"), ("bob", "user"), ("root", "admin")] {
        let email = format!("{name}@example.com");
        users.add(name, &email, &hash, role).await.unwrap();
    }
    let clock = TestClock::new();
    let config = Config::hardened("https://app.example.com").secret_key([7; 32].as_slice());
    let auth: Auth = Auth::builder(config.build().unwrap())
        .store(MemoryStore::with_clock(clock.clone()))
        .with_clock(clock.clone())
        .build()
        .unwrap();
    let app = router(App {
        auth: auth.clone(),
        users: users.clone(),
    });
    let browser = Browser::new(app, "https://app.example.com")
        .with_clock(clock.clone())
        .with_names_of(&auth);
    Scene {
        browser,
        auth,
        users,
        clock,
    }
}

pub(crate) async fn log_in(browser: &Browser, name: &str, password: &str) -> u16 {
    let form = json!({"username": name, "password": password});
    browser.post("/login").json(&form).send().await.status()
}

#[tokio::test]
async fn a_post_without_the_csrf_value_is_refused() {
    let Scene { browser, .. } = scene().await;
    assert_eq!(log_in(&browser, "alice", PASSWORD).await, 200);
    let refused = browser.post("/posts").without_csrf().send().await;
    assert_eq!(
        (refused.status(), refused.code()),
        (403, Some("missing_csrf_token"))
    );
    assert_eq!(browser.post("/posts").send().await.status(), 200);
}

#[tokio::test]
async fn only_administrators_see_the_users() {
    let Scene { browser, .. } = scene().await;
    assert_eq!(browser.get("/admin/users").send().await.status(), 401);
    for (name, status) in [("bob", 403), ("alice", 403), ("root", 200)] {
        log_in(&browser, name, PASSWORD).await;
        assert_eq!(
            browser.get("/admin/users").send().await.status(),
            status,
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_change_of_the_password_logs_out_the_other_browser() {
    let Scene {
        browser: laptop, ..
    } = scene().await;
    let phone = laptop.another();
    log_in(&laptop, "alice", PASSWORD).await;
    log_in(&phone, "alice", PASSWORD).await;

    let change = json!({"current": PASSWORD, "new": "a new and longer password"});
    assert_eq!(
        laptop.post("/password").json(&change).send().await.status(),
        200
    );

    assert_eq!(phone.get("/me").send().await.code(), Some("session_ended"));
    assert_eq!(laptop.get("/me").send().await.status(), 200);
}
