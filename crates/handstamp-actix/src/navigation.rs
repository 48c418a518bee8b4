use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue, LOCATION, VARY, WWW_AUTHENTICATE};
use handstamp::adapter::Navigation;
use handstamp::error::Rejection;

use crate::Head;

/// Makes the response to a navigation that was rejected a redirect to the log-in page. The body
/// stays: no browser shows it, and it says what a program would be told.
pub(crate) fn redirect<B>(response: &mut ServiceResponse<B>) {
    // A path and escaped parameters, all of it visible ASCII, so the value is always made.
    let location = location(response).and_then(|location| HeaderValue::try_from(location).ok());
    if let Some(location) = location {
        *response.response_mut().status_mut() = StatusCode::SEE_OTHER;
        let headers = response.headers_mut();
        headers.remove(WWW_AUTHENTICATE);
        headers.insert(LOCATION, location);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.append(VARY, HeaderValue::from_static(Navigation::VARY));
    }
}

fn location<B>(response: &ServiceResponse<B>) -> Option<String> {
    let extensions = response.response().extensions();
    let rejection = extensions.get::<Rejection>()?;
    // An inner middleware may have redirected it.
    let is_rejected = rejection.status() == response.status().as_u16();
    let request = response.request();
    let navigation = Navigation::of(&Head::from(request), request.path());
    navigation.filter(|_| is_rejected)?.redirect(rejection)
}
