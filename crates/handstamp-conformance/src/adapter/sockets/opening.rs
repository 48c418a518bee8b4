//! The table of who may open a WebSocket, with handshakes.

use std::net::SocketAddr;

use handstamp::session::ClientInfo;
use tokio_tungstenite::tungstenite::{self, http::HeaderName};

use super::SocketApp;
use super::service::Service;
use crate::adapter::checks::Checks;
use crate::adapter::upgrades::openings;

pub(super) async fn rows<S: AsyncFn(SocketApp) -> SocketAddr>(checks: &mut Checks, serve: &S) {
    let service = Service::alone(serve).await;
    let ended = {
        let tokens = service.auth.log_in("user2", ClientInfo::new()).await;
        let ended = service.auth.revoke_all_sessions("user2").await;
        ended.expect("the store is up");
        tokens.expect("the store is up")
    };
    let token = service.log_in().await;
    for (row, headers, expected) in openings(&token, ended.access().as_str()) {
        let mut request = service.request("/echo");
        for (name, value) in headers {
            let name = HeaderName::from_static(name);
            let value = value.parse().expect("the row's header can be sent");
            request.headers_mut().append(name, value);
        }
        let seen = match tokio_tungstenite::connect_async(request).await {
            Ok(_) => Ok(()),
            Err(tungstenite::Error::Http(response)) => {
                let body = response.body().as_deref().unwrap_or_default();
                let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
                let code = body["code"].as_str().unwrap_or_default();
                Err(code.to_owned())
            }
            Err(error) => Err(error.to_string()),
        };
        let row = format!("a WebSocket by {row}");
        let expected = expected.map_err(str::to_owned);
        checks.equal(&row, "handshake", seen, expected);
    }
}
