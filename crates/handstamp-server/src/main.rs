//! The binary `handstamp`: a login service with cookies and JWTs, and a page to try it with.

mod accounts;
mod cli;
mod http;
mod storage;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

use crate::cli::arguments::{Arguments, Command};
use crate::cli::failure::Failure;
use crate::cli::{serve, user};

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
        None => serve::serve(serving, &storage).await,
        Some(_) if serving.is_asked_for() => {
            let problem = "--listen and --trusted-proxy are for serving, and this command does not";
            Err(Failure::wrong_setting(problem))
        }
        Some(Command::User { command }) => user::run(command, &storage).await,
    }
}

/// PostgreSQL tells at level `info` that nothing is the matter.
const FILTER: &str = "info,sqlx=warn";
