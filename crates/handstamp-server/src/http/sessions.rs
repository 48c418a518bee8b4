//! The routes that list and revoke the sessions of the user who is logged in.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use handstamp_axum::handstamp::store::SessionId;
use handstamp_axum::{Access, Auth, Error};
use serde_json::{Value, json};

use super::state::AppState;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/sessions", get(list))
        .route("/sessions/{id}", delete(revoke))
        .route("/sessions/revoke-others", post(revoke_others))
}

/// Lists the sessions of the user, the latest log-in first, and says whether there are more.
async fn list(State(auth): State<Auth>, token: Access) -> Result<impl IntoResponse, Error> {
    let sessions = auth.sessions(&token).await?;
    let listed = sessions.iter().map(|session| {
        json!({
            "id": session.id().as_str(),
            "device": session.label(),
            "browser": session.user_agent(),
            "address": session.ip(),
            "logged_in": session.created_at().as_secs(),
            "last_active": session.last_active().as_secs(),
            "this_device": session.is_current(),
        })
    });
    let listed: Vec<Value> = listed.collect();
    let body = json!({"sessions": listed, "has_more": sessions.has_more()});
    Ok(([(CACHE_CONTROL, "no-store")], Json(body)))
}

/// Ends one session of the user. The session of another user is answered as one that does not
/// exist.
async fn revoke(
    State(auth): State<Auth>,
    token: Access,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Error> {
    if let Ok(Path(id)) = id {
        let id = SessionId::from(id.as_str());
        if auth.revoke_session(&token, &id).await? {
            return Ok(Json(json!({"message": "Session revoked"})).into_response());
        }
    }
    let body = Json(json!({"message": "No such session"}));
    Ok((StatusCode::NOT_FOUND, body).into_response())
}

/// Ends all sessions of the user but the one of this request.
async fn revoke_others(State(auth): State<Auth>, token: Access) -> Result<Json<Value>, Error> {
    let revoked = auth.revoke_other_sessions(&token).await?;
    Ok(Json(
        json!({"message": "Other sessions revoked", "revoked": revoked}),
    ))
}
