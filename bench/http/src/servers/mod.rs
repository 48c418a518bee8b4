//! The servers that are written in Rust. Each has one thread for its requests, and the routes
//! `GET /me` and `POST /notes`, which answer with the subject of the caller. Those with a login
//! have `POST /login` as well, which asks for no password and answers with cookies.

mod actix;
mod axum_handstamp;
mod axum_jar;
mod axum_login;
mod axum_plain;

use std::io::{Read as _, stdin};
use std::net::SocketAddr;
use std::{process, thread};

use axum::Router;
use handstamp_bench::facts::SUBJECT;
use serde::Serialize;
use tokio::net::TcpListener;

/// The body of every answer.
#[derive(Serialize)]
pub struct Me {
    subject: String,
}

impl Me {
    fn new(subject: &str) -> Self {
        let subject = subject.to_owned();
        Self { subject }
    }

    /// Of the routes that ask for nobody.
    fn fixed() -> Self {
        Self::new(SUBJECT)
    }
}

/// Serves until standard input ends, and prints the address first.
///
/// # Panics
/// Panics if there is no such server, or if it does not start.
pub fn serve(name: &str, store: Option<&str>) {
    end_with_standard_input();
    match name {
        "axum" => on_axum(async { axum_plain::app() }),
        "handstamp-axum" => on_axum(axum_handstamp::app(store)),
        "jar" => on_axum(async { axum_jar::app() }),
        "axum-login" => on_axum(async { axum_login::app() }),
        "actix" => actix::serve_plain(),
        "handstamp-actix" => actix::serve_handstamp(),
        _ => panic!("no server {name}"),
    }
}

/// So no server outlives the benchmark, however that ends.
fn end_with_standard_input() {
    thread::spawn(|| {
        let mut sent = Vec::new();
        // An error is an end too.
        let _ = stdin().read_to_end(&mut sent);
        process::exit(0);
    });
}

fn on_axum(app: impl Future<Output = Router>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let app = app.await;
        let listener = TcpListener::bind(LOOPBACK).await.expect("a free port");
        announce(listener.local_addr().expect("it is bound"));
        axum::serve(listener, app).await.expect("it never ends");
    });
}

fn announce(address: SocketAddr) {
    println!("{address}");
}

/// Any free port.
const LOOPBACK: (&str, u16) = ("127.0.0.1", 0);
