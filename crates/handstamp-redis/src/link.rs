//! Keeps the connection of a store: connects when it is first needed, and reconnects when the
//! connection is lost.
//!
//! Takes scripts to run and returns their answers. A task in the background reconnects; a method
//! never does.
//!
//! The driver has a manager for this. This one differs where log-ins must not hang or stay down: a
//! connection that does not answer is replaced instead of waited for; a server that refused for a
//! while, because of too many clients or a changed password, is asked again; while the server is
//! away methods fail at once; and a server that evicts is not used.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use redis::{ErrorKind, ServerErrorKind, Value};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use crate::failure::Failure;
use crate::scripts::{Call, Script};
use crate::server::{Connection, Server};

pub(crate) struct Link {
    server: Server,
    state: watch::Sender<State>,
    connections: AtomicU64,
}

#[derive(Clone)]
enum State {
    /// No task keeps a connection: none has been needed, or the runtime of the task has ended.
    Idle,
    /// The first attempt since there was a connection. Methods wait for it.
    Connecting,
    Up(Numbered),
    /// The last attempt failed. Others follow in the background, and methods do not wait.
    Down(Failure),
}

/// A connection and its number.
#[derive(Clone)]
struct Numbered {
    number: u64,
    connection: Connection,
}

impl Link {
    pub(crate) fn new(server: Server) -> Arc<Self> {
        Arc::new(Self {
            server,
            state: watch::Sender::new(State::Idle),
            connections: AtomicU64::new(0),
        })
    }

    pub(crate) fn set_timeout(&self, timeout: Duration) {
        self.server.set_timeout(timeout);
    }

    pub(crate) fn server_name(&self) -> &Arc<str> {
        &self.server.name
    }

    pub(crate) fn is_cluster(&self) -> bool {
        self.server.is_cluster()
    }

    /// Runs a script: in one round trip, and in two when the server has not loaded it.
    pub(crate) async fn run(
        self: &Arc<Self>,
        script: &Script,
        call: &Call,
        prefix: &str,
    ) -> Result<Value, Failure> {
        let Numbered {
            number,
            mut connection,
        } = self.connection().await?;
        let mut answer = connection.send(&script.by_hash(call)).await;
        if let Err(error) = &answer
            && error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)
        {
            answer = connection.send(&script.by_text(call)).await;
        }
        answer.map_err(|error| {
            if connection.is_lost_by(&error) {
                self.lose(number);
            }
            Failure::from_driver(error, prefix)
        })
    }

    async fn connection(self: &Arc<Self>) -> Result<Numbered, Failure> {
        let mut states = self.state.subscribe();
        loop {
            // Bound to a name, so that the lock is released before waiting.
            let state = states.borrow_and_update().clone();
            match state {
                State::Up(connection) => return Ok(connection),
                State::Down(failure) => return Err(failure),
                State::Idle => self.start()?,
                State::Connecting => {
                    // `self` owns the sender, so there will be a change.
                    let _ = states.changed().await;
                }
            }
        }
    }

    /// Starts a task that keeps a connection in the current runtime, unless another caller has
    /// started one.
    fn start(self: &Arc<Self>) -> Result<(), Failure> {
        let runtime = Handle::try_current().map_err(|_| Failure::NoRuntime)?;
        let is_ours = self.state.send_if_modified(|state| {
            let is_idle = matches!(state, State::Idle);
            if is_idle {
                *state = State::Connecting;
            }
            is_idle
        });
        if is_ours {
            let keeper = Keeper(Arc::downgrade(self));
            runtime.spawn(async move { keeper.keep().await });
        }
        Ok(())
    }

    /// Marks the connection with this number as lost.
    fn lose(&self, number: u64) {
        self.state.send_if_modified(|state| {
            let is_current = matches!(state, State::Up(up) if up.number == number);
            if is_current {
                *state = State::Connecting;
            }
            is_current
        });
    }
}

/// The task that keeps a connection for as long as the link exists.
struct Keeper(Weak<Link>);

impl Keeper {
    async fn keep(&self) {
        let mut log = Log::default();
        let mut pause = Duration::ZERO;
        loop {
            sleep(pause).await;
            let Some(link) = self.0.upgrade() else { return };
            let began = Instant::now();
            let failure = match link.connect(&mut log).await {
                Ok(up) => {
                    log.up(&link.server.name);
                    let connection = up.clone();
                    link.state.send_replace(State::Up(up));
                    // From here on the link may be dropped.
                    drop(link);
                    self.watch(connection, &mut log).await
                }
                Err(failure) => Some(failure),
            };
            if let Some(failure) = failure {
                let Some(link) = self.0.upgrade() else { return };
                log.down(&link.server.name, &failure);
                link.state.send_replace(State::Down(failure));
            }
            // A connection that has lasted is replaced at once.
            pause = if began.elapsed() > LASTED {
                Duration::ZERO
            } else {
                (pause * 2).clamp(SHORTEST_PAUSE, LONGEST_PAUSE)
            };
        }
    }

    /// Waits until the connection is lost. Returns a failure if it must not be used any more.
    async fn watch(&self, mut up: Numbered, log: &mut Log) -> Option<Failure> {
        let mut states = self.0.upgrade()?.state.subscribe();
        let is_over =
            |state: &State| !matches!(state, State::Up(current) if current.number == up.number);
        loop {
            let is_due = timeout(CHECK_EVERY, states.wait_for(is_over))
                .await
                .is_err();
            if !is_due {
                return None;
            }
            let name = Arc::clone(&self.0.upgrade()?.server.name);
            match up.connection.check().await {
                Ok(all_say) => log.checked(&name, all_say),
                Err(failure) => return Some(failure),
            }
        }
    }
}

impl Link {
    /// Connects to servers that may keep sessions.
    async fn connect(self: &Arc<Self>, log: &mut Log) -> Result<Numbered, Failure> {
        let number = self.connections.fetch_add(1, Ordering::Relaxed);
        let link = Arc::downgrade(self);
        let lost = move || {
            if let Some(link) = link.upgrade() {
                link.lose(number);
            }
        };
        let mut connection = self.server.connect(lost).await?;
        log.checked(&self.server.name, connection.check().await?);
        Ok(Numbered { number, connection })
    }
}

/// Returns to idle if the task ends early, as it does when its runtime ends. The next method starts
/// another, in its own runtime.
impl Drop for Keeper {
    fn drop(&mut self) {
        if let Some(link) = self.0.upgrade() {
            link.state.send_replace(State::Idle);
        }
    }
}

/// Logs a lasting state once.
#[derive(Default)]
struct Log {
    failure: Option<String>,
    said_unchecked: bool,
}

impl Log {
    fn down(&mut self, server: &str, failure: &Failure) {
        let failure = failure.to_string();
        if self.failure.as_ref() != Some(&failure) {
            tracing::warn!(server, failure, "no sessions: Redis cannot be used");
            self.failure = Some(failure);
        }
    }

    fn up(&mut self, server: &str) {
        if self.failure.take().is_some() {
            tracing::info!(server, "Redis can be used again");
        }
    }

    fn checked(&mut self, server: &str, all_say: bool) {
        if !all_say && !self.said_unchecked {
            tracing::warn!(
                server,
                "INFO does not say whether Redis evicts: make sure that its maxmemory-policy is noeviction"
            );
            self.said_unchecked = true;
        }
    }
}

const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
/// How long a server may be back before it is used again.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
const LASTED: Duration = Duration::from_secs(2);
/// Detects a server that was reconfigured to evict, or that is gone without notice, even without
/// requests.
const CHECK_EVERY: Duration = Duration::from_secs(30);
