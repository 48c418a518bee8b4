use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use handstamp::Auth;
use handstamp::adapter::{ImplicitRefresh, Renewal, ResponseHead};
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::append_cookies;
use crate::verified::state;

/// Renews the access token of a browser that is active: when the cookie that a request was let in
/// with has less than `JWT_IMPLICIT_REFRESH_DELTATIME` left, the answer sets a new one. Not fresh,
/// else the same: subject, scopes, custom claims, session, CSRF value.
/// [`cookies`](ImplicitRefresh::cookies) tells when there is none: whenever the answer is an error,
/// or is about these cookies itself, or the token was revoked meanwhile.
///
/// Only a token that a [`RequireLayer`](crate::RequireLayer) or an extractor of the same `Auth` let
/// in is renewed, so public routes and refused requests renew nothing. The layer may stand outside
/// of `RequireLayer` or inside; around a whole router it sees whole paths, which is what the lists
/// `JWT_IMPLICIT_REFRESH_ROUTE_…` are about: a router that is nested in another sees the rest of
/// the path.
///
/// ```
/// # use std::sync::atomic::{AtomicU64, Ordering};
/// # use handstamp_tower::handstamp::clock::{Clock, UnixTime};
/// # use handstamp_tower::handstamp::{Auth, Config, Require};
/// # use handstamp_tower::{ImplicitRefreshLayer, RequireLayer};
/// # use http::{Request, Response};
/// # use tower::{ServiceBuilder, ServiceExt as _};
/// # static MINUTES: AtomicU64 = AtomicU64::new(0);
/// # #[derive(Debug)]
/// # struct Watch;
/// # impl Clock for Watch {
/// #     fn now(&self) -> UnixTime { UnixTime::from_secs(MINUTES.load(Ordering::Relaxed) * 60) }
/// # }
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
/// # let auth = Auth::builder(config).with_clock(Watch).build()?;
/// let service = ServiceBuilder::new()
///     .layer(ImplicitRefreshLayer::new(auth.clone()))
///     .layer(RequireLayer::new(auth.clone(), Require::access()))
///     .service_fn(async |_: Request<()>| Ok::<_, std::convert::Infallible>(Response::new(String::new())));
///
/// # let token = auth.create_access_token("user1")?;
/// # MINUTES.store(12, Ordering::Relaxed);
/// // A request with a token that has three minutes left:
/// let cookie = format!("access_token_cookie={}", token.as_str());
/// let request = Request::builder().header("cookie", cookie).body(())?;
/// let response = service.oneshot(request).await?;
/// assert_eq!(response.headers().get_all("set-cookie").iter().count(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Security
/// Whoever copied an access cookie renews it as its owner does: it is good for as long as the
/// session, and without sessions for `JWT_REFRESH_TOKEN_EXPIRES`, where it would have been good for
/// `JWT_ACCESS_TOKEN_EXPIRES`. Let a log-out end a session.
///
/// A new token has a new id. Who revokes single tokens by their id, with a blocklist or without
/// sessions, revokes the one and not those that were made from it; a session ends for all of them.
///
/// The cookie is kept as the session says,
/// [`persistent`](handstamp::session::ClientInfo::persistent) or not. Without a session, and where
/// the handler said so with `SetCookies::persistent` or `SetCookies::session`, nobody remembers
/// that: the new cookie is as the settings say, so one that was to go when the browser is closed
/// may stay.
///
/// It asks the blocklist and the store again before it renews, which takes at most
/// `HANDSTAMP_STORE_TIMEOUT` for each question; when one does not answer, the response stays as it
/// was.
#[derive(Debug, Clone)]
pub struct ImplicitRefreshLayer {
    auth: Auth,
}

impl ImplicitRefreshLayer {
    /// Made once, at start-up.
    #[must_use]
    pub fn new(auth: Auth) -> Self {
        Self { auth }
    }
}

impl<S> Layer<S> for ImplicitRefreshLayer {
    type Service = ImplicitRefreshService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ImplicitRefreshService {
            auth: self.auth.clone(),
            inner,
        }
    }
}

/// The service of an [`ImplicitRefreshLayer`].
#[derive(Debug, Clone)]
pub struct ImplicitRefreshService<S> {
    auth: Auth,
    inner: S,
}

impl<S, Sent, Body> Service<Request<Sent>> for ImplicitRefreshService<S>
where
    S: Service<Request<Sent>, Response = Response<Body>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ImplicitRefreshFuture<S::Future, Body>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Sent>) -> Self::Future {
        let (method, path) = (request.method().as_str(), request.uri().path());
        let refresh = self.auth.begin_implicit_refresh(method, path);
        if let Some(refresh) = &refresh {
            state(request.extensions_mut()).register(&self.auth, refresh);
        }
        ImplicitRefreshFuture {
            refresh,
            step: Step::Answering {
                answer: self.inner.call(request),
            },
        }
    }
}

pin_project! {
    /// The response of an [`ImplicitRefreshService`].
    pub struct ImplicitRefreshFuture<F, Body> {
        refresh: Option<ImplicitRefresh>,
        #[pin]
        step: Step<F, Body>,
    }
}

pin_project! {
    #[project = Projected]
    enum Step<F, Body> {
        Answering {
            #[pin]
            answer: F,
        },
        Renewing {
            renewal: Renewal,
            // Taken when it is answered with.
            response: Option<Response<Body>>,
        },
    }
}

impl<F, Body, E> Future for ImplicitRefreshFuture<F, Body>
where
    F: Future<Output = Result<Response<Body>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let answer = match this.step.as_mut().project() {
                Projected::Answering { answer } => answer,
                Projected::Renewing { renewal, response } => {
                    let cookies = ready!(Pin::new(renewal).poll(context));
                    // Without a response it was polled after it was ready.
                    let Some(mut response) = response.take() else {
                        return Poll::Pending;
                    };
                    if let Some(cookies) = cookies {
                        append_cookies(&cookies, response.headers_mut());
                    }
                    return Poll::Ready(Ok(response));
                }
            };
            let response = ready!(answer.poll(context))?;
            let Some(refresh) = this.refresh else {
                return Poll::Ready(Ok(response));
            };
            this.step.set(Step::Renewing {
                renewal: refresh.cookies(&Answer(&response)),
                response: Some(response),
            });
        }
    }
}

impl<F, Body> fmt::Debug for ImplicitRefreshFuture<F, Body> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImplicitRefreshFuture")
            .field("refresh", &self.refresh)
            .finish_non_exhaustive()
    }
}

struct Answer<'r, Body>(&'r Response<Body>);

impl<Body> ResponseHead for Answer<'_, Body> {
    fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let values = self.0.headers().get_all(name).iter();
        values.map(http::HeaderValue::as_bytes)
    }
}
