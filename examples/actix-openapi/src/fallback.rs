//! Requests that no route takes: 404, or 405 with the methods that the path takes, as problem
//! documents. actix-web answers 404 without a body to both.

use actix_web::dev::ResourceDef;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, ResponseError as _};
use handstamp_actix::{Auth, Error};
use utoipa::openapi::{OpenApi, PathItem};

/// Which methods each described path takes.
pub(crate) struct Methods(Vec<(ResourceDef, HeaderValue)>);

impl Methods {
    pub(crate) fn of(api: &OpenApi) -> Self {
        let paths = api.paths.paths.iter();
        let methods = paths.map(|(path, item)| (ResourceDef::new(path.as_str()), allowed(item)));
        Self(methods.collect())
    }
}

pub(crate) async fn refuse(
    auth: Auth,
    methods: Data<Methods>,
    request: HttpRequest,
) -> HttpResponse {
    let mut known = methods.0.iter();
    let Some((_, allowed)) = known.find(|(path, _)| path.is_match(request.path())) else {
        return no_route(&auth).error_response();
    };
    let message = "The path does not take this method";
    let refused: Error = auth.refuse(405, "method_not_allowed", message);
    let mut response = refused.error_response();
    response.headers_mut().insert(ALLOW, allowed.clone());
    response
}

pub(crate) fn no_route(auth: &Auth) -> Error {
    auth.refuse(404, "not_found", "There is nothing at this path")
}

fn allowed(item: &PathItem) -> HeaderValue {
    let methods = [
        ("DELETE", item.delete.is_some()),
        ("GET", item.get.is_some()),
        ("POST", item.post.is_some()),
        ("PUT", item.put.is_some()),
    ];
    let methods = methods.into_iter().filter(|(_, is_taken)| *is_taken);
    let methods: Vec<&str> = methods.map(|(method, _)| method).collect();
    HeaderValue::from_str(&methods.join(", ")).unwrap_or(HeaderValue::from_static(""))
}
