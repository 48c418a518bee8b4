//! A user of an old session gets a new one, and notices nothing.

use std::convert::Infallible;

use axum::Router;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use handstamp_axum::{Auth, ClientInfo, Error};

/// The route, with the layers of the old session around it in the application.
pub fn routes(auth: &Auth) -> Router<Auth> {
    Router::new().route("/move", post(move_session).layer(auth.same_origin()))
}

async fn move_session(
    State(auth): State<Auth>,
    client: ClientInfo,
    mut old: OldSession,
) -> Result<Response, Error> {
    let Some(user) = old.user else {
        return Ok(StatusCode::UNAUTHORIZED.into_response());
    };
    let tokens = auth.log_in(user.to_string(), client).await?;
    old.logout();
    Ok((auth.set_cookies(&tokens)?, StatusCode::NO_CONTENT).into_response())
}

/// Stands for `axum_login::AuthSession<Backend>`: here, the user's id is in the cookie.
struct OldSession {
    user: Option<i64>,
}

impl OldSession {
    fn logout(&mut self) {
        self.user = None;
    }
}

impl<S: Sync> FromRequestParts<S> for OldSession {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let cookie = parts.headers.get("cookie");
        let id = cookie.and_then(|cookie| cookie.to_str().ok()?.strip_prefix("id="));
        Ok(Self {
            user: id.and_then(|id| id.parse().ok()),
        })
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use handstamp_axum::handstamp::store::MemoryStore;
    use handstamp_axum::testing::Browser;
    use handstamp_axum::{Access, Config};

    use super::*;

    fn browser() -> Browser {
        let config = Config::builder()
            .secret_key([7; 32].as_slice())
            .build()
            .unwrap();
        let auth: Auth = Auth::builder(config)
            .store(MemoryStore::new())
            .build()
            .unwrap();
        let app = routes(&auth)
            .route("/me", get(async |token: Access| token.subject().to_owned()))
            .with_state(auth);
        Browser::new(app, "https://app.example.com")
    }

    #[tokio::test]
    async fn a_user_of_an_old_session_is_logged_in_anew() {
        let browser = browser();
        assert_eq!(browser.post("/move").send().await.status(), 401);
        let moved = browser.post("/move").header("cookie", "id=7").send().await;
        assert_eq!(moved.status(), 204);
        assert_eq!(browser.get("/me").send().await.text(), "7");
    }

    #[tokio::test]
    async fn another_site_moves_no_one() {
        let browser = browser();
        let evil = browser.from_origin("https://evil.example");
        let refused = evil.post("/move").header("cookie", "id=7").send().await;
        assert_eq!(
            (refused.status(), refused.code()),
            (403, Some("cross_site_request"))
        );
    }
}
