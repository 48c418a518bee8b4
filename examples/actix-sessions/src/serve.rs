//! Serves the application, with limits on connections.
//!
//! The time of a request after its head, and with it that of a body, is limited in `app.rs`.

use std::io;
use std::net::SocketAddr;
use std::num::NonZero;
use std::thread;
use std::time::Duration;

use actix_web::HttpServer;
use actix_web::http::KeepAlive;
use actix_web::middleware::from_fn;

use crate::app::{App, in_span, in_time, with_length};

/// Serves until Ctrl-C or SIGTERM, and then lets open requests finish.
pub async fn serve(app: App, listen: SocketAddr) -> io::Result<()> {
    let router = move || {
        actix_web::App::new()
            .configure(|config| app.configure(config))
            // What one user has seen stays in no cache for the next one.
            .wrap(app.auth.no_store())
            .wrap(from_fn(in_time))
            .wrap(from_fn(with_length))
            .wrap(from_fn(in_span))
    };
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    let server = HttpServer::new(router)
        .workers(workers)
        // Each worker has so many. What comes then waits until one is closed.
        .max_connections((MAX_CONNECTIONS / workers).max(1))
        .client_request_timeout(HEAD_TIMEOUT)
        // A connection has one request: actix-web limits the time of its first head alone. And none
        // is closed as idle while a proxy is just sending a request into it.
        .keep_alive(KeepAlive::Disabled)
        .shutdown_timeout(GRACE.as_secs())
        .bind(listen)?;
    for address in server.addrs() {
        tracing::info!("open http://{address}");
    }
    server.run().await
}

/// Half of the 1,024 descriptors that a process usually has: the database needs some as well.
const MAX_CONNECTIONS: usize = 512;

const HEAD_TIMEOUT: Duration = Duration::from_secs(5);

/// Less than the 10 seconds after which containers are killed.
const GRACE: Duration = Duration::from_secs(8);
