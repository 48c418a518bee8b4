use axum::{Json, Router, extract::State, response::IntoResponse, routing::post};
use handstamp_axum::handstamp::store::MemoryStore;
use handstamp_axum::{Access, Auth, ClientInfo, Config, Error, routes};
use serde_json::{Value, json};

async fn login(State(auth): State<Auth>, client: ClientInfo) -> Result<impl IntoResponse, Error> {
    let tokens = auth.log_in("user1", client).await?; // check the password first
    Ok((auth.set_cookies(&tokens)?, "welcome"))
}
async fn post_it(token: Access) -> Json<Value> { // a POST by cookie: the CSRF header was checked
    Json(json!({"posted_by": token.subject()}))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_env_filter("info,handstamp::refusals=debug").init(); // refusals
    let config = Config::from_env()?; // JWT_SECRET_KEY and the like; every mistake at once
    let auth = Auth::builder(config).store(MemoryStore::new()).build()?;
    let app = Router::new().route("/login", post(login).layer(auth.same_origin()))
        .route("/posts", post(post_it))
        .merge(routes(&auth)) // POST /refresh and /logout, GET /session, the user's devices
        .layer(auth.no_store()).with_state(auth); // no page of a user in the next one's browser
    Ok(axum::serve(tokio::net::TcpListener::bind("127.0.0.1:8000").await?, app).await?)
}
