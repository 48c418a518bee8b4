//! Routes for programs that are no browser: tokens in bodies, and in the header `Authorization`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use handstamp_axum::handstamp::TokenPair;
use handstamp_axum::{Access, Auth, ClientInfo, Error, Location, LogOut, Refresh, Require};
use serde::Deserialize;
use serde_json::{Value, json};

/// The routes of the program, and one that browsers use as well.
pub fn routes(auth: &Auth) -> Router<Auth> {
    let by_header = Require::refresh().from([Location::Headers]);
    Router::new()
        .route("/native/login", post(login))
        .route(
            "/native/refresh",
            post(refresh).layer(auth.require(by_header)),
        )
        .route("/native/logout", post(logout))
        .route("/me", get(me))
        .layer(auth.no_store())
}

#[derive(Deserialize)]
struct LoginRequest {
    username: String,
    password: String,
    /// What the user calls this device, for the list of sessions.
    #[serde(default)]
    device: String,
}

async fn login(
    State(auth): State<Auth>,
    client: ClientInfo,
    Json(form): Json<LoginRequest>,
) -> Result<Response, Error> {
    if !USERS.contains(&(&form.username, &form.password)) {
        let body = Json(json!({"message": "Invalid credentials"}));
        return Ok((StatusCode::UNAUTHORIZED, body).into_response());
    }
    let tokens = auth
        .log_in(&form.username, client.label(form.device))
        .await?;
    Ok(answer(&tokens).into_response())
}

async fn refresh(State(auth): State<Auth>, token: Refresh) -> Result<impl IntoResponse, Error> {
    Ok(answer(&auth.refresh(token).await?))
}

/// `access_token`, `refresh_token`, `token_type`, for no cache to keep (RFC 6749, section 5.1).
fn answer(tokens: &TokenPair) -> impl IntoResponse + use<> {
    ([(CACHE_CONTROL, "no-store")], Json(json!(tokens)))
}

async fn logout(State(auth): State<Auth>, log_out: LogOut) -> Result<impl IntoResponse, Error> {
    Ok((auth.log_out(log_out).await?, StatusCode::NO_CONTENT))
}

async fn me(token: Access) -> Json<Value> {
    Json(json!({"username": token.subject()}))
}

/// In place of your own table of users.
const USERS: [(&str, &str); 2] = [("user1", "password1"), ("user2", "password2")];

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use handstamp_axum::handstamp::store::MemoryStore;
    use handstamp_axum::{Auth, Config, Location};
    use serde_json::{Value, json};
    use tower::ServiceExt as _;

    use super::routes;

    #[tokio::test]
    async fn a_program_lives_by_tokens_in_headers() {
        let app = app();
        let pair = log_in(&app).await;
        let old = text(&pair, "access_token");
        assert_eq!(pair["token_type"], "bearer");
        assert_eq!(said(&app, "GET", "/me", &bearer(&old)).await.0, 200);

        let refresh = bearer(&text(&pair, "refresh_token"));
        let (status, pair) = said(&app, "POST", "/native/refresh", &refresh).await;
        assert_eq!(status, 200);
        let access = bearer(&text(&pair, "access_token"));
        assert_eq!(said(&app, "POST", "/native/logout", &access).await.0, 204);
        for (row, method, path, header) in [
            ("the access token", "GET", "/me", &access),
            ("the one before", "GET", "/me", &bearer(&old)),
            ("the refresh token", "POST", "/native/refresh", &refresh),
        ] {
            let (status, body) = said(&app, method, path, header).await;
            assert_eq!(
                (status, &body["code"]),
                (401, &json!("session_ended")),
                "{row}"
            );
        }
    }

    #[tokio::test]
    async fn each_token_opens_what_it_is_for_and_from_where_it_should_come() {
        let app = app();
        let pair = log_in(&app).await;
        let (access, refresh) = (text(&pair, "access_token"), text(&pair, "refresh_token"));
        let cookie = |name: &str, token: &str| [("cookie", format!("{name}={token}"))];
        for (row, method, path, header, status, code) in [
            (
                "none",
                "GET",
                "/me",
                [("accept", "*/*".to_owned())],
                401,
                "missing_token",
            ),
            (
                "a refresh token for an access token",
                "GET",
                "/me",
                bearer(&refresh),
                401,
                "access_token_required",
            ),
            (
                "the other way round",
                "POST",
                "/native/refresh",
                bearer(&access),
                401,
                "refresh_token_required",
            ),
            (
                "a refresh token in a cookie",
                "POST",
                "/native/refresh",
                cookie("refresh_token_cookie", &refresh),
                401,
                "missing_token",
            ),
            (
                "another scheme",
                "GET",
                "/me",
                [("authorization", "Basic eDp5".to_owned())],
                401,
                "missing_token",
            ),
        ] {
            let (found, body) = said(&app, method, path, &header).await;
            assert_eq!(
                (found, &body["code"]),
                (status, &json!(code)),
                "{row}: {body}"
            );
        }
    }

    fn app() -> Router {
        let config = Config::builder()
            .secret_key([7; 32].as_slice())
            .token_locations([Location::Headers, Location::Cookies])
            .build()
            .unwrap();
        let auth = Auth::builder(config)
            .store(MemoryStore::new())
            .build()
            .unwrap();
        routes(&auth).with_state(auth)
    }

    async fn log_in(app: &Router) -> Value {
        let form = json!({"username": "user1", "password": "password1", "device": "a phone"});
        let request = Request::post("/native/login").header("content-type", "application/json");
        let request = request.body(Body::from(form.to_string())).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        assert!(!response.headers().contains_key("set-cookie"));
        assert_eq!(response.headers()["cache-control"], "no-store");
        let body = to_bytes(response.into_body(), 10_000).await.unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    async fn said(
        app: &Router,
        method: &str,
        path: &str,
        header: &[(&str, String); 1],
    ) -> (u16, Value) {
        let [(name, value)] = header;
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(*name, value);
        let request = request.body(Body::empty()).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 10_000).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    fn bearer(token: &str) -> [(&'static str, String); 1] {
        [("authorization", format!("Bearer {token}"))]
    }

    fn text(body: &Value, name: &str) -> String {
        body[name].as_str().unwrap().to_owned()
    }
}
