//! A small application with accounts of its own, to be copied: sign-up, log-in, roles, notes.
//!
//! `JWT_SECRET_KEY=$(openssl rand -hex 32) cargo run`, and open <http://localhost:8000>. The file
//! README.md says what each file is for.

mod admin;
mod app;
mod attempts;
mod client_address;
mod confirm;
mod database;
mod error;
mod health;
mod id;
mod json;
mod log_in;
mod me;
mod notes;
mod page;
mod password_change;
mod passwords;
mod refresh;
mod roles;
mod serve;
mod settings;
mod shutdown;
mod sign_up;
mod users;

#[cfg(test)]
mod tests;

use std::process::ExitCode;

use handstamp_axum::Auth;
use handstamp_sqlx::SqliteStore;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use app::App;
use roles::Role;
use settings::Settings;
use shutdown::Stop;

#[tokio::main]
async fn main() -> ExitCode {
    // Why a request was refused is logged at `debug`: a line for each, which is for developing. In
    // production RUST_LOG=info has what operators must know, within limits.
    let filter = EnvFilter::try_from_default_env();
    let filter = filter.unwrap_or_else(|_| EnvFilter::new("info,handstamp::refusals=debug"));
    tracing_subscriber::fmt().with_env_filter(filter).init();

    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        [] => serve().await,
        ["grant-admin", name] => grant_admin(name).await,
        _ => Err("usage: starter [grant-admin NAME]".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), Box<dyn std::error::Error>> {
    let stop = Stop::listen()?;
    let settings = Settings::from_env()?;
    let pool = database::open(&settings.database).await?;
    // Sessions are in the same database: nothing else has to be backed up.
    let sessions = SqliteStore::in_pool(pool.clone());
    let auth = Auth::builder(settings.config).store(sessions).build()?;
    let app = App::new(auth, pool.clone(), settings.behind_proxy)?;
    tokio::spawn(app.clone().purge());

    let listener = TcpListener::bind(settings.listen).await?;
    tracing::info!("open http://{}", listener.local_addr()?);
    tokio::select! {
        // Open requests finish.
        () = serve::serve(listener, app.router(), stop.clone()) => {}
        () = stop.grace_is_over() => tracing::warn!("some requests did not finish"),
    }
    pool.close().await;
    Ok(())
}

/// Makes a user an administrator: there is no other way to the first one.
async fn grant_admin(name: &str) -> Result<(), Box<dyn std::error::Error>> {
    let pool = database::open(&Settings::database()).await?;
    let users = users::Users::new(pool);
    let Some(user) = users.by_name(name).await? else {
        return Err(format!("there is no user {name}: sign up first").into());
    };
    users.set_role(user.id, Role::Admin).await?;
    println!("{name} is an administrator, from the next log-in or refresh on");
    Ok(())
}
