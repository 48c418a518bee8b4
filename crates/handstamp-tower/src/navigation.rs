use handstamp::adapter::Navigation;
use handstamp::error::Rejection;
use http::header::{CACHE_CONTROL, HeaderValue, LOCATION, VARY, WWW_AUTHENTICATE};
use http::{Extensions, Request, Response, StatusCode, Uri};

use crate::head::Head;

/// Returns the navigation that this request is, if a browser opens a page.
pub(crate) fn navigation<Body>(request: &Request<Body>) -> Option<Navigation> {
    Navigation::of(
        &Head::from(request),
        whole_path(request.uri(), request.extensions()),
    )
}

/// Makes the response to a navigation that was rejected a redirect to the log-in page. The body
/// stays: no browser shows it, and it says what a program would be told.
pub(crate) fn redirect<Body>(navigation: Option<&Navigation>, response: &mut Response<Body>) {
    let rejection = response.extensions().get::<Rejection>();
    // An inner layer may have redirected it.
    let is_rejected = |rejection: &&Rejection| rejection.status() == response.status().as_u16();
    let location = rejection
        .filter(is_rejected)
        .and_then(|rejection| navigation?.redirect(rejection));
    // A path and escaped parameters, all of it visible ASCII, so the value is always made.
    if let Some(location) = location.and_then(|location| HeaderValue::try_from(location).ok()) {
        *response.status_mut() = StatusCode::SEE_OTHER;
        let headers = response.headers_mut();
        headers.remove(WWW_AUTHENTICATE);
        headers.insert(LOCATION, location);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.append(VARY, HeaderValue::from_static(Navigation::VARY));
    }
}

/// The path as the browser sees it: a router of axum that is nested in another takes the prefix
/// away.
#[cfg_attr(
    not(feature = "axum"),
    expect(unused_variables, reason = "only axum takes prefixes away")
)]
pub(crate) fn whole_path<'r>(uri: &'r Uri, extensions: &'r Extensions) -> &'r str {
    #[cfg(feature = "axum")]
    if let Some(axum::extract::OriginalUri(uri)) = extensions.get() {
        return uri.path();
    }
    uri.path()
}
