//! The application of the pages `existing-app`, `passwords-and-roles`, `step-up` and `testing`: own
//! users in SQLite, roles, a password change. Each file is shown there as it stands here.

mod app;
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

    // JWT_SECRET_KEY and the like; every mistake is reported at once.
    let config = Config::from_env()?;
    let auth = Auth::builder(config)
        .store(SqliteStore::in_pool(pool))
        .build()?;
    let app = App { auth, users };
    let router = app::router(app.clone());

    app.users.create_resets().await?;
    let (mails, outbox) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(deliver(outbox));
    let router = router.merge(reset::routes(app, mails));

    let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    axum::serve(listener, router).await?;
    Ok(())
}

/// Stands for your mail service.
async fn deliver(mut outbox: tokio::sync::mpsc::UnboundedReceiver<Mail>) {
    while let Some(Mail { to, link }) = outbox.recv().await {
        println!("to {to}: {link}");
    }
}
