//! What the page needs that is on another origin than this API.

use actix_cors::Cors;
use actix_web::Responder;
use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};
use handstamp_actix::{Auth, Error, Refresh, Require};

use crate::log_in::for_the_page;

pub(crate) fn routes(auth: &Auth) -> impl FnOnce(&mut ServiceConfig) {
    // A page that was just loaded has no CSRF value while its access token is expired. That the
    // request is from it is proven by its origin, which is among the trusted ones.
    let by_origin = auth.require(Require::refresh().without_csrf_token());
    move |services| {
        services.service(web::resource("/refresh").wrap(by_origin).post(refresh));
    }
}

async fn refresh(auth: Auth, token: Refresh) -> Result<impl Responder, Error> {
    let tokens = auth.refresh(token).await?;
    Ok(auth
        .set_cookies(&tokens)?
        .on(web::Json(for_the_page(&tokens))))
}

/// With credentials a browser wants exact origins and headers, no `*`.
pub(crate) fn cors(page_origin: &str) -> Cors {
    Cors::default()
        .allowed_origin(page_origin)
        .supports_credentials()
        .allowed_methods(["GET", "POST", "PUT", "DELETE"])
        .allowed_headers([
            header::CONTENT_TYPE,
            header::HeaderName::from_static("x-csrf-token"),
        ])
        .expose_headers([header::RETRY_AFTER])
        .block_on_origin_mismatch(false) // the service refuses, with a code that says why
        .max_age(3600)
}
