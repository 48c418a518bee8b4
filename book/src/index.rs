//! The first page.

use handstamp_axum::Access;

/// A handler that only a logged-in user may call.
pub async fn create_post(token: Access) -> String {
    format!("posted by {}", token.subject())
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::http::Request;
    use axum::routing::post;
    use handstamp_axum::{Auth, Config};
    use tower::ServiceExt as _;

    use super::create_post;

    async fn status(auth: &Auth, headers: &[(&str, &str)]) -> u16 {
        let app = Router::new()
            .route("/posts", post(create_post))
            .with_state(auth.clone());
        let mut request = Request::post("/posts");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = app
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap();
        response.status().as_u16()
    }

    #[tokio::test]
    async fn a_handler_is_called_with_token_and_csrf_value_only() {
        let config = Config::builder().secret_key("a secret of at least thirty-two bytes");
        let auth = Auth::new(config.build().unwrap()).unwrap();
        let token = auth.create_access_token("user1").unwrap();
        let cookie = format!("access_token_cookie={}", token.as_str());
        let csrf = token.csrf().unwrap();
        assert_eq!(status(&auth, &[]).await, 401);
        assert_eq!(status(&auth, &[("cookie", &cookie)]).await, 403);
        let both = [("cookie", cookie.as_str()), ("x-csrf-token", csrf)];
        assert_eq!(status(&auth, &both).await, 200);
    }
}
