use actix_web::{App, HttpServer, Responder, web};
use handstamp_actix::handstamp::store::MemoryStore;
use handstamp_actix::{Access, Auth, ClientInfo, Config, Error, LogOut, Refresh};

async fn login(auth: Auth, client: ClientInfo) -> Result<impl Responder, Error> {
    let tokens = auth.log_in("user1", client).await?; // check the password first
    Ok(auth.set_cookies(&tokens)?.on("welcome"))
}
async fn post_it(token: Access) -> String { // a POST by cookie: the CSRF header was checked
    format!("posted by {}", token.subject())
}
async fn refresh(auth: Auth, token: Refresh) -> Result<impl Responder, Error> {
    let tokens = auth.refresh(token).await?;
    Ok(auth.set_cookies(&tokens)?.on("refreshed"))
}
async fn logout(auth: Auth, log_out: LogOut) -> Result<impl Responder, Error> {
    Ok(auth.log_out(log_out).await?.on("bye"))
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let auth = Auth::builder(Config::from_env()?).store(MemoryStore::new()).build()?;
    let app = move || App::new().wrap(auth.no_store()).app_data(auth.clone())
        .route("/login", web::post().to(login)).route("/posts", web::post().to(post_it))
        .route("/refresh", web::post().to(refresh)).route("/logout", web::post().to(logout));
    Ok(HttpServer::new(app).bind("127.0.0.1:8000")?.run().await?)
}
