//! Requests of which the audit log may have records: they are answered when these are written.

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::header::USER_AGENT;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::client_address::ClientAddress;
use super::state::AppState;
use crate::audit::{AuditedRequest, Client};

/// Answers a request, and lets records name its client. Without an audit log it does nothing.
pub(super) async fn audited(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    if state.audit.is_well().is_none() {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let address = ClientAddress::from_request_parts(&mut parts, &state).await;
    let ClientAddress(address) = match address {
        Ok(address) => address,
        Err(status) => return status.into_response(),
    };
    let user_agent = parts.headers.get(USER_AGENT);
    let client = Client::new(address, user_agent.map(HeaderValue::as_bytes));
    let ends_sessions = parts.method != Method::GET && !COSTLY.contains(&parts.uri.path());
    let request = Request::from_parts(parts, body);
    let answer = AuditedRequest::new(client).answer(next.run(request));
    if !ends_sessions {
        return answer.await;
    }
    // A client that goes away meanwhile leaves no session that has ended without a record.
    tokio::spawn(answer).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a request was not answered");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    })
}

/// The routes that compare a password, which is given up with the connection. They take care of
/// their records themselves.
const COSTLY: [&str; 2] = ["/login", "/password"];
