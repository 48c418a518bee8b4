//! The application of the pages `existing-app`, `passwords-and-roles`, `step-up` and `testing`, on
//! actix-web. The tables and the hashes are those of the application on axum.

mod app;
mod error;
mod log_in;
mod passwords;
mod roles;
mod users;

mod account;
mod admin;
mod keep_session;
mod step_up;
#[cfg(test)]
mod tests;

use std::time::Duration;

use actix_web::{App, HttpServer, web};
use handstamp_actix::{Auth, Config};
use handstamp_sqlx::SqliteStore;
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

use crate::users::Users;

#[actix_web::main]
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
    let users = web::Data::new(Users::in_pool(pool.clone()).await?);

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

    let app = move || {
        App::new()
            .wrap(auth.no_store()) // what a user saw is in no cache
            .app_data(auth.clone()) // for the extractors of handstamp
            .app_data(users.clone()) // for `Current` and the handlers
            .configure(app::routes(&auth))
    };
    HttpServer::new(app).bind("127.0.0.1:8000")?.run().await?;
    Ok(())
}
