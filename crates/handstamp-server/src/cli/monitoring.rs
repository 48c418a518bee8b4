//! Where the metrics go: to those who read them from a listener, and to a collector.

use std::net::SocketAddr;
use std::time::Duration;

use metrics::set_global_recorder;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::failure::Failure;
use super::serve::listen;
use crate::http::{self, connections};
use crate::monitoring::{Both, Collector, Otlp, Registry, record_version};

/// The metrics of a server that is to be.
pub(super) struct Monitoring {
    served: Option<(TcpListener, Registry)>,
    sent: Option<Otlp>,
}

impl Monitoring {
    /// Opens both, and begins to count. What is made before counts nothing.
    pub(super) async fn open(
        address: Option<SocketAddr>,
        collector: Option<&Collector>,
    ) -> Result<Self, Failure> {
        let served = match address {
            Some(address) => {
                let listener = listen(address, "--metrics").await?;
                let address = listener.local_addr().map_err(Failure::new)?;
                tracing::info!("metrics are served on http://{address}/metrics");
                Some((listener, Registry::default()))
            }
            None => None,
        };
        let sent = match collector {
            Some(collector) => {
                let otlp = Otlp::new(collector).map_err(Failure::new)?;
                tracing::info!("metrics are sent to {collector}");
                Some(otlp)
            }
            None => None,
        };
        let registry = served.as_ref().map(|(_, registry)| registry.clone());
        match (registry, sent.as_ref().map(Otlp::recorder)) {
            (Some(registry), Some(recorder)) => {
                set_global_recorder(Both(registry, recorder)).map_err(Failure::new)?;
            }
            (Some(registry), None) => set_global_recorder(registry).map_err(Failure::new)?,
            (None, Some(recorder)) => set_global_recorder(recorder).map_err(Failure::new)?,
            (None, None) => return Ok(Self { served, sent }),
        }
        record_version();
        Ok(Self { served, sent })
    }

    pub(super) fn start(self) -> Running {
        let serve = |(listener, registry)| {
            let app = http::metrics::router(registry);
            let at_most = http::metrics::CONNECTIONS;
            let never = std::future::pending();
            tokio::spawn(connections::serve_at_most(at_most, listener, app, never))
        };
        Running {
            served: self.served.map(serve),
            sent: self.sent,
        }
    }
}

/// The metrics of a server that runs.
pub(super) struct Running {
    served: Option<JoinHandle<()>>,
    sent: Option<Otlp>,
}

impl Running {
    /// Stops them once the last request was answered: until then they tell what it did.
    pub(super) async fn stop(self) {
        if let Some(served) = self.served {
            served.abort();
        }
        if let Some(otlp) = self.sent {
            otlp.stop(STOP_TIMEOUT).await;
        }
    }
}

/// How long a collector may take for the last metrics: as long as the SDK waits.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);
