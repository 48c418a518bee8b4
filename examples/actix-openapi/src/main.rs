//! An API that is described as OpenAPI by what its routes enforce, with Swagger UI and Scalar: the
//! example `openapi` on actix-web, from which it has all that names no framework.
//!
//! `JWT_SECRET_KEY=$(openssl rand -hex 32) cargo run -p actix-openapi`, then `/docs`, `/reference`
//! and `/openapi.json`. Settings: `PORT` (8000), `LOG_INS_PER_MINUTE` of one address (10), `JWT_*`,
//! `HANDSTAMP_*`.

mod app;
mod fallback;
mod handlers;
mod json;
mod log_in;
#[path = "../../openapi/src/pages.rs"]
mod pages;
#[path = "../../openapi/src/posts.rs"]
mod posts;
#[path = "../../openapi/src/users.rs"]
mod users;

use actix_web::HttpServer;
use handstamp_actix::handstamp::limit::{Limit, Quota, RateLimits};
use handstamp_actix::handstamp::store::MemoryStore;
use handstamp_actix::{Auth, Config, Location};

use crate::app::Service;

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port: u16 = std::env::var("PORT").map_or(Ok(8000), |port| port.parse())?;
    // Ports of one host share cookies, so at another port the names of ours end with it.
    let suffix = match port {
        0 | 8000 => String::new(),
        port => format!("_{port}"),
    };
    let config = Config::builder()
        // Browsers send cookies, programs the header `Authorization`.
        .token_locations([Location::Cookies, Location::Headers])
        .cookie_secure(false) // for http://localhost only
        .cookie_suffix(suffix)
        .env()
        .build()?;
    let auth = Auth::builder(config).store(MemoryStore::new()).build()?;
    let log_ins = std::env::var("LOG_INS_PER_MINUTE").map_or(Ok(10), |number| number.parse())?;
    let log_ins = Limit::by_address("log-in", Quota::per_minute(log_ins));
    // Outside of the factory, which each worker calls: all of them count together.
    let service = Service::new(auth, RateLimits::in_memory([log_ins])?);

    let server = HttpServer::new(move || service.app()).bind(("127.0.0.1", port))?;
    for address in server.addrs() {
        println!("listening on http://{address}");
    }
    server.run().await?;
    Ok(())
}
