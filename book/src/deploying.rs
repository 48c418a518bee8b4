//! What an application has in production: its settings, a route for the load balancer, an end that
//! finishes what is under way.

use std::future::pending;

use axum::Router;
use axum::extract::State;
use handstamp_axum::handstamp::error::ConfigError;
use handstamp_axum::{Auth, Config, Error};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// The settings of production. The environment wins over what stands here.
///
/// # Errors
/// Every mistake, each with what to do.
pub fn config() -> Result<Config, ConfigError> {
    Config::hardened("https://app.example.com").env().build()
}

/// `GET /readyz`: 200 if the session store answers, else 503 `store_unavailable`.
///
/// # Errors
/// The response to send.
pub async fn ready(State(auth): State<Auth>) -> Result<&'static str, Error> {
    auth.sessions("no one").await?; // asks the store, for a user who does not exist
    Ok("ready")
}

/// Serves until SIGTERM or Ctrl-C. Then it takes no new connection, and finishes what is under way.
///
/// # Errors
/// Those of the listener.
pub async fn serve(listener: TcpListener, router: Router) -> std::io::Result<()> {
    axum::serve(listener, router)
        .with_graceful_shutdown(stop())
        .await
}

async fn stop() {
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signals) => _ = signals.recv().await,
            Err(error) => {
                tracing::error!(%error, "SIGTERM is not heard: it ends the process at once");
                pending::<()>().await;
            }
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::sync::Arc;
    use std::time::Duration;

    use axum::routing::get;
    use handstamp_axum::handstamp::store::MemoryStore;
    use handstamp_axum::testing::{Browser, FailingStore, access_token_for};
    use tokio::sync::Notify;

    use super::*;

    const OLD: &str = "the old secret, of thirty-two bytes or more";
    const NEW: &str = "the new secret, of thirty-two bytes or more";

    /// A node of the service: its secret, and the one that it only verifies with.
    fn node((secret, previous): (&str, &str)) -> Auth {
        let mut settings = vec![("JWT_SECRET_KEY", secret)];
        settings.extend((!previous.is_empty()).then_some(("JWT_PREVIOUS_SECRET_KEY", previous)));
        let settings = settings
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()));
        Auth::new(Config::builder().env_from(settings).build().unwrap()).unwrap()
    }

    async fn accepts(node: &Auth, token: &str) -> u16 {
        let app = Router::new()
            .route("/", get(async |_: handstamp_axum::Access| ()))
            .layer(node.require(
                handstamp_axum::Require::access().from([handstamp_axum::Location::Headers]),
            ))
            .with_state(node.clone());
        let browser = Browser::new(app, "https://app.example.com");
        browser
            .get("/")
            .as_program()
            .bearer(token)
            .send()
            .await
            .status()
    }

    #[tokio::test]
    async fn while_a_key_is_rotated_node_by_node_each_takes_what_the_others_sign() {
        let steps = [
            ("before", (OLD, "")),
            ("1: every node verifies with the new secret", (OLD, NEW)),
            ("2: every node signs with it", (NEW, OLD)),
            ("3: the old secret is gone", (NEW, "")),
        ];
        // While a step is taken, some nodes are at it and some at the one before.
        for pair in steps.windows(2) {
            let [(_, before), (step, after)] = [pair[0], pair[1]];
            let (before, after) = (node(before), node(after));
            for (signer, reader) in [(&before, &after), (&after, &before)] {
                let token = access_token_for(signer, "1").await;
                assert_eq!(accepts(reader, &token).await, 200, "{step}");
            }
        }
        // Without the first step a user would be sent from one node to another and logged out.
        let token = access_token_for(&node((NEW, OLD)), "1").await;
        assert_eq!(accepts(&node((OLD, "")), &token).await, 401);
        // At the end, what the old secret signed is refused.
        let token = access_token_for(&node((OLD, "")), "1").await;
        assert_eq!(accepts(&node((NEW, "")), &token).await, 401);
    }

    #[tokio::test]
    async fn it_is_ready_while_the_store_answers() {
        let store = FailingStore::new(MemoryStore::new());
        let config = Config::builder().secret_key(OLD).build().unwrap();
        let auth: Auth = Auth::builder(config).store(store.clone()).build().unwrap();
        let app = Router::new().route("/readyz", get(ready)).with_state(auth);
        let browser = Browser::new(app, "https://app.example.com");
        assert_eq!(browser.get("/readyz").send().await.text(), "ready");
        store.fail();
        let answer = browser.get("/readyz").send().await;
        assert_eq!(
            (answer.status(), answer.code()),
            (503, Some("store_unavailable"))
        );
    }

    #[tokio::test]
    async fn the_settings_of_production_need_a_secret() {
        let problems = config().unwrap_err().to_string();
        assert!(problems.contains("JWT_SECRET_KEY"), "{problems}");
    }

    #[tokio::test]
    async fn sigterm_ends_it_after_what_is_under_way() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let is_under_way = Arc::new(Notify::new());
        let tell = Arc::clone(&is_under_way);
        let slow = async move || {
            tell.notify_one();
            tokio::time::sleep(Duration::from_millis(500)).await;
        };
        let served = tokio::spawn(serve(listener, Router::new().route("/", get(slow))));
        let asked = tokio::task::spawn_blocking(move || {
            let mut curl = Command::new("curl");
            curl.args(["-sS", "-o", "/dev/null", "-w", "%{http_code}"]);
            curl.arg(format!("http://{address}/")).output().unwrap()
        });
        is_under_way.notified().await;
        let me = std::process::id().to_string();
        Command::new("kill").args(["-TERM", &me]).status().unwrap();
        assert_eq!(asked.await.unwrap().stdout, b"200");
        served.await.unwrap().unwrap();
    }
}
