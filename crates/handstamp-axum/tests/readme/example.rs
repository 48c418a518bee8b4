use axum::{Json, Router, extract::State, response::IntoResponse, routing::post};
use handstamp_axum::{Access, Auth, Config, IssueError, NewToken, Refresh};
use serde_json::{Value, json};

async fn login(State(auth): State<Auth>) -> Result<impl IntoResponse, IssueError> {
    let user = "user1"; // check the password first
    let access = auth.create_access_token(NewToken::for_subject(user).fresh())?;
    let refresh = auth.create_refresh_token(user)?;
    Ok((auth.set_access_cookies(&access)?, auth.set_refresh_cookies(&refresh)?, "welcome"))
}
async fn post_it(token: Access) -> Json<Value> { // a POST by cookie: the CSRF header was checked
    Json(json!({"posted_by": token.subject()}))
}
async fn refresh(State(auth): State<Auth>, token: Refresh) -> Result<impl IntoResponse, IssueError> {
    Ok((auth.set_access_cookies(&auth.create_access_token(&token)?)?, "refreshed"))
}
async fn logout(State(auth): State<Auth>) -> impl IntoResponse { (auth.unset_cookies(), "bye") }

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let auth = Auth::new(Config::from_env()?); // JWT_SECRET_KEY and the like; every mistake at once
    let app = Router::new().route("/login", post(login)).route("/posts", post(post_it))
        .route("/refresh", post(refresh)).route("/logout", post(logout)).with_state(auth);
    Ok(axum::serve(tokio::net::TcpListener::bind("127.0.0.1:8000").await?, app).await?)
}
