//! TLS with a certificate that is made for each run.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::serve::Listener;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertifiedKey, KeyPair, PublicKeyData as _};
use sha2::{Digest as _, Sha256};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

/// Signed by its own key, which never leaves this process.
pub(crate) struct Certificate {
    key: KeyPair,
    der: CertificateDer<'static>,
    http1: TlsAcceptor,
    http2: TlsAcceptor,
}

impl Certificate {
    pub(crate) fn for_this_run() -> Result<Self, Box<dyn Error>> {
        let CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed(HOSTS.map(str::to_owned))?;
        let private = PrivateKeyDer::try_from(signing_key.serialize_der())?;
        let mut config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], private)?;
        let http1 = TlsAcceptor::from(Arc::new(config.clone()));
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self {
            key: signing_key,
            der: cert.der().clone(),
            http1,
            http2: TlsAcceptor::from(Arc::new(config)),
        })
    }

    /// The certificate as clients other than browsers trust it: DER in base64.
    pub(crate) fn in_base64(&self) -> String {
        STANDARD.encode(&self.der)
    }

    /// The hash of its public key, for Chromium's option `--ignore-certificate-errors-spki-list`.
    pub(crate) fn public_key_hash(&self) -> String {
        STANDARD.encode(Sha256::digest(self.key.subject_public_key_info()))
    }
}

/// Runs several handshakes at once: a browser opens connections that it may never use.
pub(crate) struct TlsListener {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
    handshakes: JoinSet<io::Result<(TlsStream<TcpStream>, SocketAddr)>>,
}

impl TlsListener {
    pub(crate) fn new(tcp: TcpListener, certificate: &Certificate, protocol: Protocol) -> Self {
        let acceptor = match protocol {
            Protocol::Http1 => &certificate.http1,
            Protocol::Http2 => &certificate.http2,
        };
        Self {
            tcp,
            acceptor: acceptor.clone(),
            handshakes: JoinSet::new(),
        }
    }
}

/// The protocol that browsers are offered.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Protocol {
    Http1,
    /// Before HTTP/1. Each cookie is then a separate header line, and a WebSocket a CONNECT.
    Http2,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            tokio::select! {
                accepted = self.tcp.accept() => {
                    if let Ok((stream, peer)) = accepted {
                        let handshake = self.acceptor.accept(stream);
                        self.handshakes.spawn(async move { Ok((handshake.await?, peer)) });
                    }
                }
                shaken = self.handshakes.join_next(), if !self.handshakes.is_empty() => {
                    if let Some(Ok(Ok(connection))) = shaken {
                        return connection;
                    }
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

const HOSTS: [&str; 4] = [
    "app.example.test",
    "friend.example.test",
    "evil.example.test",
    "other.test",
];
