//! WebSockets over real connections: who may open one, and when it ends.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::type_complexity,
    reason = "a failing test panics; tables are long and their rows are tuples"
)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use actix_web::{App as ActixApp, HttpRequest, HttpResponse, HttpServer, rt, web};
use actix_ws::Message;
use futures_util::{SinkExt as _, StreamExt as _};
use handstamp_actix::handstamp::blocklist::TokenStatus;
use handstamp_actix::handstamp::clock::{Clock, UnixTime};
use handstamp_actix::handstamp::connection::CloseReason;
use handstamp_actix::handstamp::error::StoreError;
use handstamp_actix::handstamp::session::ClientInfo;
use handstamp_actix::handstamp::store::MemoryStore;
use handstamp_actix::{Access, Auth, Config, GuardedSocket, Location, handstamp};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{self, handshake::client::Request};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

const ORIGIN: &str = "http://app.localhost";

/// A process with a few sockets, and what its handlers saw at their end.
struct Service {
    auth: Auth,
    clock: ManualClock,
    address: SocketAddr,
    ends: UnboundedReceiver<(Option<CloseReason>, Duration)>,
}

#[derive(Clone)]
struct App {
    auth: Auth,
    interval: Duration,
    ends: UnboundedSender<(Option<CloseReason>, Duration)>,
}

fn service(builder: handstamp::AuthBuilder, clock: &ManualClock, interval: Duration) -> Service {
    let auth = Auth::from(builder.with_clock(clock.clone()).build().unwrap());
    let (told, ends) = unbounded_channel();
    let app = App {
        auth: auth.clone(),
        interval,
        ends: told,
    };
    let app = move || {
        ActixApp::new()
            .app_data(app.auth.clone())
            .app_data(web::Data::new(app.clone()))
            .route("/echo", web::get().to(open::<Echo>))
            .route("/flood", web::get().to(open::<Flood>))
    };
    let server = HttpServer::new(app).workers(1).disable_signals();
    let server = server.bind("127.0.0.1:0").unwrap();
    let address = server.addrs().pop().unwrap();
    rt::spawn(server.run());
    Service {
        auth,
        clock: clock.clone(),
        address,
        ends,
    }
}

/// Asks the store only when it is made to.
fn alone() -> Service {
    let clock = ManualClock::default();
    let store = MemoryStore::with_clock(clock.clone());
    let builder = handstamp::Auth::builder(config()).store(store);
    service(builder, &clock, Duration::from_secs(100_000))
}

fn config() -> Config {
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
    fn run(socket: &mut GuardedSocket) -> impl Future<Output = ()>;
}

struct Echo;

impl Handler for Echo {
    async fn run(socket: &mut GuardedSocket) {
        while let Some(Ok(message)) = socket.recv().await {
            let is_close = matches!(message, Message::Close(_));
            if socket.send(message).await.is_err() || is_close {
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
        let message = || Message::Binary(much.clone().into());
        while socket.send(message()).await.is_ok() {}
        assert!(socket.ended().is_some());
        assert!(socket.send(message()).await.is_err());
    }
}

async fn open<H: Handler>(
    app: web::Data<App>,
    token: Access,
    request: HttpRequest,
    body: web::Payload,
) -> actix_web::Result<HttpResponse> {
    let (response, session, messages) = actix_ws::handle(&request, body)?;
    rt::spawn(async move {
        let socket = app.auth.guard(session, messages, &token);
        let mut socket = socket.ask_every(app.interval);
        let begun = Instant::now();
        H::run(&mut socket).await;
        let _ = app.ends.send((socket.ended(), begun.elapsed()));
    });
    Ok(response)
}

type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

impl Service {
    async fn log_in(&self) -> String {
        let tokens = self.auth.log_in("user1", ClientInfo::new().into()).await;
        tokens.unwrap().access().as_str().to_owned()
    }

    fn request(&self, path: &str) -> Request {
        let url = format!("ws://{}{path}", self.address);
        url.into_client_request().unwrap()
    }

    /// As a page of our own opens it.
    async fn open(&self, path: &str, token: &str) -> Client {
        let mut request = self.request(path);
        let headers = request.headers_mut();
        let cookie = format!("access_token_cookie={token}");
        headers.insert("cookie", cookie.parse().unwrap());
        headers.insert("origin", ORIGIN.parse().unwrap());
        let opened = tokio_tungstenite::connect_async(request).await;
        opened.unwrap().0
    }

    /// What the handler saw.
    async fn ended(&mut self) -> Option<CloseReason> {
        let ended = timeout(Duration::from_secs(3), self.ends.recv()).await;
        ended.expect("the handler does not go on").unwrap().0
    }
}

/// The Close frame, after anything else.
async fn closed(client: &mut Client) -> (u16, String) {
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

#[actix_web::test]
async fn who_may_open_one() {
    let service = alone();
    let token = service.log_in().await;
    let cookie = format!("access_token_cookie={token}");
    let bearer = format!("Bearer {token}");
    let revoked = {
        let token = service
            .auth
            .log_in("user2", ClientInfo::new().into())
            .await
            .unwrap();
        service.auth.revoke_all_sessions("user2").await.unwrap();
        format!("access_token_cookie={}", token.access().as_str())
    };
    let (cookie, bearer, revoked) = (cookie.as_str(), bearer.as_str(), revoked.as_str());
    let rows: [(&str, &[(&str, &str)], &str); 16] = [
        (
            "a page of ours",
            &[("cookie", cookie), ("origin", ORIGIN)],
            "opened",
        ),
        (
            "a page of a site that is trusted",
            &[("cookie", cookie), ("origin", "https://partner.example")],
            "opened",
        ),
        (
            "a page of another site",
            &[("cookie", cookie), ("origin", "https://evil.example")],
            "403 origin_not_allowed",
        ),
        (
            "our host with another scheme",
            &[("cookie", cookie), ("origin", "https://app.localhost")],
            "403 origin_not_allowed",
        ),
        (
            "our host with a port",
            &[("cookie", cookie), ("origin", "http://app.localhost:8000")],
            "403 origin_not_allowed",
        ),
        (
            "our host and more",
            &[
                ("cookie", cookie),
                ("origin", "http://app.localhost.evil.example"),
            ],
            "403 origin_not_allowed",
        ),
        (
            "a page without an origin of its own",
            &[("cookie", cookie), ("origin", "null")],
            "403 origin_not_allowed",
        ),
        ("no origin", &[("cookie", cookie)], "403 origin_not_allowed"),
        (
            "our origin twice",
            &[("cookie", cookie), ("origin", ORIGIN), ("origin", ORIGIN)],
            "403 origin_not_allowed",
        ),
        (
            "our origin beside another",
            &[
                ("cookie", cookie),
                ("origin", ORIGIN),
                ("origin", "https://evil.example"),
            ],
            "403 origin_not_allowed",
        ),
        (
            "Sec-Fetch-Site instead of an origin, which browsers do not send here",
            &[("cookie", cookie), ("sec-fetch-site", "same-origin")],
            "403 origin_not_allowed",
        ),
        ("no cookie", &[("origin", ORIGIN)], "401 missing_token"),
        (
            "a cookie that is no token",
            &[("cookie", "access_token_cookie=a.b.c"), ("origin", ORIGIN)],
            "401 invalid_token",
        ),
        (
            "a token that was revoked",
            &[("cookie", revoked), ("origin", ORIGIN)],
            "401 session_ended",
        ),
        (
            "a program with its token in a header needs no origin",
            &[("authorization", bearer)],
            "opened",
        ),
        (
            "nor does it matter what it says",
            &[
                ("authorization", bearer),
                ("origin", "https://partner.example"),
            ],
            "opened",
        ),
    ];
    for (row, headers, expected) in rows {
        let mut request = service.request("/echo");
        for (name, value) in headers {
            let name: tungstenite::http::HeaderName = name.parse().unwrap();
            request.headers_mut().append(name, value.parse().unwrap());
        }
        let seen = match tokio_tungstenite::connect_async(request).await {
            Ok(_) => "opened".to_owned(),
            Err(tungstenite::Error::Http(response)) => {
                let body = response.body().clone().unwrap();
                let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
                let status = response.status().as_u16();
                format!("{status} {}", body["code"].as_str().unwrap())
            }
            Err(error) => panic!("{row}: {error}"),
        };
        assert_eq!(seen, expected, "{row}");
    }
}

#[actix_web::test]
async fn it_is_an_ordinary_socket_until_it_ends() {
    let mut service = alone();
    let token = service.log_in().await;
    let mut client = service.open("/echo", &token).await;
    for text in ["one", "two"] {
        client.send(text.into()).await.unwrap();
        let echo = client.next().await.unwrap().unwrap();
        assert_eq!(echo.into_text().unwrap(), text);
    }
    client.close(None).await.unwrap();
    assert_eq!(service.ended().await, None);
}

#[actix_web::test]
async fn it_ends_when_its_token_expires() {
    for path in ["/echo", "/flood"] {
        let clock = ManualClock::default();
        let builder = handstamp::Auth::builder(config());
        let mut service = service(builder, &clock, Duration::from_millis(20));
        let token = service.log_in().await;
        let mut client = service.open(path, &token).await;
        service.clock.advance(Duration::from_secs(900));
        let code = closed(&mut client).await;
        assert_eq!(code, (4401, "token_expired".to_owned()), "{path}");
        assert_eq!(service.ended().await, Some(CloseReason::Expired), "{path}");
    }
}

#[actix_web::test]
async fn it_ends_at_once_when_this_process_revokes_its_token() {
    for path in ["/echo", "/flood"] {
        let mut service = alone();
        let token = service.log_in().await;
        let mut client = service.open(path, &token).await;
        // It is guarded from the first message on.
        if path == "/echo" {
            client.send("x".into()).await.unwrap();
        }
        client.next().await.unwrap().unwrap();
        service.auth.revoke_all_sessions("user1").await.unwrap();
        let code = closed(&mut client).await;
        assert_eq!(code, (4401, "token_revoked".to_owned()), "{path}");
        assert_eq!(service.ended().await, Some(CloseReason::Revoked), "{path}");
    }
}

#[actix_web::test]
async fn it_ends_within_the_interval_when_another_process_revokes_its_token() {
    let clock = ManualClock::default();
    let store = Arc::new(MemoryStore::with_clock(clock.clone()));
    let builder = || handstamp::Auth::builder(config()).store(Arc::clone(&store));
    let mut here = service(builder(), &clock, Duration::from_millis(200));
    let there = Auth::from(builder().with_clock(clock.clone()).build().unwrap());
    let token = here.log_in().await;
    let mut client = here.open("/echo", &token).await;
    client.send("x".into()).await.unwrap();
    client.next().await.unwrap().unwrap();
    let revoked = Instant::now();
    there.revoke_all_sessions("user1").await.unwrap();
    let code = closed(&mut client).await;
    assert_eq!(code, (4401, "token_revoked".to_owned()));
    assert!(
        revoked.elapsed() < Duration::from_millis(400),
        "{:?}",
        revoked.elapsed()
    );
    assert_eq!(here.ended().await, Some(CloseReason::Revoked));
}

#[actix_web::test]
async fn it_ends_when_nobody_can_say_whether_its_token_is_good() {
    let down = Arc::new(AtomicBool::new(false));
    let switch = Arc::clone(&down);
    let builder = handstamp::Auth::builder(config()).with_blocklist(move |_| {
        let answer = if down.load(Ordering::Relaxed) {
            Err(StoreError::new("connection refused"))
        } else {
            Ok(TokenStatus::Active)
        };
        async { answer }
    });
    let mut service = service(builder, &ManualClock::default(), Duration::from_millis(20));
    let token = service.log_in().await;
    let mut client = service.open("/echo", &token).await;
    switch.store(true, Ordering::Relaxed);
    assert_eq!(
        closed(&mut client).await,
        (1013, "store_unavailable".to_owned())
    );
    assert_eq!(service.ended().await, Some(CloseReason::StoreUnavailable));
}

#[actix_web::test]
async fn a_peer_that_reads_nothing_holds_nothing_up() {
    let mut service = alone();
    let token = service.log_in().await;
    let mut peer = raw(&service, "/flood", &token).await;
    // The buffers between them are full.
    tokio::time::sleep(Duration::from_millis(300)).await;
    service.auth.revoke_all_sessions("user1").await.unwrap();
    assert_eq!(service.ended().await, Some(CloseReason::Revoked));
    // actix-web waits for it to read what it was sent, and closes the connection then.
    let mut sent = Vec::new();
    let rest = peer.read_to_end(&mut sent);
    let _ = timeout(Duration::from_secs(3), rest)
        .await
        .expect("it was dropped");
}

#[actix_web::test]
async fn a_peer_that_goes_on_after_the_close_is_dropped() {
    let mut service = alone();
    let token = service.log_in().await;
    let mut peer = raw(&service, "/echo", &token).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let revoked = Instant::now();
    service.auth.revoke_all_sessions("user1").await.unwrap();
    assert_eq!(service.ended().await, Some(CloseReason::Revoked));
    // A Close frame: two bytes of code, thirteen of reason.
    let mut frame = [0; 4];
    peer.read_exact(&mut frame).await.unwrap();
    assert_eq!(frame, [0x88, 15, 0x11, 0x31]);
    assert!(revoked.elapsed() < Duration::from_secs(1));
    // It goes on talking instead.
    let mut rest = Vec::new();
    let talk = async {
        loop {
            let ping = [0x89, 0x80, 1, 2, 3, 4];
            if peer.write_all(&ping).await.is_err() {
                return;
            }
            let read = timeout(Duration::from_millis(100), peer.read_buf(&mut rest)).await;
            if matches!(read, Ok(Ok(0) | Err(_))) {
                return;
            }
        }
    };
    timeout(Duration::from_secs(8), talk)
        .await
        .expect("it was dropped");
    assert!(rest.starts_with(b"token_revoked"), "{rest:?}");
}

/// A connection that was upgraded, by hand.
async fn raw(service: &Service, path: &str, token: &str) -> TcpStream {
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
struct ManualClock(Arc<AtomicU64>);

impl Default for ManualClock {
    fn default() -> Self {
        Self(Arc::new(AtomicU64::new(1_800_000_000)))
    }
}

impl ManualClock {
    fn advance(&self, span: Duration) {
        self.0.fetch_add(span.as_secs(), Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixTime {
        UnixTime::from_secs(self.0.load(Ordering::Relaxed))
    }
}
