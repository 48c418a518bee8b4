//! The listings of `docs/rate-limits.md`.

use std::net::SocketAddr;

use axum::Router;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use handstamp_axum::handstamp::limit::{
    Bucket, Limit, LimitStore, LimitsError, Quota, RateLimits, TrustedProxies, WhenUnavailable,
};
use handstamp_axum::{Auth, Error, minutes};
use sha2::{Digest as _, Sha256};

/// Returns an app whose log-in is limited.
///
/// # Errors
/// Never: the limit can be meant.
pub fn app(auth: Auth) -> Result<Router, LimitsError> {
    let limits = RateLimits::in_memory([Limit::by_address("log-in", Quota::per_minute(10))])?;
    let app = Router::new()
        .route("/login", post(login).layer(auth.rate_limit(limits)))
        .with_state(auth);
    Ok(app)
}

async fn login() -> &'static str {
    "welcome"
}

/// Serves it, with the addresses of clients.
///
/// # Errors
/// When the port is taken.
pub async fn serve(app: Router) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    let app = app.into_make_service_with_connect_info::<SocketAddr>(); // the addresses of clients
    axum::serve(listener, app).await
}

/// The same with actix-web.
pub fn actix_app(
    auth: &handstamp_actix::Auth,
    limits: RateLimits,
    config: &mut actix_web::web::ServiceConfig,
) {
    use actix_web::web;

    let limited = auth.rate_limit(limits); // outside of the application's factory
    config.service(web::resource("/login").wrap(limited).post(login));
}

/// Behind a proxy.
///
/// # Errors
/// Never: it is a network.
pub fn behind_a_proxy(
    auth: &Auth,
    limits: RateLimits,
) -> Result<handstamp_axum::RateLimitLayer, Box<dyn std::error::Error>> {
    let proxies = TrustedProxies::new(["10.0.0.0/8".parse()?]);
    let layer = auth.rate_limit(limits).trusted_proxies(proxies);
    Ok(layer)
}

/// Several limits, and a store that several processes share.
///
/// # Errors
/// Never: the limits can be meant.
pub fn shared(store: impl LimitStore) -> Result<RateLimits, LimitsError> {
    let limits = [
        Limit::by_address("burst", Quota::per_second(5)),
        Limit::by_subject("reports", Quota::per_hour(100)),
    ];
    RateLimits::shared(store, WhenUnavailable::Refuse, limits)
}

/// A limit on failures: a log-in with the right password does not count.
///
/// # Errors
/// The response to send.
pub async fn verify(
    auth: &Auth,
    store: &impl LimitStore,
    name: &str,
    is_right: impl AsyncFnOnce() -> bool,
) -> Result<(), Error> {
    let who = URL_SAFE_NO_PAD.encode(Sha256::digest(name.trim().to_lowercase()));
    let failures = [Bucket::new(
        format!("failures {who}"),
        Quota::new(10, minutes(15)),
    )];
    let charged = store.charge(&failures).await;
    let charged = charged.map_err(|error| auth.store_unavailable(error))?;
    if !charged.is_charged {
        return Err(auth.rate_limited(charged.wait(&failures)));
    }
    if !is_right().await {
        return Err(auth.invalid_credentials()); // it stays charged
    }
    let refunded = store.refund(&failures).await;
    refunded.map_err(|error| auth.store_unavailable(error))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use axum::response::IntoResponse as _;
    use handstamp_axum::handstamp::limit::MemoryLimits;
    use handstamp_axum::{Auth, Config, PeerAddress};
    use tower::ServiceExt as _;

    fn auth() -> Auth {
        let config = Config::builder().secret_key([7; 32].as_slice()).build();
        Auth::new(config.unwrap()).unwrap()
    }

    #[tokio::test]
    async fn failures_count_and_right_passwords_do_not() {
        let (auth, store) = (auth(), MemoryLimits::new());
        let mut statuses = Vec::new();
        let tries = [vec![true; 12], vec![false; 10], vec![true]].concat();
        for is_right in tries {
            let verified = super::verify(&auth, &store, "alice", async || is_right).await;
            let status =
                verified.map_or_else(|error| error.into_response().status().as_u16(), |()| 200);
            statuses.push(status);
        }
        assert_eq!(statuses, [vec![200; 12], vec![401; 10], vec![429]].concat());
        let other = super::verify(&auth, &store, "bob", async || true).await;
        assert!(other.is_ok());
    }

    #[tokio::test]
    async fn the_eleventh_log_in_of_a_minute_is_one_too_many() {
        let app = super::app(auth()).unwrap();
        let mut statuses = Vec::new();
        for _ in 0..11 {
            let peer = PeerAddress("192.0.2.7".parse().unwrap());
            let request = Request::post("/login").extension(peer);
            let request = request.body(Body::empty()).unwrap();
            let response = app.clone().oneshot(request).await.unwrap();
            statuses.push(response.status().as_u16());
        }
        assert_eq!(statuses, [vec![200; 10], vec![429]].concat());
        assert!(super::shared(MemoryLimits::new()).is_ok());
    }
}
