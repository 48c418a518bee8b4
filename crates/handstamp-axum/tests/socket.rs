//! The shared rows of WebSockets, on an app of axum's own sockets.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRef, State};
use axum::response::Response;
use axum::routing::any;
use handstamp_axum::{Access, Auth, GuardedSocket};
use handstamp_conformance::adapter::sockets::{self, SocketApp};

/// axum knows no end of a connection that its peer keeps, so the guard drops it after five seconds.
#[tokio::test]
async fn every_row_holds() {
    sockets::run("axum", Duration::from_secs(5), serve).await;
}

async fn serve(app: SocketApp) -> SocketAddr {
    let router = Router::new()
        .route("/echo", any(open::<Echo>))
        .route("/flood", any(open::<Flood>))
        .with_state(App(app));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

#[derive(Clone)]
struct App(SocketApp);

impl FromRef<App> for Auth {
    fn from_ref(App(app): &App) -> Self {
        app.auth().clone().into()
    }
}

async fn open<H: Handler>(
    State(App(app)): State<App>,
    token: Access,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade.on_upgrade(async move |socket| {
        let auth = Auth::from(app.auth().clone());
        let mut socket = auth.guard(socket, &token).ask_every(app.interval());
        H::run(&mut socket).await;
        app.ended(socket.ended());
    })
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
