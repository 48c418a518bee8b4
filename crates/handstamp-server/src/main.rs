//! The binary `handstamp`: a login service with cookies and JWTs, and a page to try it with.
//!
//! Five modules, each of which imports only those below it: `cli`, `http`, `accounts`, `audit`,
//! `storage`. Two more, `log` and `monitoring`, import none of them.

mod accounts;
mod audit;
mod cli;
mod http;
mod log;
mod monitoring;
mod storage;

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use tracing_subscriber::EnvFilter;

use crate::cli::{Arguments, Failure};
use crate::log::Log;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::of_this_process();
    // An empty variable, as files of variables have it, counts as not set.
    let filter = std::env::var(EnvFilter::DEFAULT_ENV).unwrap_or_default();
    let filter = if filter.is_empty() { FILTER } else { &filter };
    let (filter, invalid) = match EnvFilter::try_new(filter) {
        Ok(filter) => (filter, None),
        Err(error) => (EnvFilter::new(FILTER), Some(error)),
    };
    let log = Log::start(std::io::stderr());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(Arc::clone(&log))
        // Would write to standard error as well: wait for its reader, or panic where that has gone.
        .log_internal_errors(false)
        .init();
    if let Some(error) = invalid {
        tracing::warn!(%error, "RUST_LOG is no filter, so {FILTER} is used. Write for example info,handstamp=debug");
    }
    let status = match cli::execute(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { status, message }) => {
            let message = format!("handstamp: {message}\n");
            // The status says it as well.
            let _ = (&*log).write_all(message.as_bytes());
            ExitCode::from(status)
        }
    };
    log.flush();
    status
}

/// sqlx logs notices of PostgreSQL at level `info`, also those about tables that exist already.
const FILTER: &str = "info,sqlx=warn";
