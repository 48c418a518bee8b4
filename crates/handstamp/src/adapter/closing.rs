//! Connections: which of them end with a request whose body is never read.

use crate::error::Rejection;
use crate::request::RequestHead;

/// Makes a rejection close the connection, if over HTTP/1 a body follows that is never read: the
/// connection cannot be used for another request ([RFC 9112, section
/// 9.6](https://www.rfc-editor.org/rfc/rfc9112#section-9.6)). A stream of HTTP/2 and later ends by
/// itself.
///
/// ```
/// use handstamp::adapter::{RequestState, closing};
/// use handstamp::error::Rejection;
/// use handstamp::{Auth, RequestHead};
///
/// async fn judge<H: RequestHead + Copy>(auth: &Auth, head: H) -> Result<(), Rejection> {
///     let judged = RequestState::default().access_before_body(auth, "/posts", head).await;
///     let awaits_body = judged.map_err(|rejection| closing(rejection, &head, true))?;
///     # drop(awaits_body);
///     Ok(())
/// }
/// ```
#[must_use]
pub fn closing(rejection: Rejection, head: &impl RequestHead, is_http1: bool) -> Rejection {
    let mut lengths = head.header_values("content-length");
    let has_body = head.header_values("transfer-encoding").next().is_some()
        || lengths.next().is_some_and(|length| length != b"0");
    if is_http1 && has_body {
        rejection.closing()
    } else {
        rejection
    }
}
