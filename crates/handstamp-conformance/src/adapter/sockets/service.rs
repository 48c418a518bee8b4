//! A process with a few sockets, and clients.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt as _;
use handstamp::connection::CloseReason;
use handstamp::session::ClientInfo;
use handstamp::store::MemoryStore;
use handstamp::testing::TestClock;
use handstamp::{Auth, AuthBuilder, Config, Location};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{self, handshake::client::Request};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::adapter::app::clock;
use crate::adapter::upgrades::{OURS, TRUSTED};

/// What the app under test is made with, and whom its handlers tell how their sockets ended.
#[derive(Debug, Clone)]
pub struct SocketApp {
    auth: Auth,
    interval: Duration,
    ends: UnboundedSender<Option<CloseReason>>,
}

impl SocketApp {
    /// Guards the app.
    #[must_use]
    pub fn auth(&self) -> &Auth {
        &self.auth
    }

    /// How often a socket asks whether its token is still good.
    #[must_use]
    pub fn interval(&self) -> Duration {
        self.interval
    }

    /// Takes what a handler knows when it is done: the reason for which its socket was ended, if it
    /// was.
    pub fn ended(&self, reason: Option<CloseReason>) {
        // Handlers of rows that are over are not waited for.
        let _ = self.ends.send(reason);
    }
}

/// A process of the app.
pub(super) struct Service {
    pub(super) auth: Auth,
    address: SocketAddr,
    ends: UnboundedReceiver<Option<CloseReason>>,
}

impl Service {
    pub(super) async fn start<S: AsyncFn(SocketApp) -> SocketAddr>(
        serve: &S,
        builder: AuthBuilder,
        clock: &TestClock,
        interval: Duration,
    ) -> Self {
        let auth = builder.with_clock(clock.clone()).build();
        let auth = auth.expect("no sessions are required");
        let (sender, ends) = unbounded_channel();
        let app = SocketApp {
            auth: auth.clone(),
            interval,
            ends: sender,
        };
        let address = serve(app).await;
        Self {
            auth,
            address,
            ends,
        }
    }

    /// Its sockets ask the store only when this process ends sessions.
    pub(super) async fn alone<S: AsyncFn(SocketApp) -> SocketAddr>(serve: &S) -> Self {
        let clock = clock();
        let builder = Auth::builder(config()).store(MemoryStore::with_clock(clock.clone()));
        Self::start(serve, builder, &clock, Duration::from_secs(100_000)).await
    }

    /// An access token of `user1`.
    pub(super) async fn log_in(&self) -> String {
        let tokens = self.auth.log_in("user1", ClientInfo::new()).await;
        let tokens = tokens.expect("the store is up");
        tokens.access().as_str().to_owned()
    }

    pub(super) async fn end_sessions(&self) {
        let ended = self.auth.revoke_all_sessions("user1").await;
        ended.expect("the store is up");
    }

    /// An opening request without a token.
    pub(super) fn request(&self, path: &str) -> Request {
        let url = format!("ws://{}{path}", self.address);
        url.into_client_request().expect("the address is one")
    }

    /// Opens a socket as a page of the app does.
    pub(super) async fn open(&self, path: &str, token: &str) -> Client {
        let mut request = self.request(path);
        let cookie = format!("access_token_cookie={token}");
        for (name, value) in [("cookie", cookie.as_str()), ("origin", OURS)] {
            let value = value.parse().expect("a token is ASCII");
            request.headers_mut().insert(name, value);
        }
        let opened = tokio_tungstenite::connect_async(request).await;
        opened.expect("a page of the app opens it").0
    }

    /// Upgrades a connection by hand, for a peer that does what no client does.
    pub(super) async fn upgrade(&self, path: &str, token: &str) -> TcpStream {
        let peer = TcpStream::connect(self.address).await;
        let mut peer = peer.expect("the app listens");
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: app.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Authorization: Bearer {token}\r\n\r\n"
        );
        let sent = peer.write_all(request.as_bytes()).await;
        sent.expect("the app reads");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(peer.read_u8().await.expect("the app answers"));
        }
        let head = String::from_utf8_lossy(&head);
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        peer
    }

    /// What the handler knew at its end; `None` if it goes on.
    pub(super) async fn ended(&mut self) -> Option<Option<CloseReason>> {
        let ended = timeout(Duration::from_secs(3), self.ends.recv()).await;
        ended.ok().flatten()
    }
}

pub(super) type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The code and the reason of the Close frame, after anything else; `None` if there is none within
/// three seconds.
pub(super) async fn closed(client: &mut Client) -> Option<(u16, String)> {
    let frame = async {
        loop {
            if let tungstenite::Message::Close(frame) = client.next().await?.ok()? {
                let frame = frame?;
                return Some((frame.code.into(), frame.reason.to_string()));
            }
        }
    };
    timeout(Duration::from_secs(3), frame).await.ok().flatten()
}

pub(super) fn config() -> Config {
    Config::builder()
        .secret_key("a secret of at least thirty-two bytes")
        .token_locations([Location::Headers, Location::Cookies, Location::Query])
        .public_origin(OURS)
        .trusted_origins([TRUSTED])
        .build()
        .expect("the settings fit together")
}
