//! The shared rows of WebSockets, on an app of actix-ws.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use std::net::SocketAddr;
use std::time::Duration;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, rt, web};
use actix_ws::Message;
use handstamp_actix::{Access, Auth, GuardedSocket};
use handstamp_conformance::adapter::sockets::{self, SocketApp};

/// actix-web closes a connection by itself as soon as all that was sent is read.
#[actix_web::test]
async fn every_row_holds() {
    sockets::run("actix", Duration::ZERO, serve).await;
}

async fn serve(app: SocketApp) -> SocketAddr {
    let app = move || {
        App::new()
            .app_data(Auth::from(app.auth().clone()))
            .app_data(web::Data::new(app.clone()))
            .route("/echo", web::get().to(open::<Echo>))
            .route("/flood", web::get().to(open::<Flood>))
    };
    let server = HttpServer::new(app).workers(1).disable_signals();
    let server = server.bind("127.0.0.1:0").unwrap();
    let address = server.addrs().pop().unwrap();
    rt::spawn(server.run());
    address
}

async fn open<H: Handler>(
    app: web::Data<SocketApp>,
    auth: Auth,
    token: Access,
    request: HttpRequest,
    body: web::Payload,
) -> actix_web::Result<HttpResponse> {
    let (response, session, messages) = actix_ws::handle(&request, body)?;
    rt::spawn(async move {
        let socket = auth.guard(session, messages, &token);
        let mut socket = socket.ask_every(app.interval());
        H::run(&mut socket).await;
        app.ended(socket.ended());
    });
    Ok(response)
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
