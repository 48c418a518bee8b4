//! The binary `handstamp`: login with cookies and JWTs, and a page to try it with.

mod demo;
mod page;
mod serve;
mod settings;

use std::error::Error;
use std::io::{ErrorKind, IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use clap::Parser;
use handstamp_axum::Auth;
use tokio::net::TcpListener;
use tower_http::timeout::TimeoutLayer;
use tracing_subscriber::EnvFilter;

use crate::settings::Reach;

/// Login with cookies and JWTs.
///
/// Every JWT_* and HANDSTAMP_* variable of the environment is a setting; a wrong one stops the start and is named
/// together with all others. While it listens on a loopback address, and has no public origin, it has the users
/// user1/password1 and user2/password2. A page at / is there to try them with.
#[derive(Debug, Parser)]
#[command(
    name = "handstamp",
    version,
    after_help = "RUST_LOG=handstamp=debug tells why requests are refused."
)]
struct Arguments {
    /// Address and port to listen on; port 0 takes a free one [default: 127.0.0.1 and $PORT, else 8000]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
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
    let address = match arguments.listen {
        Some(address) => address,
        None => SocketAddr::from(([127, 0, 0, 1], port()?)),
    };
    // The configuration is judged before the port is taken: a wrong one never serves a request.
    let environment: Vec<_> = std::env::vars_os().collect();
    let reach = Reach::new(address, &environment);
    let config = settings::config(reach, environment).map_err(Failure::wrong_setting)?;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| Failure::cannot_listen(address, &error))?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::cannot_listen(address, &error))?;

    let users = match reach {
        Reach::Loopback => demo::USERS,
        Reach::Public => {
            let (reason, cure) = if address.ip().is_loopback() {
                ("HANDSTAMP_PUBLIC_ORIGIN is set".to_owned(), "remove it")
            } else {
                let reason = format!("{address} is not a loopback address");
                (reason, "listen on 127.0.0.1")
            };
            tracing::warn!(
                "{reason}: the demo users do not exist, so nobody can log in; for the demo, {cure}"
            );
            &[]
        }
    };
    let app = Router::new()
        .merge(demo::routes(Auth::new(config), users))
        .merge(page::routes())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            REQUEST_TIMEOUT,
        ));

    // Whoever started it may have closed standard output; that is no reason to end.
    let _ = writeln!(std::io::stdout(), "handstamp listening on http://{address}");
    serve::until_signal(listener, app, REQUEST_TIMEOUT)
        .await
        .map_err(|error| Failure {
            status: 1,
            message: error.to_string(),
        })
}

fn port() -> Result<u16, Failure> {
    match std::env::var("PORT") {
        Ok(port) => port.parse().map_err(|_| {
            Failure::wrong_setting(format!("PORT={port:?}: not a number from 0 to 65535"))
        }),
        Err(_) => Ok(8000),
    }
}

/// Why the program ends, for the one who started it. Status 2: a wrong setting. Status 1: everything else.
struct Failure {
    status: u8,
    message: String,
}

impl Failure {
    fn wrong_setting(problem: impl Into<Box<dyn Error>>) -> Self {
        Self {
            status: 2,
            message: problem.into().to_string(),
        }
    }

    fn cannot_listen(address: SocketAddr, error: &std::io::Error) -> Self {
        let message = match error.kind() {
            ErrorKind::AddrInUse => {
                format!(
                    "another program listens on {address} already; stop it, or choose another port with --listen"
                )
            }
            _ => format!("cannot listen on {address}: {error}"),
        };
        Self { status: 1, message }
    }
}

/// A client that does not finish its request in this time is told so, and its connection freed.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
