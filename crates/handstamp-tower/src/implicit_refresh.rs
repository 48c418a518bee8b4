use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use handstamp::Auth;
use handstamp::adapter::{Caching, ImplicitRefresh, Navigation, Renewal};
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::append_cookies;
use crate::caching::append_header;
use crate::navigation::{navigation, redirect};
use crate::response::Answer;
use crate::verified::state;

/// Layer that renews the access token of an active browser: if the cookie of an admitted request
/// has less than `JWT_IMPLICIT_REFRESH_DELTATIME` left, the response sets a new one, with the same
/// subject, scopes, custom claims, session and CSRF value, but not fresh.
/// [`cookies`](ImplicitRefresh::cookies) lists when none is set: the response is an error or sets
/// these cookies itself, or the token was revoked meanwhile.
///
/// Only a token that a [`RequireLayer`](crate::RequireLayer) or an extractor of the same `Auth`
/// admitted is renewed, so public routes and rejected requests renew nothing. The layer may be
/// outside of `RequireLayer` or inside; around a whole router it sees whole paths, which is what
/// the lists `JWT_IMPLICIT_REFRESH_ROUTE_…` are about: a router that is nested in another sees the
/// rest of the path.
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
///     .service_fn(async |_: Request<()>| {
///         Ok::<_, std::convert::Infallible>(Response::new(String::new()))
///     });
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
/// A copied access cookie is renewed as its owner's is: it is accepted for as long as the session
/// lives, and without sessions for `JWT_REFRESH_TOKEN_EXPIRES` instead of
/// `JWT_ACCESS_TOKEN_EXPIRES`. Use sessions, which a log-out ends.
///
/// A new token has a new id. The revocation of a single id, with a blocklist or without sessions,
/// does not revoke the tokens that were issued from it; the end of a session revokes all of them.
///
/// The cookie is kept as the session says,
/// [`persistent`](handstamp::session::ClientInfo::persistent) or not. Without a session, and where
/// the handler said so with `SetCookies::persistent` or `SetCookies::session`, that choice is not
/// stored: the new cookie follows the settings, so a session cookie may become persistent.
///
/// Responses to authenticated requests are kept out of caches, as by
/// [`NoStoreLayer`](crate::NoStoreLayer).
///
/// It asks the blocklist and the store again before it renews, each for at most
/// `HANDSTAMP_STORE_TIMEOUT`. If one does not answer, the response is left unchanged.
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
            auth: Some(self.auth.clone()),
            inner,
        }
    }
}

/// The service of an [`ImplicitRefreshLayer`], or of a [`NoStoreLayer`](crate::NoStoreLayer), which
/// renews nothing.
#[derive(Debug, Clone)]
pub struct ImplicitRefreshService<S> {
    pub(crate) auth: Option<Auth>,
    pub(crate) inner: S,
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
        let auth = self.auth.as_ref();
        let refresh = auth.and_then(|auth| auth.begin_implicit_refresh(method, path));
        let navigation = navigation(&request);
        let state = state(request.extensions_mut());
        if let (Some(auth), Some(refresh)) = (auth, &refresh) {
            state.register(auth, refresh);
        }
        ImplicitRefreshFuture {
            refresh,
            caching: state.caching(),
            navigation,
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
        caching: Caching,
        navigation: Option<Navigation>,
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
                    // Without a response: polled after completion.
                    let Some(mut response) = response.take() else {
                        return Poll::Pending;
                    };
                    if let Some(cookies) = cookies {
                        append_cookies(cookies, response.headers_mut());
                    }
                    return Poll::Ready(Ok(response));
                }
            };
            let mut response = ready!(answer.poll(context))?;
            redirect(this.navigation.as_ref(), &mut response);
            append_header(this.caching, &mut response);
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
