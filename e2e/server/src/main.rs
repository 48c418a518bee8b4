//! The server of the browser tests: handstamp in several configurations, each on a separate port,
//! and the pages of the attackers. Over HTTPS, with a certificate made for this run, but for what
//! is tested over plain HTTP.
//!
//! The first line it prints is JSON: the origins and ports, and the hash of the certificate's key.
//! Each request that reached handstamp prints another one. SIGTERM ends it.

mod app;
mod attacker;
mod change;
mod clock;
mod form;
mod pages;
mod services;
mod slow;
mod tls;
mod witness;

use std::error::Error;
use std::fmt::Debug;

use axum::serve::Listener;
use serde_json::{Map, json};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;

use crate::services::{SERVICES, Transport};
use crate::tls::{Certificate, Protocol, TlsListener};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut terminated = signal(SignalKind::terminate())?;
    let certificate = Certificate::for_this_run()?;
    let mut origins = Map::new();
    let mut servers = JoinSet::new();
    // An origin contains a port, so the ports are bound before the configurations are built.
    let of_attackers = bind().await?;
    let attackers = of_attackers.local_addr()?.port();

    for service in SERVICES {
        let listener = bind().await?;
        let port = listener.local_addr()?.port();
        let app = app::router(service, port, attackers)?;
        origins.insert(service.name.to_owned(), service.origin(port).into());
        match service.transport {
            Transport::Tls(protocol) => {
                let listener = TlsListener::new(listener, &certificate, protocol);
                servers.spawn(serve(listener, app));
            }
            Transport::Plain => {
                servers.spawn(serve(listener, app));
            }
        }
    }
    let plain = bind().await?;
    let plain_attackers = plain.local_addr()?.port();
    servers.spawn(serve(plain, attacker::router()));
    let listener = TlsListener::new(of_attackers, &certificate, Protocol::Http1);
    servers.spawn(serve(listener, attacker::router()));

    let first_line = json!({
        "certificate": certificate.in_base64(),
        "spki": certificate.public_key_hash(),
        "services": origins,
        "attackers": attackers,
        "plain_attackers": plain_attackers,
    });
    println!("{first_line}");
    tokio::select! {
        _ = terminated.recv() => Ok(()),
        ended = servers.join_next() => Err(format!("a server has ended: {ended:?}").into()),
    }
}

async fn bind() -> std::io::Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", 0)).await
}

async fn serve<L>(listener: L, app: axum::Router) -> std::io::Result<()>
where
    L: Listener<Addr: Debug>,
{
    axum::serve(listener, app).await
}
