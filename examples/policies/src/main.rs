//! AuthX's page on policies: two kinds of users, and policies that decide what they may do, in
//! files that are read again at SIGHUP.
//!
//! `JWT_SECRET_KEY=$(openssl rand -hex 32) cargo run -p policies`. Settings: `PORT` (8000),
//! `POLICIES` (the folder), `JWT_*`, `HANDSTAMP_*`.

mod app;
mod policies;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use handstamp_axum::handstamp::clock::SystemClock;
use handstamp_axum::{Auth, Config};
use handstamp_cedar::Policies;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The log says why a request was denied.
    let filter = "info,handstamp::refusals=debug";
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let port: u16 = std::env::var("PORT").map_or(Ok(8000), |port| port.parse())?;
    // Ports of one host share cookies, so at another port the names of ours end with it.
    let suffix = match port {
        0 | 8000 => String::new(),
        port => format!("_{port}"),
    };
    let auth = Auth::new(
        Config::builder()
            .cookie_secure(false) // for http://localhost only
            .cookie_suffix(suffix)
            .env()
            .build()?,
    )?;
    let ours = concat!(env!("CARGO_MANIFEST_DIR"), "/policies");
    let folder = std::env::var_os("POLICIES").map_or_else(|| ours.into(), PathBuf::from);
    let policies = policies::read(&folder)?; // says every mistake, with file and line
    tokio::spawn(reload_at_hangup(policies.clone()));
    let app = app::router(auth, policies, Arc::new(SystemClock::default()));

    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    serve::serve(listener, app, std::future::pending()).await;
    Ok(())
}

/// Reads the files again at each `kill -HUP`. With a mistake in them the old policies stay.
#[cfg(unix)]
async fn reload_at_hangup(policies: Policies) {
    use tokio::signal::unix::{SignalKind, signal};

    let Ok(mut hangups) = signal(SignalKind::hangup()) else {
        return;
    };
    while hangups.recv().await.is_some() {
        if let Err(error) = policies.reload() {
            tracing::error!("the policies stay as they were: {error}");
        }
    }
}

/// Other systems have no such signal: there the service is restarted.
#[cfg(not(unix))]
async fn reload_at_hangup(_: Policies) {}
