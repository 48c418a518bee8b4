//! From the command line to a server that listens, and to its end.

use std::io::{ErrorKind, Write as _};
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use handstamp_axum::{Auth, Config, handstamp};
use tokio::net::TcpListener;
use tower_http::timeout::TimeoutLayer;

use super::storage;
use crate::accounts::log_in::{DemoUsers, LogIn};
use crate::accounts::purge::Purge;
use crate::accounts::throttle::Throttle;
use crate::accounts::users::Users;
use crate::cli::arguments::{Serving, Storage};
use crate::cli::environment::Environment;
use crate::cli::failure::Failure;
use crate::cli::settings::{self, Reach};
use crate::http::client_address::TrustedProxies;
use crate::http::log_in::Style;
use crate::http::routes::{self, App};
use crate::http::server::{self, Stop};
use crate::http::{health, page};
use crate::storage::database::Database;
use crate::storage::database_url::Location;
use crate::storage::secret_file::{self, Kept};
use crate::storage::sessions::Sessions;

/// Serves until a signal ends it, also one that comes before it listens.
pub(crate) async fn serve(serving: Serving, storage: &Storage) -> Result<(), Failure> {
    let mut stop = Stop::new().map_err(Failure::new)?;
    let server = tokio::select! {
        server = Server::start(serving, storage) => server?,
        () = stop.asked() => return Ok(()),
    };
    server.run(stop).await;
    Ok(())
}

/// All that is open while it serves.
struct Server {
    listener: TcpListener,
    app: Router,
    auth: Auth,
    database: Database,
}

impl Server {
    async fn start(serving: Serving, storage: &Storage) -> Result<Self, Failure> {
        let environment = Environment::of_this_process();
        let address = match serving.listen {
            Some(address) => address,
            None => SocketAddr::from(([127, 0, 0, 1], port()?)),
        };
        let reach = Reach::new(address, &environment);
        let location = storage.location(&environment)?;
        let redis = storage.redis(&environment)?;
        // The configuration is judged before the port is taken: a wrong one never serves a request.
        let config = configure(reach, &location, &environment)?;
        let database = storage::open(&location).await?;
        let place_of_sessions = redis.as_ref().map(|redis| format!("{redis:?}"));
        let sessions = Sessions::open(&location, redis).await?;
        let listener = listen(address).await?;
        let address = listener.local_addr().map_err(Failure::new)?;
        match place_of_sessions {
            None => tracing::info!("users and sessions are kept in {location}"),
            Some(redis) => tracing::info!("users are kept in {location}, sessions in {redis}"),
        }
        let users = Users::new(database.clone());
        let demo_users = demo_users(reach, address, &users).await?;
        if !demo_users.exist(&users).await? {
            sessions.end_those_of_the_demo(&users).await?;
        }

        let auth = handstamp::Auth::builder(config).store(sessions.store());
        let auth = Auth::from(auth.build());
        let app = App {
            auth: auth.clone(),
            log_in: LogIn::new(&database, demo_users),
            proxies: TrustedProxies::new(serving.trusted_proxy),
            style: Style::of(&environment),
        };
        let mut routes = routes::routes(app);
        if settings::ask_for_implicit_refresh(&environment) {
            routes = routes.layer(auth.implicit_refresh());
        }
        let app = Router::new()
            .merge(routes)
            .merge(page::routes())
            .merge(health::routes(database.clone(), sessions))
            .layer(TimeoutLayer::with_status_code(
                StatusCode::REQUEST_TIMEOUT,
                REQUEST_TIMEOUT,
            ));

        // Whoever started it may have closed standard output; that is no reason to end.
        let _ = writeln!(std::io::stdout(), "handstamp listening on http://{address}");
        Ok(Self {
            listener,
            app,
            auth,
            database,
        })
    }

    async fn run(self, stop: Stop) {
        let purge = Purge::start(Throttle::new(self.database.clone()), self.auth);
        server::until_signal(self.listener, self.app, REQUEST_TIMEOUT, stop).await;
        purge.stop().await;
        // Requests that were given up may still hold a connection.
        if tokio::time::timeout(CLOSING, self.database.close())
            .await
            .is_err()
        {
            tracing::warn!("the database was left before it had answered everything");
        }
    }
}

/// The settings of the environment, with a key that is kept beside the database when they have none.
fn configure(
    reach: Reach,
    location: &Location,
    environment: &Environment,
) -> Result<Config, Failure> {
    let secret = if settings::name_a_key(environment) {
        None
    } else {
        let Some(path) = location.secret_file() else {
            return Err(Failure::wrong_setting(NO_KEY));
        };
        let kept = secret_file::read_or_make(&path).map_err(Failure::wrong_setting)?;
        let path = path.display();
        Some(match kept {
            Kept::Found(secret) => {
                tracing::info!("JWT_SECRET_KEY is not set: the one kept in {path} is used");
                secret
            }
            Kept::Made(secret) => {
                tracing::info!(
                    "JWT_SECRET_KEY is not set: a random one is used, and kept in {path}"
                );
                secret
            }
        })
    };
    settings::config(reach, secret, environment).map_err(Failure::wrong_setting)
}

fn port() -> Result<u16, Failure> {
    match std::env::var("PORT") {
        Ok(port) => port.parse().map_err(|_| {
            Failure::wrong_setting(format!("PORT={port:?}: not a number from 0 to 65535"))
        }),
        Err(_) => Ok(8000),
    }
}

/// Whether the demo users exist, which is said when nobody else does.
async fn demo_users(
    reach: Reach,
    address: SocketAddr,
    users: &Users,
) -> Result<DemoUsers, Failure> {
    if reach == Reach::Loopback {
        return Ok(DemoUsers::UntilFirstUser);
    }
    if users.is_empty().await? {
        let (reason, cure) = if address.ip().is_loopback() {
            ("HANDSTAMP_PUBLIC_ORIGIN is set".to_owned(), "remove it")
        } else {
            let reason = format!("{address} is not a loopback address");
            (reason, "listen on 127.0.0.1")
        };
        tracing::warn!(
            "{reason}: the demo users do not exist, so nobody can log in; add somebody with `handstamp user add NAME`, \
             or for the demo, {cure}"
        );
    }
    Ok(DemoUsers::Never)
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => Failure::new(format!(
            "another program listens on {address} already; stop it, or choose another port with --listen"
        )),
        _ => Failure::new(format!("cannot listen on {address}: {error}")),
    })
}

const NO_KEY: &str = "JWT_SECRET_KEY is not set: several servers may share a database of PostgreSQL, and all of them need \
                      the same key. Set it for each, for example to what `openssl rand -hex 32` prints";

/// A client that does not finish its request in this time is told so, and its connection freed.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
const CLOSING: Duration = Duration::from_secs(3);
