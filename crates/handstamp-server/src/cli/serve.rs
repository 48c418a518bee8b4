//! Serving, which is what the program does without a command.
//!
//! It turns arguments and environment into an application, in the order in which mistakes are
//! best found: settings, then storage, then the port.

use std::io::{ErrorKind, Write as _};
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use axum::Router;
use handstamp_axum::handstamp::limit::TrustedProxies;
use handstamp_axum::{Auth, handstamp};
use tokio::net::TcpListener;

use super::arguments::{ServeArguments, StorageArguments};
use super::environment::Environment;
use super::failure::Failure;
use super::monitoring::Monitoring;
use super::plan::{self, Plan};
use super::settings::Exposure;
use super::{audit, storage};
use crate::accounts::demo_users::{self, DemoUsers};
use crate::accounts::known_devices::KnownDevices;
use crate::accounts::log_in::LogIn;
use crate::accounts::purge::{ClockCheck, Purge};
use crate::accounts::throttle::Throttle;
use crate::accounts::users::Users;
use crate::audit::{AuditLog, By, Event, Record, record_session_event};
use crate::http::connections;
use crate::http::shutdown::ShutdownSignal;
use crate::http::{self, AppState, Dependencies};
use crate::monitoring::LogIns;
use crate::storage::audit_place;
use crate::storage::database::Database;
use crate::storage::missing::Missing;
use crate::storage::secret_file;
use crate::storage::session_place;
use crate::storage::sessions::Sessions;

/// Serves until a signal ends the process, which may come before it listens.
pub(super) async fn execute(
    arguments: ServeArguments,
    storage: &StorageArguments,
) -> Result<(), Failure> {
    let mut shutdown = ShutdownSignal::new().map_err(Failure::new)?;
    let server = tokio::select! {
        server = Server::start(arguments, storage) => server?,
        () = shutdown.recv() => return Ok(()),
    };
    server.run(shutdown).await;
    Ok(())
}

/// Everything that is open while the program serves.
struct Server {
    listener: TcpListener,
    router: Router,
    metrics: Monitoring,
    auth: Auth,
    clock: ClockCheck,
    database: Database,
    throttle: Throttle,
    audit: AuditLog,
}

impl Server {
    async fn start(arguments: ServeArguments, storage: &StorageArguments) -> Result<Self, Failure> {
        let environment = Environment::of_this_process();
        let url = storage.database_url(&environment, Missing::Create)?;
        let redis = storage.redis(&environment)?;
        let audit_log = storage.audit_log(&environment);
        let collector = plan::collector(&arguments, &environment)?;
        let plan = Plan::new(&arguments, environment, &url, secret_file::read_or_create).await?;
        log_choices(&plan);
        let Plan {
            address,
            metrics,
            exposure,
            settings,
            throttle_key,
            kept_key,
        } = plan;
        let transport = settings.transport();
        let implicit_refresh = settings.implicit_refresh();
        let has_usual_checks = settings.has_usual_checks();
        let kept_key = kept_key.map(|(path, _)| path);
        let (config, warnings) = plan::check(settings, exposure, metrics, kept_key.as_deref())?;
        for warning in warnings {
            tracing::warn!("{warning}");
        }
        let audit = audit::open(audit_log.as_deref()).map_err(Failure::usage)?;
        let (database, is_new) = storage::open_database(&url, Missing::Create).await?;
        if is_new {
            tracing::info!("a new database was created in {url}");
        }
        let limits = storage::open_limits(&url, &database).await?;
        let throttle = Throttle::new(limits);
        let place = session_place::text(redis.as_ref());
        let sessions = storage::open_sessions(&url, redis).await?;
        warn_unless_ready(&sessions, &place).await;
        let listener = listen(address, "--listen").await?;
        let metrics = Monitoring::open(metrics, collector.as_ref()).await?;
        let address = listener.local_addr().map_err(Failure::new)?;
        let is_here = place == session_place::HERE;
        if is_here {
            tracing::info!("users and sessions are kept in {url}");
        } else {
            tracing::info!("users are kept in {url}, sessions in {place}");
        }
        if let Some(former) = session_place::record(&database, &place).await? {
            tracing::warn!(
                "sessions were kept in {former}, and from now on they are kept in {place}: the sessions that are there have \
                 ended for this server, and users log in again. Servers that share a database of users need the same \
                 session store"
            );
        }
        audit_place::record(&database, audit_log.as_deref()).await?;
        let users = Users::new(database.clone());
        let demo_users = demo_users(&arguments, exposure, address, &users).await?;
        if !demo_users.exist(&users).await? {
            demo_users::revoke_sessions(&users, &sessions).await?;
        }

        let auth = handstamp::Auth::builder(config).store(sessions.store());
        let log = audit.clone();
        let auth = auth.on_session_event(move |event| record_session_event(&log, event));
        let auth = Auth::from(auth.build().map_err(Failure::usage)?);
        let state = AppState {
            auth: auth.clone(),
            log_in: LogIn::new(&database, throttle.clone(), throttle_key, demo_users)
                .audited_by(audit.clone()),
            proxies: TrustedProxies::new(arguments.trusted_proxy),
            has_usual_checks,
            audit: audit.clone(),
            log_ins: LogIns::new(),
        };
        let dependencies = Dependencies {
            database: database.clone(),
            sessions,
            audit: audit.clone(),
        };
        let router = http::router(&state, dependencies, implicit_refresh, transport);

        let started = Record::new(Event::ServerStarted, By::Service);
        let started = started.of_version(env!("CARGO_PKG_VERSION"));
        // A node that is restarted while the disk is full serves all but log-ins. The error is
        // logged where it occurs.
        let _ = audit.record_and_wait(started).await;

        // Standard output may be closed, or its reader stall, which is no reason not to serve.
        thread::spawn(move || {
            let _ = writeln!(std::io::stdout(), "handstamp listening on http://{address}");
        });
        Ok(Self {
            listener,
            router,
            metrics,
            auth,
            clock: ClockCheck::new(is_here.then(|| database.clone())),
            database,
            throttle,
            audit,
        })
    }

    async fn run(self, mut shutdown: ShutdownSignal) {
        let devices = KnownDevices::new(self.database.clone());
        let purge = Purge::start(self.throttle, devices, self.auth, self.clock);
        let metrics = self.metrics.start();
        connections::serve(self.listener, self.router, shutdown.recv()).await;
        purge.stop().await;
        let stopped = Record::new(Event::ServerStopped, By::Service);
        self.audit.stop(stopped).await;
        // A request that was abandoned may still hold a connection.
        if tokio::time::timeout(CLOSE_TIMEOUT, self.database.close())
            .await
            .is_err()
        {
            tracing::warn!("the database was closed before it had answered all queries");
        }
        // Last: a collector may be silent.
        metrics.stop().await;
    }
}

/// Logs what the program chose by itself.
fn log_choices(plan: &Plan) {
    if let Some((path, is_new)) = &plan.kept_key {
        let path = path.display();
        if *is_new {
            tracing::info!("JWT_SECRET_KEY is not set: a random key was created in {path}");
        } else {
            tracing::info!("JWT_SECRET_KEY is not set: the key in {path} is used");
        }
    }
    if let Some(suffix) = plan.settings.own_suffix() {
        tracing::info!(
            "the names of the cookies end with {suffix}: ports of one host share cookies"
        );
    }
}

/// Asks the store of sessions for a sign of life, and warns if there is none. The database was
/// asked when it was opened, and without it nothing starts; Redis has not been asked yet.
///
/// The server starts all the same, and answers 503 until the store is back, which it notices by
/// itself: a node that is restarted while Redis is down must not stay down after it.
async fn warn_unless_ready(sessions: &Sessions, place: &str) {
    let error = match tokio::time::timeout(SIGN_OF_LIFE, sessions.ping()).await {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} s", SIGN_OF_LIFE.as_secs()),
    };
    tracing::warn!(
        error,
        "the sessions in {place} cannot be used: log-ins and requests with a token are answered with 503 until they can. \
         It is tried again by itself; GET /readyz says how it is"
    );
}

/// Returns whether the demo users exist, and warns of the consequence while there is no other user.
async fn demo_users(
    arguments: &ServeArguments,
    exposure: Exposure,
    address: SocketAddr,
    users: &Users,
) -> Result<DemoUsers, Failure> {
    let is_demo = exposure == Exposure::Loopback && !arguments.no_demo;
    let is_empty = users.is_empty().await?;
    if is_demo && users.is_unused().await? {
        // Requests that show no sign of a proxy cannot be told from those of this host.
        tracing::warn!(
            "everyone who reaches port {}, also through a proxy, can log in as the demo users user1 and user2, until the \
             first user is added. --no-demo removes them",
            address.port()
        );
    } else if is_empty {
        let (reason, help) = if is_demo {
            let reason = "all users were removed".to_owned();
            (reason, "name a new database with --database")
        } else if arguments.no_demo {
            ("--no-demo is given".to_owned(), "leave it out")
        } else if !address.ip().is_loopback() {
            let reason = format!("{address} is not a loopback address");
            (reason, "listen on 127.0.0.1")
        } else if arguments.trusted_proxy.is_empty() {
            if arguments.public_origin.is_some() {
                ("--public-origin is given".to_owned(), "leave it out")
            } else {
                ("HANDSTAMP_PUBLIC_ORIGIN is set".to_owned(), "remove it")
            }
        } else {
            ("--trusted-proxy is given".to_owned(), "leave it out")
        };
        tracing::warn!(
            "{reason}: the demo users do not exist, and no user can log in. Add one with `handstamp user add NAME`, or for \
             the demo, {help}"
        );
    }
    Ok(if is_demo {
        DemoUsers::UntilFirstUser
    } else {
        DemoUsers::Never
    })
}

pub(super) async fn listen(address: SocketAddr, option: &str) -> Result<TcpListener, Failure> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => Failure::new(format!(
            "another program listens on {address}; stop it, or choose another port with {option}"
        )),
        ErrorKind::AddrNotAvailable => Failure::new(format!(
            "cannot listen on {address}: this host does not have that address. Give another one with {option}, such as \
             127.0.0.1:{port} for this host alone or 0.0.0.0:{port} for all of its addresses",
            port = address.port()
        )),
        ErrorKind::PermissionDenied => Failure::new(format!(
            "cannot listen on {address}: {error}. Ports below 1024 need a right that this user does not have: choose \
             another with {option}, behind a proxy"
        )),
        _ => Failure::new(format!(
            "cannot listen on {address}: {error}. Choose another address with {option}"
        )),
    })
}

const SIGN_OF_LIFE: Duration = Duration::from_secs(2);
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);
