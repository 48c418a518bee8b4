//! The page's life over real connections.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing test panics"
)]

use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use handstamp_conformance::{Jar, Reply, Request, Server, logs_in_with_old_cookies};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

fn start(settings: &[(&str, &str)]) -> Server {
    let mut all = vec![("JWT_SECRET_KEY", SECRET)];
    all.extend_from_slice(settings);
    Server::start(env!("CARGO_BIN_EXE_websocket"), &[], &all).expect("the example starts")
}

/// A browser, on a page of ours.
struct Browser<'s> {
    server: &'s Server,
    jar: Jar,
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

impl<'s> Browser<'s> {
    fn logged_in(server: &'s Server, user: &str) -> Self {
        let jar = Jar::default();
        let mut browser = Self { server, jar };
        let password = user.replace("user", "password");
        let form = json!({"username": user, "password": password});
        let reply = browser.send(Request::new("POST", "/login").json(&form));
        assert_eq!(reply.status, 200, "{reply:?}");
        browser
    }

    fn origin(&self) -> String {
        format!("http://{}", self.server.address())
    }

    fn send(&mut self, request: Request) -> Reply {
        let request = request
            .header("cookie", self.jar.header())
            .header("origin", self.origin())
            .header("sec-fetch-site", "same-origin");
        let reply = self.server.send(&request);
        self.jar.store(&reply);
        reply
    }

    fn post(&mut self, target: &str, csrf: &str) -> u16 {
        let csrf = self.jar.get(csrf).unwrap_or_default().to_owned();
        self.send(Request::new("POST", target).header("x-csrf-token", csrf))
            .status
    }

    async fn open(&self) -> Socket {
        self.open_from(&[&self.origin()]).await.unwrap()
    }

    /// The socket, or the status and code of the refusal.
    async fn open_from(&self, origins: &[&str]) -> Result<Socket, (u16, String)> {
        let url = format!("ws://{}/chat", self.server.address());
        let mut request = url.into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("cookie", self.jar.header().parse().unwrap());
        for origin in origins {
            headers.append("origin", origin.parse().unwrap());
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => Ok(socket),
            Err(Error::Http(response)) => {
                let body = response.body().as_deref().unwrap();
                let body: Value = serde_json::from_slice(body).unwrap();
                let code = body["code"].as_str().unwrap().to_owned();
                Err((response.status().as_u16(), code))
            }
            Err(error) => panic!("{error}"),
        }
    }
}

async fn hears(socket: &mut Socket) -> Value {
    let message = timeout(Duration::from_secs(3), socket.next()).await;
    let message = message.expect("somebody says something").unwrap().unwrap();
    serde_json::from_str(&message.into_text().unwrap()).unwrap()
}

async fn closed(socket: &mut Socket) -> (u16, String) {
    let message = timeout(Duration::from_secs(5), socket.next()).await;
    match message.expect("it is closed in time").unwrap().unwrap() {
        Message::Close(Some(frame)) => (frame.code.into(), frame.reason.to_string()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn everybody_hears_who_says_what() {
    let server = start(&[]);
    let mut one = Browser::logged_in(&server, "user1").open().await;
    let mut other = Browser::logged_in(&server, "user2").open().await;
    // Both are in the room when they hear themselves.
    for (socket, name) in [(&mut one, "user1"), (&mut other, "user2")] {
        socket.send("here".into()).await.unwrap();
        while hears(socket).await != json!({"from": name, "text": "here"}) {}
    }
    one.send(r#"<b>"hello"</b>"#.into()).await.unwrap();
    let said = json!({"from": "user1", "text": r#"<b>"hello"</b>"#});
    while hears(&mut other).await != said {}
}

#[tokio::test]
async fn only_our_pages_open_a_socket() {
    let server = start(&[]);
    let ours = format!("http://{}", server.address());
    let localhost = format!("http://localhost:{}", server.address().port());
    let rows: [(&str, &[&str], Option<u16>); 6] = [
        ("our page", &[&ours], None),
        ("our page by its other name", &[&localhost], None),
        ("another site's", &["https://evil.example"], Some(403)),
        ("another port's", &["http://127.0.0.1"], Some(403)),
        ("none", &[], Some(403)),
        ("ours twice", &[&ours, &ours], Some(403)),
    ];
    let browser = Browser::logged_in(&server, "user1");
    for (row, origins, refused) in rows {
        let opened = browser.open_from(origins).await;
        assert_eq!(opened.err().map(|(status, _)| status), refused, "{row}");
    }
    let jar = Jar::default();
    let stranger = Browser {
        server: &server,
        jar,
    };
    let refused = stranger.open_from(&[&ours]).await.err();
    assert_eq!(refused, Some((401, "missing_token".to_owned())));
}

#[tokio::test]
async fn it_ends_with_its_token_and_another_is_opened_after_a_refresh() {
    let server = start(&[("JWT_ACCESS_TOKEN_EXPIRES", "2")]);
    let mut browser = Browser::logged_in(&server, "user1");
    let begun = Instant::now();
    for _ in 0..2 {
        let mut socket = browser.open().await;
        let expired = (4401, "token_expired".to_owned());
        assert_eq!(closed(&mut socket).await, expired);
        let refused = browser.open_from(&[&browser.origin()]).await.err();
        assert_eq!(refused, Some((401, "token_expired".to_owned())));
        assert_eq!(browser.post("/refresh", "csrf_refresh_token"), 200);
    }
    // Whole seconds: one that was made just before a second ends lives shorter.
    let lived = begun.elapsed();
    assert!((2..=8).contains(&lived.as_secs()), "{lived:?}");
}

#[tokio::test]
async fn it_ends_at_a_log_out_here_or_elsewhere() {
    let server = start(&[]);
    let mut laptop = Browser::logged_in(&server, "user1");
    let mut phone = Browser::logged_in(&server, "user1");
    let other = Browser::logged_in(&server, "user2");
    let mut on_laptop = laptop.open().await;
    let mut on_phone = phone.open().await;
    let mut of_other = other.open().await;
    let revoked = (4401, "token_revoked".to_owned());

    assert_eq!(laptop.post("/logout", "csrf_access_token"), 200);
    assert_eq!(closed(&mut on_laptop).await, revoked);
    // The phone is in another session.
    on_phone.send("still here".into()).await.unwrap();
    assert_eq!(hears(&mut on_phone).await["text"], "still here");

    let mut laptop = Browser::logged_in(&server, "user1");
    assert_eq!(laptop.post("/logout-everywhere", "csrf_access_token"), 200);
    assert_eq!(closed(&mut on_phone).await, revoked);
    assert_eq!(phone.post("/refresh", "csrf_refresh_token"), 401);

    assert_eq!(hears(&mut of_other).await["text"], "still here");
    of_other.send("alone".into()).await.unwrap();
    assert_eq!(hears(&mut of_other).await["from"], "user2");
}

/// A frame is kept until it has come whole, so its length is limited, and not that of the message
/// alone.
#[tokio::test]
async fn a_frame_that_says_it_is_large_ends_the_socket() {
    let server = start(&[]);
    let browser = Browser::logged_in(&server, "user1");
    for (row, head) in [
        (
            "15 MiB",
            &[0x82, 0xff, 0, 0, 0, 0, 0, 0xf0, 0, 0, 1, 2, 3, 4][..],
        ),
        ("4,097 bytes", &[0x82, 0xfe, 0x10, 0x01, 1, 2, 3, 4]),
        ("the first of many", &[0x02, 0xfe, 0x10, 0x01, 1, 2, 3, 4]),
    ] {
        let mut socket = browser.open().await;
        let MaybeTlsStream::Plain(stream) = socket.get_mut() else {
            panic!("without TLS");
        };
        stream.write_all(head).await.unwrap();
        stream.write_all(&[0; 100]).await.unwrap();
        let ended = timeout(Duration::from_secs(3), socket.next()).await;
        assert!(
            !matches!(ended.expect(row), Some(Ok(Message::Text(_)))),
            "{row}"
        );
    }
}

#[tokio::test]
async fn a_session_has_a_few_sockets_and_no_more() {
    let server = start(&[]);
    let browser = Browser::logged_in(&server, "user1");
    let mut sockets = Vec::new();
    for _ in 0..8 {
        sockets.push(browser.open().await);
    }
    let origin = browser.origin();
    let refused = browser.open_from(&[&origin]).await.err();
    assert_eq!(refused, Some((429, "rate_limited".to_owned())));
    // The same user in another browser has sockets of its own.
    drop(Browser::logged_in(&server, "user1").open().await);

    sockets.pop().unwrap().close(None).await.unwrap();
    let begun = Instant::now();
    while browser.open_from(&[&origin]).await.is_err() {
        assert!(
            begun.elapsed() < Duration::from_secs(3),
            "a place is free again"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn it_stops_cleanly_and_says_goodbye() {
    let server = start(&[]);
    let mut socket = Browser::logged_in(&server, "user1").open().await;
    socket.send("here".into()).await.unwrap();
    hears(&mut socket).await;
    let begun = Instant::now();
    let stopped = tokio::task::spawn_blocking(move || server.stop("INT"));
    assert_eq!(
        closed(&mut socket).await,
        (1001, "the server stops".to_owned())
    );
    assert!(socket.next().await.is_none());
    assert_eq!(stopped.await.unwrap(), Some(0));
    assert!(
        begun.elapsed() < Duration::from_secs(2),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn the_page_is_there() {
    let server = start(&[]);
    let reply = server.send(&Request::new("GET", "/"));
    assert_eq!(reply.status, 200);
    assert!(
        reply
            .header("content-type")
            .unwrap()
            .starts_with("text/html")
    );
    // The back button does not show what a former user saw.
    assert_eq!(reply.header("cache-control"), Some("no-store"));
}

#[test]
fn old_cookies_hinder_no_log_in() {
    let server = start(&[]);
    let mut browser = Browser::logged_in(&server, "user1");
    let ended = browser.jar.clone();
    assert_eq!(browser.post("/logout", "csrf_refresh_token"), 200);
    let form = json!({"username": "user1", "password": "password1"});
    let log_in = Request::new("POST", "/login").json(&form);
    logs_in_with_old_cookies(&server, SECRET, Some("/"), &log_in, &ended, |_, jar| {
        let me = Request::new("GET", "/me").header("cookie", jar.header());
        server.send(&me).status == 200
    });
}

const SECRET: &str = "a secret of the tests, longer than thirty-two bytes";
