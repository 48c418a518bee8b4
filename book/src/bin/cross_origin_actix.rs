//! An API for a page on another origin, on actix-web.
//!
//! Settings: `PORT` (8000), `API_ORIGIN` and `PAGE_ORIGIN` (`http://localhost:8000` and
//! `http://localhost:3000`), and every `JWT_*` and `HANDSTAMP_*` variable.

use actix_cors::Cors;
use actix_web::error::InternalError;
use actix_web::http::header;
use actix_web::{App, HttpResponse, HttpServer, Responder, web};
use handstamp_actix::handstamp::store::MemoryStore;
use handstamp_actix::{Access, Auth, ClientInfo, Config, Error, Refresh, Require, Route, routes};
use serde::Deserialize;
use serde_json::{Value, json};

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port: u16 = std::env::var("PORT").map_or(Ok(8000), |port| port.parse())?;
    let api_origin = origin("API_ORIGIN", "http://localhost:8000");
    let page_origin = origin("PAGE_ORIGIN", "http://localhost:3000");
    let config = Config::builder()
        .public_origin(&*api_origin)
        .trusted_origins([&*page_origin])
        .csrf_in_cookies(false) // the page could not read them
        .cookie_secure(false) // for http://localhost only
        .env() // the environment wins over what stands here
        .build()?;
    let auth = Auth::builder(config).store(MemoryStore::new()).build()?;
    let app = move || {
        App::new()
            .wrap(auth.no_store())
            // Last, so outermost: refusals need its headers too, and a preflight has no cookies.
            .wrap(cors(&page_origin))
            .configure(|service| api(&auth, service))
    };
    let server = HttpServer::new(app).bind(("127.0.0.1", port))?;
    for address in server.addrs() {
        println!("listening on http://{address}");
    }
    server.run().await?;
    Ok(())
}

fn origin(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}

fn api(auth: &Auth, service: &mut web::ServiceConfig) {
    // A page that was just loaded has no CSRF value while its access token is expired. That the
    // request is from it is proven by its origin, which is among the trusted ones.
    let by_origin = auth.require(Require::refresh().without_csrf_token());
    let log_in = web::resource("/login").wrap(auth.same_origin());
    service
        .app_data(auth.clone())
        .service(log_in.post(login))
        .service(web::resource("/refresh").wrap(by_origin).post(refresh))
        .service(web::resource("/posts").post(create_post))
        // GET /session, POST /logout, the list of sessions
        .service(routes(auth).without(Route::Refresh));
}

/// With credentials a browser wants exact origins and headers, no `*`.
fn cors(page_origin: &str) -> Cors {
    Cors::default()
        .allowed_origin(page_origin)
        .supports_credentials()
        .allowed_methods(["GET", "POST", "DELETE"])
        .allowed_headers([
            header::CONTENT_TYPE,
            header::HeaderName::from_static("x-csrf-token"),
        ])
        .expose_headers([header::RETRY_AFTER])
        .block_on_origin_mismatch(false) // the service refuses, with a code that says why
        .max_age(3600)
}

#[derive(Deserialize)]
struct LoginRequest {
    username: String,
    password: String,
}

/// In place of your own table of users.
const USERS: [(&str, &str); 2] = [("user1", "password1"), ("user2", "password2")];

async fn login(
    auth: Auth,
    client: ClientInfo,
    form: web::Json<LoginRequest>,
) -> actix_web::Result<impl Responder> {
    if !USERS.contains(&(&*form.username, &*form.password)) {
        let message = "Invalid credentials";
        let response = HttpResponse::Unauthorized().json(json!({"message": message}));
        return Err(InternalError::from_response(message, response).into());
    }
    let tokens = auth.log_in(&form.username, client).await?;
    let body = json!({
        "subject": form.username,
        "csrf": tokens.csrf(), // the page cannot read it of the cookie
        "expires_in": tokens.access().expires_in().as_secs(),
    });
    Ok(auth.set_cookies(&tokens)?.on(web::Json(body)))
}

async fn refresh(auth: Auth, token: Refresh) -> Result<impl Responder, Error> {
    let subject = token.subject().to_owned();
    let tokens = auth.refresh(token).await?;
    let body = json!({
        "subject": subject,
        "csrf": tokens.csrf(),
        "expires_in": tokens.access().expires_in().as_secs(),
    });
    Ok(auth.set_cookies(&tokens)?.on(web::Json(body)))
}

#[derive(Deserialize)]
struct Post {
    title: String,
}

/// The origin and the CSRF value were checked before this is called.
async fn create_post(token: Access, post: web::Json<Post>) -> web::Json<Value> {
    web::Json(json!({"title": post.title, "user": token.subject()}))
}
