use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use handstamp::Auth;
use handstamp::error::Rejection;
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::head::Head;
use crate::{ResponseBody, refuse};

/// Layer that rejects requests that other sites make a browser send, for routes that demand no
/// token. It prevents login CSRF, where a form on another site logs a visitor in to an account that
/// is not theirs.
///
/// See [`Auth::require_same_origin`]. Safe methods pass. Any service can be wrapped, whatever its
/// bodies: responses get a [`ResponseBody`].
///
/// ```
/// # use handstamp::{Auth, Config};
/// # use handstamp_tower::SameOriginLayer;
/// # use http::{Request, Response};
/// # use tower::{Layer as _, ServiceExt as _, service_fn};
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let config = Config::builder()
///     .secret_key("a secret of at least thirty-two bytes")
///     .public_origin("https://app.example.com")
///     .build()?;
/// let log_in = service_fn(async |_: Request<()>| {
///     Ok::<_, std::convert::Infallible>(Response::new(String::from("welcome")))
/// });
/// let log_in = SameOriginLayer::new(Auth::new(config)?).layer(log_in);
///
/// let post = |site| Request::post("/login").header("sec-fetch-site", site).body(());
/// assert_eq!(log_in.clone().oneshot(post("same-origin")?).await?.status(), 200);
/// assert_eq!(log_in.oneshot(post("cross-site")?).await?.status(), 403);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct SameOriginLayer {
    pub(crate) auth: Auth,
}

impl SameOriginLayer {
    /// Creates a layer with the origins of this `Auth`'s configuration.
    #[must_use]
    pub fn new(auth: Auth) -> Self {
        Self { auth }
    }
}

impl<S> Layer<S> for SameOriginLayer {
    type Service = SameOriginService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        SameOriginService {
            auth: self.auth.clone(),
            inner,
        }
    }
}

/// The service of a [`SameOriginLayer`].
#[derive(Debug, Clone)]
pub struct SameOriginService<S> {
    auth: Auth,
    inner: S,
}

impl<S, Sent, Body> Service<Request<Sent>> for SameOriginService<S>
where
    S: Service<Request<Sent>, Response = Response<Body>>,
{
    type Response = Response<ResponseBody<Body>>;
    type Error = S::Error;
    type Future = SameOriginFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Sent>) -> Self::Future {
        let answer = match self.auth.require_same_origin(&Head::from(&request)) {
            Ok(()) => Answer::Inner {
                answer: self.inner.call(request),
            },
            Err(rejection) => Answer::Refusal {
                rejection: Some(rejection),
            },
        };
        SameOriginFuture { answer }
    }
}

pin_project! {
    /// The response of a [`SameOriginService`].
    #[derive(Debug)]
    pub struct SameOriginFuture<F> {
        #[pin]
        answer: Answer<F>,
    }
}

pin_project! {
    #[project = Projected]
    #[derive(Debug)]
    enum Answer<F> {
        Inner {
            #[pin]
            answer: F,
        },
        Refusal {
            // Taken when it is answered with.
            rejection: Option<Rejection>,
        },
    }
}

impl<F, Body, E> Future for SameOriginFuture<F>
where
    F: Future<Output = Result<Response<Body>, E>>,
{
    type Output = Result<Response<ResponseBody<Body>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().answer.project() {
            Projected::Inner { answer } => {
                let response = ready!(answer.poll(context));
                Poll::Ready(response.map(|response| response.map(ResponseBody::from)))
            }
            Projected::Refusal { rejection } => match rejection.take() {
                Some(rejection) => Poll::Ready(Ok(refuse(rejection).map(ResponseBody::refusal))),
                // Polled after completion.
                None => Poll::Pending,
            },
        }
    }
}
