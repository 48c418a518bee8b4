//! The binary `handstamp`: a login service with cookies and JWTs, and a page to try it with.

mod accounts;
mod arguments;
mod ask_password;
mod client_address;
mod clock;
mod database;
mod demo_users;
mod devices;
mod environment;
mod failure;
mod health;
mod hex;
mod log_in;
mod page;
mod password;
mod purge;
mod refusal;
mod routes;
mod secret_file;
mod serve;
mod sessions;
mod settings;
mod start;
mod storage;
#[cfg(test)]
mod testing;
mod throttle;
mod user_name;
mod users;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

use crate::arguments::{Arguments, Command};
use crate::failure::Failure;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(FILTER));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { status, message }) => {
            eprintln!("handstamp: {message}");
            ExitCode::from(status)
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let Arguments {
        command,
        serving,
        storage,
    } = arguments;
    match command {
        None => start::serve(serving, &storage).await,
        Some(_) if serving.is_asked_for() => {
            let problem = "--listen and --trusted-proxy are for serving, and this command does not";
            Err(Failure::wrong_setting(problem))
        }
        Some(Command::User { command }) => accounts::run(command, &storage).await,
    }
}

/// PostgreSQL tells at level `info` that nothing is the matter.
const FILTER: &str = "info,sqlx=warn";
