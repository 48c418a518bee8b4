use std::sync::Arc;

use actix_web::{HttpMessage as _, HttpRequest};
use handstamp::adapter::RequestState;
use handstamp::purpose::Purpose;
use handstamp::{Auth, Authenticated};

/// Returns the token that a middleware of the same `Auth` and purpose admitted, if there is one.
/// Handlers mostly take [`Access`](crate::Access) and its like; this is for other middleware, and
/// for a second `Auth`.
///
/// ```
/// # use actix_web::{App, HttpRequest, test, web};
/// # use handstamp_actix::handstamp::purpose::Access;
/// # use handstamp_actix::{Auth, Config, Require, verified};
/// # actix_web::rt::System::new().block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// async fn greet(auth: Auth, request: HttpRequest) -> String {
///     let token = verified::<Access>(&auth, &request);
///     token.map_or("anonymous".to_owned(), |token| token.subject().to_owned())
/// }
///
/// let app = test::init_service(
///     App::new()
///         .app_data(auth.clone())
///         .route("/open", web::get().to(greet))
///         .service(web::resource("/guarded").wrap(auth.require(Require::access())).to(greet)),
/// )
/// .await;
///
/// let token = auth.create_access_token("user1")?;
/// let cookie = format!("access_token_cookie={}", token.as_str());
/// for (path, body) in [("/open", "anonymous"), ("/guarded", "user1")] {
///     let request = test::TestRequest::with_uri(path).insert_header(("cookie", cookie.as_str()));
///     assert_eq!(test::call_and_read_body(&app, request.to_request()).await, body);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Security
/// A token that another `Auth` admitted is not found: two of them in one application never accept
/// each other's tokens.
#[must_use]
pub fn verified<P: Purpose>(auth: &Auth, request: &HttpRequest) -> Option<Arc<Authenticated<P>>> {
    let extensions = request.extensions();
    extensions.get::<RequestState>()?.verified(auth)
}

/// Calls `act` with the state that the middleware and extractors of this request share.
pub(crate) fn with_state<T>(request: &HttpRequest, act: impl FnOnce(&mut RequestState) -> T) -> T {
    let mut extensions = request.extensions_mut();
    act(extensions.get_or_insert_with(RequestState::default))
}
