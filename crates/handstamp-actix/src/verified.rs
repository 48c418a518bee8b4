use std::sync::{Arc, LazyLock, Once};

use actix_web::{HttpMessage as _, HttpRequest};
use handstamp::body::WithBody;
use handstamp::error::Rejection;
use handstamp::purpose::{self, Purpose};
use handstamp::{Auth, Authenticated, RequestHead, Require};

use crate::{Head, implicit_refresh};

/// The token that a middleware of this same `Auth` and purpose let in, if there is one. Handlers mostly ask for
/// [`Access`](crate::Access) and its like; this is for other middleware, and for a second `Auth`.
///
/// ```
/// # use actix_web::{App, HttpRequest, test, web};
/// # use handstamp_actix::handstamp::purpose::Access;
/// # use handstamp_actix::{Auth, Config, Require, verified};
/// # actix_web::rt::System::new().block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// async fn greet(auth: Auth, request: HttpRequest) -> String {
///     let token = verified::<Access>(&auth, &request);
///     token.map_or("nobody".to_owned(), |token| token.subject().to_owned())
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
/// for (path, body) in [("/open", "nobody"), ("/guarded", "user1")] {
///     let request = test::TestRequest::with_uri(path).insert_header(("cookie", cookie.as_str()));
///     assert_eq!(test::call_and_read_body(&app, request.to_request()).await, body);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Security
/// What another `Auth` let in is not found: two of them in one application never accept each other's tokens.
#[must_use]
pub fn verified<P: Purpose>(auth: &Auth, request: &HttpRequest) -> Option<Arc<Authenticated<P>>> {
    let extensions = request.extensions();
    let LetIn(entries) = extensions.get::<LetIn<P>>()?;
    entries
        .iter()
        .find(|(by, _)| by.is_same(auth))
        .map(|(_, token)| Arc::clone(token))
}

/// What one middleware let in, for those and the handler behind it. Demands add up, so they are about one token.
pub(crate) fn record<P: Purpose>(
    auth: &Auth,
    token: Authenticated<P>,
    request: &HttpRequest,
) -> Result<(), Rejection> {
    if let Some(outer) = verified(auth, request) {
        return auth.require_same(&outer, &token);
    }
    let token = Arc::new(token);
    implicit_refresh::record(auth, &token, request);
    let mut extensions = request.extensions_mut();
    let entry = (auth.clone(), token);
    match extensions.get_mut() {
        Some(LetIn::<P>(entries)) => entries.push(entry),
        None => drop(extensions.insert(LetIn(vec![entry]))),
    }
    Ok(())
}

/// What a middleware of this `Auth` let in, else what the request itself brings.
pub(crate) async fn access(
    auth: &Auth,
    request: &HttpRequest,
) -> Result<Arc<Authenticated<purpose::Access>>, Rejection> {
    token(auth, request, &Head::from(request), &ACCESS).await
}

pub(crate) async fn fresh(
    auth: &Auth,
    request: &HttpRequest,
) -> Result<Arc<Authenticated<purpose::Access>>, Rejection> {
    static FRESH: LazyLock<Require<purpose::Access>> = LazyLock::new(|| Require::access().fresh());
    let token = token(auth, request, &Head::from(request), &FRESH).await?;
    // A middleware may have let in a token that is not fresh.
    auth.require_fresh(&token)?;
    Ok(token)
}

pub(crate) async fn refresh(
    auth: &Auth,
    request: &HttpRequest,
) -> Result<Arc<Authenticated<purpose::Refresh>>, Rejection> {
    token(auth, request, &Head::from(request), &REFRESH).await
}

/// The token may be in the JSON of the body, the CSRF value in a field of its form.
pub(crate) async fn access_with_body(
    auth: &Auth,
    request: &HttpRequest,
    whole: &WithBody<'_, Head<'_>>,
) -> Result<Arc<Authenticated<purpose::Access>>, Rejection> {
    warn_of_a_middleware::<purpose::Access>(auth, request);
    token(auth, request, whole, &ACCESS).await
}

pub(crate) async fn refresh_with_body(
    auth: &Auth,
    request: &HttpRequest,
    whole: &WithBody<'_, Head<'_>>,
) -> Result<Arc<Authenticated<purpose::Refresh>>, Rejection> {
    warn_of_a_middleware::<purpose::Refresh>(auth, request);
    token(auth, request, whole, &REFRESH).await
}

fn warn_of_a_middleware<P: Purpose>(auth: &Auth, request: &HttpRequest) {
    static WARNED: Once = Once::new();
    if verified::<P>(auth, request).is_some() {
        WARNED.call_once(|| tracing::warn!(path = request.path(), "{BEHIND_A_MIDDLEWARE}"));
    }
}

async fn token<P: Purpose>(
    auth: &Auth,
    request: &HttpRequest,
    head: &impl RequestHead,
    require: &Require<P>,
) -> Result<Arc<Authenticated<P>>, Rejection> {
    if let Some(token) = verified(auth, request) {
        return Ok(token);
    }
    let token = Arc::new(auth.authenticate(head, require).await?);
    implicit_refresh::record(auth, &token, request);
    Ok(token)
}

static ACCESS: LazyLock<Require<purpose::Access>> = LazyLock::new(Require::access);
static REFRESH: LazyLock<Require<purpose::Refresh>> = LazyLock::new(Require::refresh);

const BEHIND_A_MIDDLEWARE: &str = "an extractor that takes the body stands behind a middleware that asks for a token, and the \
     middleware has not seen the body: neither a token nor a CSRF value in it counted";

/// One entry for each `Auth` whose middleware stands before the handler.
struct LetIn<P>(Vec<(Auth, Arc<Authenticated<P>>)>);
