//! Connects to one server or a cluster, and checks that it may keep sessions.
//!
//! Keeps no connection: that is the task of [`link`](crate::link).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use redis::aio::{ConnectionLike as _, MultiplexedConnection};
use redis::{AsyncConnectionConfig, Client, Cmd, PushInfo, PushKind, RedisError, Value};
use tokio::time::timeout;

use crate::failure::Failure;
use crate::fitness::{Info, Replicas};
use crate::url::{self, RedisUrlError};

/// The server or cluster of a store.
pub(crate) struct Server {
    /// Host and port, for errors and logs.
    pub(crate) name: Arc<str>,
    target: Target,
    /// How long a method may take, in milliseconds.
    timeout: AtomicU64,
}

#[allow(clippy::large_enum_variant, reason = "a store has one target")]
enum Target {
    Single(Client),
    #[cfg(feature = "cluster")]
    Cluster(Vec<redis::ConnectionInfo>),
}

/// A connection, which many callers may use at once.
#[derive(Clone)]
pub(crate) enum Connection {
    Single(MultiplexedConnection),
    #[cfg(feature = "cluster")]
    Cluster(redis::cluster_async::ClusterConnection),
}

impl Server {
    pub(crate) fn is_cluster(&self) -> bool {
        !matches!(self.target, Target::Single(_))
    }

    pub(crate) fn single(url: &str) -> Result<Self, RedisUrlError> {
        let info = url::read(url)?;
        let name = info.addr().to_string().into();
        let client = Client::open(info).map_err(|error| RedisUrlError::from_driver(&error))?;
        Ok(Self {
            name,
            target: Target::Single(client),
            timeout: AtomicU64::default(),
        })
    }

    #[cfg(feature = "cluster")]
    pub(crate) fn cluster<'a>(
        urls: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, RedisUrlError> {
        let nodes: Vec<_> = urls.into_iter().map(url::read).collect::<Result<_, _>>()?;
        let names: Vec<_> = nodes.iter().map(|node| node.addr().to_string()).collect();
        // Built here to find mistakes in the URLs.
        cluster_client(&nodes, UNKNOWN).map_err(|error| RedisUrlError::from_driver(&error))?;
        Ok(Self {
            name: names.join(", ").into(),
            target: Target::Cluster(nodes),
            timeout: AtomicU64::default(),
        })
    }

    /// Takes the time that a method may take. The longest counts, and it holds from the next
    /// connection on.
    pub(crate) fn set_timeout(&self, timeout: Duration) {
        let millis = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        self.timeout.fetch_max(millis, Ordering::Relaxed);
    }

    fn timeout(&self) -> Duration {
        match self.timeout.load(Ordering::Relaxed) {
            0 => UNKNOWN,
            millis => Duration::from_millis(millis),
        }
    }

    /// Connects. `lost` is called when the connection breaks, even while it is not in use.
    pub(crate) async fn connect(
        &self,
        lost: impl Fn() + Send + Sync + 'static,
    ) -> Result<Connection, Failure> {
        let limit = self.timeout();
        let connecting = async {
            match &self.target {
                Target::Single(client) => {
                    let config = AsyncConnectionConfig::new()
                        .set_connection_timeout(None)
                        .set_response_timeout(Some(answer_within(limit)))
                        .set_push_sender(move |push: PushInfo| {
                            if push.kind == PushKind::Disconnection {
                                lost();
                            }
                            Ok::<(), redis::aio::SendError>(())
                        });
                    let connection = client.get_multiplexed_async_connection_with_config(&config);
                    connection.await.map(Connection::Single)
                }
                // The driver replaces the connections of a cluster one by one.
                #[cfg(feature = "cluster")]
                Target::Cluster(nodes) => {
                    let client = cluster_client(nodes, limit)?;
                    let connection = client.get_async_connection();
                    connection.await.map(Connection::Cluster)
                }
            }
        };
        let within = match &self.target {
            Target::Single(_) => limit / 2,
            // First to the given nodes, then to those that they name; a node that hangs does not
            // block the others.
            #[cfg(feature = "cluster")]
            Target::Cluster(_) => limit,
        };
        match timeout(within, connecting).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error)) => Err(Failure::from_driver(error, "")),
            Err(_) => Err(Failure::SlowToConnect),
        }
    }
}

impl Connection {
    pub(crate) async fn send(&mut self, command: &Cmd) -> Result<Value, RedisError> {
        let answer = match self {
            Self::Single(connection) => connection.req_packed_command(command).await,
            #[cfg(feature = "cluster")]
            Self::Cluster(connection) => connection.req_packed_command(command).await,
        };
        answer?.extract_error()
    }

    /// Checks that the servers may keep sessions. Returns `Ok(false)` if not all of them state
    /// whether they evict.
    pub(crate) async fn check(&mut self) -> Result<bool, Failure> {
        let info = redis::cmd("INFO");
        match self {
            Self::Single(connection) => {
                let answer = connection.req_packed_command(&info).await;
                judge(
                    answer.map_err(|error| Failure::from_driver(error, ""))?,
                    Replicas::Refused,
                )
            }
            #[cfg(feature = "cluster")]
            Self::Cluster(connection) => {
                use redis::cluster_routing::{MultipleNodeRoutingInfo, RoutingInfo};

                let primaries = RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllMasters, None));
                // Accounts on other nodes do not wait for a node that is down.
                let Ok(Value::Map(answers)) = connection.route_command(info, primaries).await
                else {
                    return Ok(false);
                };
                let mut all_say = true;
                for (_, answer) in answers {
                    all_say &= judge(answer, Replicas::FoundByDriver)?;
                }
                Ok(all_say)
            }
        }
    }

    /// Returns whether a new connection is needed after this error.
    pub(crate) fn is_lost_by(&self, error: &RedisError) -> bool {
        match self {
            // A timeout counts too: the next connection may reach a server that answers, and costs
            // little if this one was merely slow. The name of a server that has become a replica is
            // resolved again.
            Self::Single(_) => {
                error.is_io_error()
                    || error.is_unrecoverable_error()
                    || error.code() == Some("READONLY")
            }
            // The driver reconnects.
            #[cfg(feature = "cluster")]
            Self::Cluster(_) => false,
        }
    }
}

/// A command is sent again when its slot has moved to another node, and also when its connection
/// broke. It may then be executed twice, which `revoke_session`, `revoke_user` and `create` show,
/// by finding it done; and a rate limit counts one too many, or gives back one too many.
#[cfg(feature = "cluster")]
fn cluster_client(
    nodes: &[redis::ConnectionInfo],
    limit: Duration,
) -> Result<redis::cluster::ClusterClient, RedisError> {
    redis::cluster::ClusterClient::builder(nodes.to_vec())
        .use_protocol(redis::ProtocolVersion::RESP3)
        .tcp_settings(url::tcp_settings())
        .connection_timeout(limit / 4)
        .response_timeout(answer_within(limit))
        .retries(3)
        .min_retry_wait(20)
        .max_retry_wait(200)
        .build()
}

/// Returns how long an answer is waited for: a moment less than a method may take, because the
/// connection of a method that is dropped is not replaced.
fn answer_within(limit: Duration) -> Duration {
    limit * 19 / 20
}

fn judge(info: Value, replicas: Replicas) -> Result<bool, Failure> {
    match info {
        Value::VerbatimString { text, .. } => {
            Info::new(&text).judge(replicas).map_err(Failure::Unfit)
        }
        // An error: the user may not run `INFO`.
        _ => Ok(false),
    }
}

/// How long a method may take if nothing is said: the default of the core.
const UNKNOWN: Duration = Duration::from_secs(2);
