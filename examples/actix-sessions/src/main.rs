//! A small application with accounts of its own, to be copied: the example `starter` for actix-web.
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
mod sign_up;
mod users;

#[cfg(test)]
mod tests;

use std::process::ExitCode;

use handstamp_actix::Auth;
use handstamp_sqlx::SqliteStore;
use tracing_subscriber::EnvFilter;

use app::App;
use roles::Role;
use settings::Settings;

#[actix_web::main]
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
        _ => Err("usage: actix-sessions [grant-admin NAME]".into()),
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
    let settings = Settings::from_env()?;
    let pool = database::open(&settings.database).await?;
    // Sessions are in the same database: nothing else has to be backed up.
    let sessions = SqliteStore::in_pool(pool.clone());
    let auth = Auth::builder(settings.config).store(sessions).build()?;
    let app = App::new(auth, pool.clone(), settings.behind_proxy)?;
    actix_web::rt::spawn(app.clone().purge());

    serve::serve(app, settings.listen).await?;
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
