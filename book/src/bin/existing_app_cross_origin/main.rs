//! The application of the page `existing-app`, for a page on another origin: this file, `app.rs`
//! and `cross_origin.rs` differ from `existing_app`, and nothing else.

mod app;
mod cross_origin;
mod error;
mod log_in;
mod passwords;
mod roles;
mod users;

mod account;
mod admin;
mod keep_session;
mod reset;
mod resets;
mod step_up;
#[cfg(test)]
mod tests;

use std::time::Duration;

use handstamp_axum::{Auth, Config};
use handstamp_sqlx::SqliteStore;
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

use crate::app::App;
use crate::users::Users;

use crate::reset::Mail;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // What is refused, and why.
    let log = tracing_subscriber::fmt().with_env_filter("info,handstamp::refusals=debug");
    log.init();

    let options = SqliteConnectOptions::new()
        .filename("app.db")
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(2));
    let pool = SqlitePool::connect_with(options).await?;
    let users = Users::in_pool(pool.clone()).await?;

    // `cargo run -- grant-admin alice`: how the first administrator comes to be.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, name] = &*arguments
        && command == "grant-admin"
    {
        let user = users.grant_admin(name).await?;
        user.ok_or("there is no user of this name: sign up first")?;
        println!("{name} is an administrator");
        return Ok(());
    }

    let api_origin = origin("API_ORIGIN", "http://localhost:8000");
    let page_origin = origin("PAGE_ORIGIN", "http://localhost:3000");
    let config = Config::builder()
        .public_origin(&*api_origin)
        .trusted_origins([&*page_origin])
        .csrf_in_cookies(false) // the page could not read them
        .env() // JWT_SECRET_KEY and the like; every mistake is reported at once
        .build()?;
    let auth = Auth::builder(config)
        .store(SqliteStore::in_pool(pool))
        .build()?;
    let app = App { auth, users };
    let router = app::router(app.clone());

    app.users.create_resets().await?;
    let (mails, outbox) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(deliver(outbox));
    let router = router.merge(reset::routes(app, mails));

    // Last, so outermost: refusals need its headers too, and a preflight has no cookies.
    let router = router.layer(cross_origin::cors(&page_origin)?);
    let port: u16 = std::env::var("PORT").map_or(Ok(8000), |port| port.parse())?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}

fn origin(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}

/// Stands for your mail service.
async fn deliver(mut outbox: tokio::sync::mpsc::UnboundedReceiver<Mail>) {
    while let Some(Mail { to, link }) = outbox.recv().await {
        println!("to {to}: {link}");
    }
}
