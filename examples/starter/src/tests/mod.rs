//! Tests of the handlers, by a browser without a network: it keeps cookies, and sends the CSRF
//! value and the headers of a browser by itself. The clock stands still until a test moves it.

mod accounts;
mod notes;
mod outages;
mod passwords;
mod roles;

use handstamp_axum::handstamp::store::MemoryStore;
use handstamp_axum::handstamp::testing::Response;
use handstamp_axum::testing::{Browser, FailingStore, TestClock};
use handstamp_axum::{Auth, Config};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use crate::app::App;
use crate::database;

/// The application, on a database in memory and with sessions that a test can make fail.
struct Running {
    app: App,
    browser: Browser,
    clock: TestClock,
    store: FailingStore<MemoryStore>,
}

async fn start() -> Running {
    start_with(false).await
}

async fn start_with(behind_proxy: bool) -> Running {
    let options = SqliteConnectOptions::new()
        .in_memory(true)
        .foreign_keys(true);
    // Each connection would have a database of its own.
    let pool = SqlitePoolOptions::new().max_connections(1);
    let pool = pool.connect_with(options).await.unwrap();
    database::migrate(&pool).await.unwrap();

    let clock = TestClock::new();
    let store = FailingStore::new(MemoryStore::with_clock(clock.clone()));
    let config = Config::hardened(ORIGIN).secret_key([7; 32].as_slice());
    let auth = Auth::builder(config.build().unwrap());
    let auth = auth.store(store.clone()).with_clock(clock.clone()).build();
    let app = App::new(auth.unwrap(), pool, behind_proxy).unwrap();

    let browser = Browser::new(app.clone().router(), ORIGIN);
    let browser = browser.with_clock(clock.clone()).with_names_of(&app.auth);
    Running {
        app,
        browser,
        clock,
        store,
    }
}

async fn sign_up(browser: &Browser, name: &str) -> Response {
    let form = json!({"username": name, "password": PASSWORD});
    browser.post("/signup").json(&form).send().await
}

async fn log_in(browser: &Browser, name: &str, password: &str) -> Response {
    let form = json!({"username": name, "password": password});
    browser.post("/login").json(&form).send().await
}

async fn me(browser: &Browser) -> Value {
    browser.get("/me").send().await.json().clone()
}

const ORIGIN: &str = "https://app.example.com";
const PASSWORD: &str = "correct horse";
