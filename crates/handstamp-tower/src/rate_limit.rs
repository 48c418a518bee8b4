use std::fmt;
use std::future::Future;
use std::mem;
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use handstamp::Auth;
use handstamp::limit::{RateLimits, TrustedProxies};
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use crate::head::Head;
use crate::navigation::whole_path;
use crate::verified::state;
use crate::{ResponseBody, refuse};

/// The address of the peer of the connection, among the extensions of a request. A server puts it
/// there; of axum, `ConnectInfo<SocketAddr>` is used too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "it is an address and nothing else"
)]
pub struct PeerAddress(pub IpAddr);

/// Layer that limits how many requests a client, a user or a session may send in a time.
///
/// A request beyond a limit gets 429 `rate_limited` with `Retry-After`; every response has the
/// fields `RateLimit-Policy` and `RateLimit`. No cookie is touched, so a limited refresh logs no
/// user out. CORS preflights are not counted.
///
/// If a limit of the layer counts by the user, the session or a function, the access token is
/// verified first, once for the layer and for extractors. Put limits by the address alone into a
/// layer outside, so that they work before anything of the request is verified.
///
/// ```
/// # use std::net::IpAddr;
/// # use handstamp_tower::handstamp::{Auth, Config};
/// # use http::{Request, Response};
/// # use tower::{Layer as _, ServiceExt as _, service_fn};
/// use handstamp_tower::handstamp::limit::{Limit, Quota, RateLimits};
/// use handstamp_tower::{PeerAddress, RateLimitLayer};
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// # let log_in = service_fn(async |_: Request<()>| {
/// #     Ok::<_, std::convert::Infallible>(Response::new(String::from("welcome")))
/// # });
/// let limits = RateLimits::in_memory([Limit::by_address("log-in", Quota::per_minute(1))])?;
/// let log_in = RateLimitLayer::new(auth, limits).layer(log_in);
///
/// let peer = PeerAddress("192.0.2.7".parse()?);
/// let request = || Request::post("/login").extension(peer).body(());
/// assert_eq!(log_in.clone().oneshot(request()?).await?.status(), 200);
/// let response = log_in.oneshot(request()?).await?;
/// assert_eq!(response.status(), 429);
/// assert_eq!(response.headers()["retry-after"], "60");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Security
/// Behind a proxy, name its address with [`trusted_proxies`](Self::trusted_proxies): otherwise all
/// clients count as one, and one of them can lock the others out.
///
/// Any client can send a preflight: a handler behind a limit must not answer `OPTIONS` with what is
/// limited.
#[derive(Debug, Clone)]
pub struct RateLimitLayer {
    pub(crate) auth: Auth,
    limits: RateLimits,
    proxies: TrustedProxies,
}

impl RateLimitLayer {
    /// Made once, at start-up. The rejections have the style of this `Auth`.
    #[must_use]
    pub fn new(auth: Auth, limits: RateLimits) -> Self {
        Self {
            auth,
            limits,
            proxies: TrustedProxies::default(),
        }
    }

    /// Sets the proxies that report the address of the client.
    #[must_use]
    pub fn trusted_proxies(mut self, proxies: TrustedProxies) -> Self {
        self.proxies = proxies;
        self
    }
}

impl<S> Layer<S> for RateLimitLayer {
    type Service = RateLimitService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RateLimitService {
            layer: self.clone(),
            inner,
        }
    }
}

/// The service of a [`RateLimitLayer`].
#[derive(Debug, Clone)]
pub struct RateLimitService<S> {
    layer: RateLimitLayer,
    inner: S,
}

impl<S, Sent, Body> Service<Request<Sent>> for RateLimitService<S>
where
    S: Service<Request<Sent>, Response = Response<Body>> + Clone + Send + 'static,
    S::Future: Send,
    Sent: Send + 'static,
{
    type Response = Response<ResponseBody<Body>>;
    type Error = S::Error;
    type Future = RateLimitFuture<Self::Response, S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Sent>) -> Self::Future {
        // The service that was polled ready must be the one that is called.
        let fresh = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, fresh);
        let layer = self.layer.clone();
        RateLimitFuture(Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let shared = state(&mut parts.extensions).clone();
            let checked = {
                let head = Head::from(&parts);
                let peer = peer(&parts.extensions);
                let address = layer.proxies.client_behind(peer, &head);
                let path = whole_path(&parts.uri, &parts.extensions);
                shared
                    .check_rate(&layer.auth, &head, path, address, &layer.limits)
                    .await
            };
            let (fields, mut response) = match checked {
                Ok(allowance) => {
                    let answer = inner.call(Request::from_parts(parts, body));
                    let response = answer.await?.map(ResponseBody::from);
                    (allowance.headers(), response)
                }
                Err(limited) => {
                    let (fields, rejection) = limited.into_parts();
                    (fields, refuse(rejection).map(ResponseBody::refusal))
                }
            };
            append_fields(fields, response.headers_mut());
            Ok(response)
        }))
    }
}

/// The response of a [`RateLimitService`].
pub struct RateLimitFuture<R, E>(Pin<Box<dyn Future<Output = Result<R, E>> + Send>>);

impl<R, E> Future for RateLimitFuture<R, E> {
    type Output = Result<R, E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context)
    }
}

impl<R, E> fmt::Debug for RateLimitFuture<R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimitFuture").finish_non_exhaustive()
    }
}

/// Several layers add up: each has its own members in these lists.
fn append_fields(fields: Vec<(&'static str, String)>, headers: &mut HeaderMap) {
    for (name, value) in fields {
        // Names of limits are visible ASCII, so the value is always made.
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.append(HeaderName::from_static(name), value);
        }
    }
}

fn peer(extensions: &Extensions) -> Option<IpAddr> {
    if let Some(PeerAddress(peer)) = extensions.get() {
        return Some(*peer);
    }
    #[cfg(feature = "axum")]
    if let Some(axum::extract::ConnectInfo(peer)) =
        extensions.get::<axum::extract::ConnectInfo<std::net::SocketAddr>>()
    {
        return Some(peer.ip());
    }
    None
}
