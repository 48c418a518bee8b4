//! An application in this process, as an adapter calls it.

use std::future::Future;

use super::{Request, Response};

/// An application in this process, as an adapter calls it. Tests pass a router to
/// [`Browser::new`](super::Browser::new) of their adapter, and never call this.
///
/// ```
/// use handstamp::testing::{Application, Browser, Request, Response};
///
/// struct Echo;
///
/// impl Application for Echo {
///     async fn call(&self, request: Request) -> Response {
///         Response::new(200, Vec::new(), request.target().into())
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let browser: Browser<Echo> = Browser::new(Echo, "https://app.example.com");
/// assert_eq!(browser.get("/posts?page=2").send().await.text(), "/posts?page=2");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait Application {
    /// Sends one request, and returns the whole response.
    fn call(&self, request: Request) -> impl Future<Output = Response>;
}
