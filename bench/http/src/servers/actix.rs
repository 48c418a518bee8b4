//! actix-web without a login, and handstamp on it as its README builds an application.

use actix_web::dev::Server;
use actix_web::rt::System;
use actix_web::{App, HttpServer, Responder, web};
use handstamp_actix::{Access, Auth, ClientInfo, Error};
use handstamp_bench::facts::SUBJECT;
use handstamp_bench::ours::{config, new_token};

use super::{LOOPBACK, Me, announce};

pub fn serve_plain() {
    run(|| {
        let app = || {
            App::new()
                .route("/me", web::get().to(fixed))
                .route("/notes", web::post().to(fixed))
        };
        let server = HttpServer::new(app).workers(1).bind(LOOPBACK);
        let server = server.expect("a free port");
        announce(server.addrs()[0]);
        server.run()
    });
}

pub fn serve_handstamp() {
    run(|| {
        let auth: Auth =
            Auth::new(config().build().expect("it is valid")).expect("it needs no store");
        let app = move || {
            App::new()
                .wrap(auth.no_store())
                .app_data(auth.clone())
                .service(
                    web::resource("/login")
                        .wrap(auth.same_origin())
                        .post(log_in),
                )
                .route("/me", web::get().to(subject))
                .route("/notes", web::post().to(subject))
        };
        let server = HttpServer::new(app).workers(1).bind(LOOPBACK);
        let server = server.expect("a free port");
        announce(server.addrs()[0]);
        server.run()
    });
}

fn run(start: impl FnOnce() -> Server) {
    let served = System::new().block_on(async { start().await });
    served.expect("it serves until it is killed");
}

async fn fixed() -> web::Json<Me> {
    web::Json(Me::fixed())
}

async fn log_in(auth: Auth, client: ClientInfo) -> Result<impl Responder, Error> {
    let tokens = auth.log_in(new_token(SUBJECT), client).await?;
    Ok(auth.set_cookies(&tokens)?.on("welcome"))
}

async fn subject(token: Access) -> web::Json<Me> {
    web::Json(Me::new(token.subject()))
}
