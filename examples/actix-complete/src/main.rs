//! The complete example of AuthX's page on cookies for actix-web, to be read next to the Python, or
//! next to `complete` for axum.
//!
//! Like that page it has no sessions: a log-out deletes the cookies, and a copied token is accepted
//! until it expires. A refresh that is under way at the log-out logs in again, for its answer sets
//! the cookies anew. With a store (`Auth::builder(config).store(..)`) a log-out ends the session on
//! every node, refresh tokens rotate, and a replayed one is detected: the example `sessions` shows
//! it.
//!
//! `JWT_SECRET_KEY=$(openssl rand -hex 32) cargo run -p actix-complete`, then the calls of the
//! README (bodies differ a little). Settings: `PORT` (8000), and every `JWT_*` and `HANDSTAMP_*`
//! variable. Ctrl-C ends it.

use actix_web::error::{
    ErrorUnprocessableEntity, ErrorUnsupportedMediaType, InternalError, JsonPayloadError,
};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, Responder, web};
use handstamp_actix::handstamp::config::Algorithm;
use handstamp_actix::{Access, Auth, Config, Error, Location, Refresh, days, minutes};
use serde::Deserialize;
use serde_json::{Value, json};

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port: u16 = std::env::var("PORT").map_or(Ok(8000), |port| port.parse())?;
    // Ports of one host share cookies, so at another port the names of ours end with it.
    let suffix = match port {
        0 | 8000 => String::new(),
        port => format!("_{port}"),
    };
    // Configure for cookie-based auth. The environment wins over what stands here.
    let auth = Auth::new(
        Config::builder()
            .algorithm(Algorithm::Hs256)
            .token_locations([Location::Cookies])
            .access_token_expires(minutes(15))
            .refresh_token_expires(days(30))
            .cookie_secure(false) // for http://localhost only
            .cookie_suffix(suffix)
            .env()
            .build()?,
    )?;
    let app = move || {
        App::new()
            .wrap(auth.no_store())
            .app_data(auth.clone())
            .app_data(web::JsonConfig::default().error_handler(unreadable))
            .service(web::resource("/login").post(login))
            .service(web::resource("/logout").post(logout))
            .service(web::resource("/protected").get(protected).head(protected))
            .service(web::resource("/posts").post(create_post))
            .service(web::resource("/refresh").post(refresh))
    };

    // actix-web closes what sends no head within 5 s: idle connections keep no user out for long.
    let server = HttpServer::new(app).bind(("127.0.0.1", port))?;
    for address in server.addrs() {
        println!("listening on http://{address}");
    }
    server.run().await?;
    Ok(())
}

#[derive(Deserialize)]
struct LoginRequest {
    username: String,
    password: String,
}

/// Name, password and mail address.
const USERS: [(&str, &str, &str); 2] = [
    ("user1", "password1", "user1@example.com"),
    ("user2", "password2", "user2@example.com"),
];

/// Login and set tokens in cookies.
async fn login(auth: Auth, form: web::Json<LoginRequest>) -> actix_web::Result<impl Responder> {
    if !USERS
        .iter()
        .any(|(name, password, _)| *name == form.username && *password == form.password)
    {
        let detail = "Invalid credentials";
        let response = HttpResponse::Unauthorized().json(json!({"detail": detail}));
        return Err(InternalError::from_response(detail, response).into());
    }
    // Create tokens
    let access = auth.create_access_token(&form.username)?;
    let refresh = auth.create_refresh_token(&form.username)?;

    // Set in HTTP-only cookies
    let cookies = auth
        .set_access_cookies(&access)?
        .and(auth.set_refresh_cookies(&refresh)?);
    let body = json!({"message": "Login successful", "username": form.username});
    Ok(cookies.on(web::Json(body)))
}

/// Logout and clear cookies.
async fn logout(auth: Auth) -> impl Responder {
    let body = json!({"message": "Successfully logged out"});
    auth.unset_cookies().on(web::Json(body))
}

/// Protected route - token from cookie.
async fn protected(token: Access) -> web::Json<Value> {
    let user = USERS.iter().find(|(name, ..)| *name == token.subject());
    let email = user.map(|(_, _, email)| email);
    web::Json(json!({"message": "Access granted", "username": token.subject(), "email": email}))
}

/// Create post - CSRF protection automatic.
async fn create_post(token: Access) -> web::Json<Value> {
    web::Json(json!({"message": "Post created", "user": token.subject()}))
}

/// Refresh access token.
async fn refresh(auth: Auth, token: Refresh) -> Result<impl Responder, Error> {
    let access = auth.create_access_token(&token)?;
    let body = json!({"message": "Token refreshed"});
    Ok(auth.set_access_cookies(&access)?.on(web::Json(body)))
}

/// actix-web answers 400 to every body that it cannot read; this tells apart what is wrong with it.
fn unreadable(error: JsonPayloadError, _: &HttpRequest) -> actix_web::Error {
    match error {
        JsonPayloadError::ContentType => ErrorUnsupportedMediaType(error),
        JsonPayloadError::Deserialize(ref reason) if reason.is_data() => {
            ErrorUnprocessableEntity(error)
        }
        _ => error.into(),
    }
}
