//! A process with a few sockets, and clients.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::Response;
use axum::routing::any;
use futures_util::StreamExt as _;
use handstamp_axum::handstamp::clock::{Clock, UnixTime};
use handstamp_axum::handstamp::connection::CloseReason;
use handstamp_axum::handstamp::session::ClientInfo;
use handstamp_axum::handstamp::store::MemoryStore;
use handstamp_axum::{Access, Auth, Config, GuardedSocket, Location, handstamp};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{self, handshake::client::Request};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

pub(crate) const ORIGIN: &str = "http://app.localhost";

/// A process with a few sockets, and what its handlers saw at their end.
pub(crate) struct Service {
    pub(crate) auth: Auth,
    pub(crate) clock: ManualClock,
    address: SocketAddr,
    ends: UnboundedReceiver<(Option<CloseReason>, Duration)>,
}

#[derive(Clone)]
struct App {
    auth: Auth,
    interval: Duration,
    ends: UnboundedSender<(Option<CloseReason>, Duration)>,
}

impl axum::extract::FromRef<App> for Auth {
    fn from_ref(app: &App) -> Self {
        app.auth.clone()
    }
}

pub(crate) async fn service(
    builder: handstamp::AuthBuilder,
    clock: &ManualClock,
    interval: Duration,
) -> Service {
    let auth = Auth::from(builder.with_clock(clock.clone()).build().unwrap());
    let (told, ends) = unbounded_channel();
    let app = Router::new()
        .route("/echo", any(open::<Echo>))
        .route("/flood", any(open::<Flood>))
        .with_state(App {
            auth: auth.clone(),
            interval,
            ends: told,
        });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    Service {
        auth,
        clock: clock.clone(),
        address,
        ends,
    }
}

/// Asks the store only when it is made to.
pub(crate) async fn alone() -> Service {
    let clock = ManualClock::default();
    let store = MemoryStore::with_clock(clock.clone());
    let builder = handstamp::Auth::builder(config()).store(store);
    service(builder, &clock, Duration::from_secs(100_000)).await
}

pub(crate) fn config() -> Config {
    Config::builder()
        .secret_key("a secret of at least thirty-two bytes")
        .token_locations([Location::Headers, Location::Cookies, Location::Query])
        .public_origin(ORIGIN)
        .trusted_origins(["https://partner.example"])
        .build()
        .unwrap()
}

/// What a handler does with its socket.
trait Handler: 'static {
    fn run(socket: &mut GuardedSocket) -> impl Future<Output = ()> + Send;
}

struct Echo;

impl Handler for Echo {
    async fn run(socket: &mut GuardedSocket) {
        while let Some(Ok(message)) = socket.recv().await {
            if socket.send(message).await.is_err() {
                break;
            }
        }
    }
}

/// Sends as long as it can, and never receives.
struct Flood;

impl Handler for Flood {
    async fn run(socket: &mut GuardedSocket) {
        let much = vec![0; 64 * 1024];
        while socket.send(much.clone().into()).await.is_ok() {}
        let again = socket.send("x".into()).await.unwrap_err();
        let ended = socket.ended().map(|ended| ended.to_string());
        assert_eq!(Some(again.to_string()), ended);
    }
}

async fn open<H: Handler>(
    State(app): State<App>,
    token: Access,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade.on_upgrade(async move |socket| {
        let mut socket = app.auth.guard(socket, &token).ask_every(app.interval);
        let begun = Instant::now();
        H::run(&mut socket).await;
        let _ = app.ends.send((socket.ended(), begun.elapsed()));
    })
}

pub(crate) type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

impl Service {
    pub(crate) async fn log_in(&self) -> String {
        let tokens = self.auth.log_in("user1", ClientInfo::new().into()).await;
        tokens.unwrap().access().as_str().to_owned()
    }

    pub(crate) fn request(&self, path: &str) -> Request {
        let url = format!("ws://{}{path}", self.address);
        url.into_client_request().unwrap()
    }

    /// As a page of our own opens it.
    pub(crate) async fn open(&self, path: &str, token: &str) -> Client {
        let mut request = self.request(path);
        let headers = request.headers_mut();
        let cookie = format!("access_token_cookie={token}");
        headers.insert("cookie", cookie.parse().unwrap());
        headers.insert("origin", ORIGIN.parse().unwrap());
        let opened = tokio_tungstenite::connect_async(request).await;
        opened.unwrap().0
    }

    /// What the handler saw.
    pub(crate) async fn ended(&mut self) -> Option<CloseReason> {
        let ended = timeout(Duration::from_secs(3), self.ends.recv()).await;
        ended.expect("the handler does not go on").unwrap().0
    }
}

/// The Close frame, after anything else.
pub(crate) async fn closed(client: &mut Client) -> (u16, String) {
    let frame = async {
        loop {
            let message = client.next().await.unwrap().unwrap();
            if let tungstenite::Message::Close(frame) = message {
                return frame.unwrap();
            }
        }
    };
    let frame = timeout(Duration::from_secs(3), frame)
        .await
        .expect("closed in time");
    (frame.code.into(), frame.reason.to_string())
}

/// A connection that was upgraded, by hand.
pub(crate) async fn raw(service: &Service, path: &str, token: &str) -> TcpStream {
    let mut peer = TcpStream::connect(service.address).await.unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: app.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Authorization: Bearer {token}\r\n\r\n"
    );
    peer.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(peer.read_u8().await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 101 "), "{head:?}");
    peer
}

/// A clock that moves when it is told.
#[derive(Debug, Clone)]
pub(crate) struct ManualClock(Arc<AtomicU64>);

impl Default for ManualClock {
    fn default() -> Self {
        Self(Arc::new(AtomicU64::new(1_800_000_000)))
    }
}

impl ManualClock {
    pub(crate) fn advance(&self, span: Duration) {
        self.0.fetch_add(span.as_secs(), Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixTime {
        UnixTime::from_secs(self.0.load(Ordering::Relaxed))
    }
}
