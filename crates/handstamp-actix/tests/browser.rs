//! The shared cases of the test kit's browser, on an application of actix-web.

use std::collections::HashMap;

use actix_cors::Cors;
use actix_web::test::init_service;
use actix_web::{App, HttpRequest, HttpResponse, Responder, web};
use handstamp_actix::testing::{Browser, InProcess};
use handstamp_actix::{
    Access, AccessForm, Auth, ClientInfo, Error, LogOut, Refresh, Require, Route, days, routes,
};
use handstamp_conformance::browser::{self, PAGE, values_in_body};
use serde_json::Value;

#[actix_web::test]
async fn every_case_holds() {
    browser::run(async |auth| {
        let auth = Auth::from(auth);
        let admins = auth.require(Require::access().all_scopes(["admin"]));
        let rest = routes(&auth).without(Route::Refresh).without(Route::LogOut);
        let app = App::new()
            .wrap(cors())
            .app_data(auth)
            .service(web::resource("/scopes").wrap(admins).to(access))
            .route("/login", web::post().to(log_in))
            .route("/access", web::to(access))
            .route("/refresh", web::post().to(refresh))
            .route("/logout", web::post().to(log_out))
            .route("/form", web::post().to(form))
            .route("/json", web::post().to(json))
            .route("/peer", web::get().to(peer))
            .route("/head/{name}", web::get().to(head))
            .service(rest);
        InProcess::from(init_service(app).await)
    })
    .await;
}

#[actix_web::test]
async fn the_error_of_a_middleware_is_a_response() {
    let failing = actix_web::middleware::from_fn(async |_, _: actix_web::middleware::Next<_>| {
        Err::<actix_web::dev::ServiceResponse, _>(actix_web::error::ErrorImATeapot("tea"))
    });
    let app = App::new()
        .wrap(failing)
        .route("/", web::to(HttpResponse::Ok));
    let browser = Browser::new(init_service(app).await, "https://app.example.com");
    let response = browser.get("/").send().await;
    assert_eq!(
        (response.status(), response.text()),
        (418, "tea".to_owned())
    );
}

fn cors() -> Cors {
    Cors::default()
        .allowed_origin(PAGE)
        .supports_credentials()
        .allowed_methods(["GET", "POST"])
        .allowed_headers(["content-type", "x-csrf-token"])
        .block_on_origin_mismatch(false)
}

async fn log_in(
    auth: Auth,
    request: HttpRequest,
    client: ClientInfo,
) -> Result<impl Responder, Error> {
    let query = request.query_string();
    let client = if query.contains("remember") {
        client.persistent(days(1))
    } else {
        client
    };
    let tokens = auth.log_in("user1", client).await?;
    let body = web::Json(values_in_body(&tokens, query));
    Ok(auth.set_cookies(&tokens)?.on(body))
}

async fn access(token: Access) -> String {
    token.subject().to_owned()
}

async fn refresh(
    auth: Auth,
    request: HttpRequest,
    token: Refresh,
) -> Result<impl Responder, Error> {
    let tokens = auth.refresh(token).await?;
    let body = web::Json(values_in_body(&tokens, request.query_string()));
    Ok(auth.set_cookies(&tokens)?.on(body))
}

async fn log_out(auth: Auth, log_out: LogOut) -> Result<impl Responder, Error> {
    Ok(auth.log_out(log_out).await?.on(""))
}

async fn form(request: AccessForm<HashMap<String, String>>) -> String {
    let title = request.form.get("title").map_or("", String::as_str);
    format!("{}: {title}", request.token.subject())
}

async fn json(_: Access, post: web::Json<Value>) -> String {
    post.get("title")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

async fn peer(request: HttpRequest) -> String {
    let peer = request.peer_addr();
    peer.map(|peer| peer.ip().to_string()).unwrap_or_default()
}

async fn head(name: web::Path<String>, request: HttpRequest) -> HttpResponse {
    let value = request.headers().get(name.as_str());
    let value = value.and_then(|value| value.to_str().ok());
    HttpResponse::BadRequest().body(value.unwrap_or_default().to_owned())
}
