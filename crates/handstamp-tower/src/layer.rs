use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use handstamp::adapter::{Authenticating, Caching, Navigation};
use handstamp::error::Rejection;
use handstamp::purpose::Purpose;
use handstamp::{Auth, Authenticated, Require};
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::caching::append_header;
use crate::head::Head;
use crate::navigation::{navigation, redirect};
use crate::verified::state;
use crate::{ResponseBody, refuse};

/// Layer that passes on only requests with the token that a [`Require`] demands, and rejects the
/// others.
///
/// Behind it, [`verified`](crate::verified) gives the token. Several layers add up: each checks its
/// own demands on one token. If two find different tokens, because they look in different
/// locations, the request is rejected.
///
/// A layer that changes the method of a request (`X-HTTP-Method-Override`, `_method`) must be
/// outside of this one: whether a CSRF value is required depends on the method, and an admitted
/// request is not checked again.
///
/// A layer for CORS must be outside of this one: browsers send preflights without cookies, so they
/// are rejected here, and then no page of another origin can call the routes.
///
/// Any service can be wrapped, whatever its bodies: responses get a [`ResponseBody`].
#[derive(Debug, Clone)]
pub struct RequireLayer<P> {
    pub(crate) auth: Auth,
    pub(crate) require: Arc<Require<P>>,
}

impl<P: Purpose> RequireLayer<P> {
    /// Made once, at start-up.
    #[must_use]
    pub fn new(auth: Auth, require: Require<P>) -> Self {
        Self {
            auth,
            require: Arc::new(require),
        }
    }
}

impl<P: Purpose, S> Layer<S> for RequireLayer<P> {
    type Service = RequireService<P, S>;

    fn layer(&self, inner: S) -> Self::Service {
        RequireService {
            auth: self.auth.clone(),
            require: Arc::clone(&self.require),
            inner,
        }
    }
}

/// The service of a [`RequireLayer`].
#[derive(Debug, Clone)]
pub struct RequireService<P, S> {
    auth: Auth,
    require: Arc<Require<P>>,
    inner: S,
}

impl<P, S, Sent, Body> Service<Request<Sent>> for RequireService<P, S>
where
    P: Purpose,
    S: Service<Request<Sent>, Response = Response<Body>> + Clone,
{
    type Response = Response<ResponseBody<Body>>;
    type Error = S::Error;
    type Future = RequireFuture<P, S, Sent, S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Sent>) -> Self::Future {
        // The service that was polled ready must be the one that is called.
        let fresh = self.inner.clone();
        let inner = mem::replace(&mut self.inner, fresh);
        let shared = state(request.extensions_mut()).clone();
        let caching = shared.caching();
        let judging = shared.authenticate(&self.auth, &Head::from(&request), &self.require);
        AdmissionFuture::new(self.auth.clone(), caching, judging, inner, request)
    }
}

/// The response of a [`RequireService`].
pub type RequireFuture<P, S, Sent, F> = AdmissionFuture<Authenticating<P>, S, Sent, F>;

pin_project! {
    /// The response of a layer that admits or rejects, once its judgement `J` is there.
    pub struct AdmissionFuture<J, S, Sent, F> {
        auth: Auth,
        caching: Caching,
        navigation: Option<Navigation>,
        #[pin]
        step: Step<J, S, Sent, F>,
    }
}

pin_project! {
    #[project = Projected]
    enum Step<J, S, Sent, F> {
        Judging {
            judging: J,
            // Taken when the token is admitted.
            waiting: Option<(S, Request<Sent>)>,
        },
        Answering {
            #[pin]
            answer: F,
        },
    }
}

impl<J, S, Sent, F> AdmissionFuture<J, S, Sent, F> {
    /// Begins with what is asked first, and what waits for its answer.
    pub(crate) fn new(
        auth: Auth,
        caching: Caching,
        judging: J,
        inner: S,
        request: Request<Sent>,
    ) -> Self {
        Self {
            auth,
            caching,
            navigation: navigation(&request),
            step: Step::Judging {
                judging,
                waiting: Some((inner, request)),
            },
        }
    }
}

impl<P, J, S, Sent, F, Body> Future for AdmissionFuture<J, S, Sent, F>
where
    P: Purpose,
    J: Future<Output = Result<Arc<Authenticated<P>>, Rejection>> + Unpin,
    S: Service<Request<Sent>, Response = Response<Body>, Future = F>,
    F: Future<Output = Result<Response<Body>, S::Error>>,
{
    type Output = Result<Response<ResponseBody<Body>>, S::Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let (judging, waiting) = match this.step.as_mut().project() {
                Projected::Judging { judging, waiting } => (judging, waiting),
                Projected::Answering { answer } => {
                    let mut response = ready!(answer.poll(context))?;
                    redirect(this.navigation.as_ref(), &mut response);
                    append_header(this.caching, &mut response);
                    return Poll::Ready(Ok(response.map(ResponseBody::from)));
                }
            };
            let judged = ready!(Pin::new(judging).poll(context));
            // Without a request: polled after completion.
            let Some((mut inner, mut request)) = waiting.take() else {
                return Poll::Pending;
            };
            let admitted =
                judged.and_then(|token| state(request.extensions_mut()).record(this.auth, &token));
            if let Err(rejection) = admitted {
                let mut response = refuse(rejection).map(ResponseBody::refusal);
                redirect(this.navigation.as_ref(), &mut response);
                return Poll::Ready(Ok(response));
            }
            let answer = inner.call(request);
            this.step.set(Step::Answering { answer });
        }
    }
}

impl<J, S, Sent, F> fmt::Debug for AdmissionFuture<J, S, Sent, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdmissionFuture").finish_non_exhaustive()
    }
}
