use axum::{Json, Router, extract::State, response::IntoResponse, routing::post};
use handstamp_axum::handstamp::store::MemoryStore;
use handstamp_axum::{Access, Auth, ClientInfo, Config, Error, LogOut, Refresh};
use serde_json::{Value, json};

async fn login(State(auth): State<Auth>, client: ClientInfo) -> Result<impl IntoResponse, Error> {
    let tokens = auth.log_in("user1", client).await?; // check the password first
    Ok((auth.set_cookies(&tokens)?, "welcome"))
}
async fn post_it(token: Access) -> Json<Value> { // a POST by cookie: the CSRF header was checked
    Json(json!({"posted_by": token.subject()}))
}
async fn refresh(State(auth): State<Auth>, token: Refresh) -> Result<impl IntoResponse, Error> {
    let tokens = auth.refresh(token).await?; // a replay after the grace window ends the session
    Ok((auth.set_cookies(&tokens)?, "refreshed"))
}
async fn logout(State(auth): State<Auth>, log_out: LogOut) -> Result<impl IntoResponse, Error> {
    Ok((auth.log_out(log_out).await?, "bye")) // at once; on every node, with a shared store
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::from_env()?; // JWT_SECRET_KEY and the like; every mistake at once
    let auth = Auth::builder(config).store(MemoryStore::new()).build()?;
    let app = Router::new().route("/login", post(login)).route("/posts", post(post_it))
        .route("/refresh", post(refresh)).route("/logout", post(logout))
        .layer(auth.no_store()).with_state(auth); // no page of a user in the next one's browser
    Ok(axum::serve(tokio::net::TcpListener::bind("127.0.0.1:8000").await?, app).await?)
}
