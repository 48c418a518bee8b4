//! The binary `handstamp`: a login service with cookies and JWTs, and a page to try it with.
//!
//! Four modules, each of which imports only those below it: `cli`, `http`, `accounts`, `storage`.

mod accounts;
mod cli;
mod http;
mod storage;

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

use crate::cli::{Arguments, Failure};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // An empty variable, as files of variables have it, counts as not set.
    let filter = std::env::var(EnvFilter::DEFAULT_ENV).unwrap_or_default();
    let filter = if filter.is_empty() { FILTER } else { &filter };
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new(FILTER));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        // Would write to standard error as well, and panic where its reader has gone: a terminal
        // that was closed, a full disk. The log is then lost, and not the service.
        .log_internal_errors(false)
        .init();
    match cli::execute(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { status, message }) => {
            // The status says it as well.
            let _ = writeln!(std::io::stderr(), "handstamp: {message}");
            ExitCode::from(status)
        }
    }
}

/// sqlx logs notices of PostgreSQL at level `info`, also those about tables that exist already.
const FILTER: &str = "info,sqlx=warn";
