use actix_web::{App, HttpServer, Responder, web};
use handstamp_actix::handstamp::store::MemoryStore;
use handstamp_actix::{Access, Auth, ClientInfo, Config, Error, routes};

async fn login(auth: Auth, client: ClientInfo) -> Result<impl Responder, Error> {
    let tokens = auth.log_in("user1", client).await?; // check the password first
    Ok(auth.set_cookies(&tokens)?.on("welcome"))
}
async fn post_it(token: Access) -> String { // a POST by cookie: the CSRF header was checked
    format!("posted by {}", token.subject())
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_env_filter("info,handstamp::refusals=debug").init(); // refusals
    let auth = Auth::builder(Config::from_env()?).store(MemoryStore::new()).build()?;
    let app = move || App::new().wrap(auth.no_store()).app_data(auth.clone())
        .service(web::resource("/login").wrap(auth.same_origin()).post(login))
        .route("/posts", web::post().to(post_it))
        .service(routes(&auth)); // POST /refresh and /logout, GET /session, the user's devices
    Ok(HttpServer::new(app).bind("127.0.0.1:8000")?.run().await?)
}
