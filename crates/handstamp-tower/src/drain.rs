use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Buf;
use futures_timer::Delay;
use http::Version;
use http::header::EXPECT;
use http::request::Parts;
use http_body::Body;
use tokio::runtime::Handle;

/// Reads and discards what a client still sends of a body that no handler takes, in the background:
/// that of a rejected request. A server that closes a connection with unread data resets it
/// ([RFC 9112, section 9.6](https://www.rfc-editor.org/rfc/rfc9112#section-9.6)), and the client
/// may never see the response.
///
/// It reads 256 KiB at most, and for a second at most. It reads nothing of a client that waits for
/// `100 Continue`, which it would get, nor over HTTP/2, where a stream is closed without harm. It
/// needs a runtime of Tokio, and does nothing without.
///
/// ```
/// use handstamp_tower::handstamp::{Auth, error::Rejection};
/// use handstamp_tower::{access_before_body, drain, refuse};
/// use http::{Request, Response};
/// use http_body_util::Full;
///
/// async fn create(auth: &Auth, request: Request<Full<bytes::Bytes>>) -> Response<String> {
///     let (mut parts, body) = request.into_parts();
///     let awaits_body = match access_before_body(auth, &mut parts).await {
///         Ok(awaits_body) => awaits_body,
///         Err(rejection) => {
///             drain(&parts, body);
///             return refuse(rejection);
///         }
///     };
///     // Collect the body.
///     # drop(awaits_body);
///     # Response::new(String::new())
/// }
/// # use handstamp_tower::handstamp::Config;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// # let request = Request::post("/posts").body(Full::from("title=Hello"))?;
/// # assert_eq!(create(&auth, request).await.status(), 401);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn drain<B>(parts: &Parts, body: B)
where
    B: Body + Send + 'static,
{
    if body.is_end_stream()
        || parts.version >= Version::HTTP_2
        || parts.headers.contains_key(EXPECT)
    {
        return;
    }
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn(Draining {
            body: Box::pin(body),
            // Its own timer: that of the runtime may not be enabled.
            deadline: Delay::new(TIME),
            left: BYTES,
        });
    }
}

struct Draining<B> {
    body: Pin<Box<B>>,
    deadline: Delay,
    left: usize,
}

impl<B: Body> Future for Draining<B> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Self {
            body,
            deadline,
            left,
        } = self.get_mut();
        if pin!(deadline).poll(context).is_ready() {
            return Poll::Ready(());
        }
        while let Some(Ok(frame)) = ready!(body.as_mut().poll_frame(context)) {
            let length = frame.data_ref().map_or(0, Buf::remaining);
            match left.checked_sub(length) {
                Some(rest) => *left = rest,
                None => break,
            }
        }
        Poll::Ready(())
    }
}

const BYTES: usize = 256 * 1024;
const TIME: Duration = Duration::from_secs(1);
