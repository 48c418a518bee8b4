//! The routes behind implicit refresh.

use handstamp::{Auth, Location, Require};
use handstamp_conformance::adapter::App;
use handstamp_tower::{ImplicitRefreshLayer, access, append_cookies};
use http::header::{CACHE_CONTROL, LOCATION, SET_COOKIE};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use tower::Layer;

use crate::{Answer, Route, both, boxed, fresh_subject, guarded, handler, log_out, often, subject};

pub(super) fn route(app: &App, path: &str) -> Route {
    let (auth, other) = (app.auth(), app.other());
    let strict = Require::access;
    let ours = || handler(auth, subject);
    match path {
        "/implicit/inside" => guarded(auth, strict(), renewing(auth, ours())),
        "/implicit/of-other" => renewing(other, ours()),
        "/implicit/both" => {
            let both = guarded(other, strict(), both(auth, other));
            renewing(auth, renewing(other, guarded(auth, strict(), both)))
        }
        _ => renewing(auth, inner(auth, path)),
    }
}

fn inner(auth: &Auth, path: &str) -> Route {
    let strict = Require::access;
    let ours = || handler(auth, subject);
    match path {
        "/implicit/access" | "/implicit/poll" => ours(),
        "/implicit/often" => handler(auth, often),
        "/implicit/fresh" => handler(auth, fresh_subject),
        "/implicit/layered" => guarded(auth, strict(), ours()),
        "/implicit/twice" => renewing(auth, ours()),
        "/implicit/headers" => guarded(auth, strict().from([Location::Headers]), ours()),
        "/implicit/without-csrf" => guarded(auth, strict().without_csrf(), ours()),
        "/implicit/public" => handler(auth, public),
        "/implicit/redirect" => handler(auth, redirect),
        "/implicit/not-modified" => handler(auth, not_modified),
        "/implicit/missing" => handler(auth, missing),
        "/implicit/failed" => handler(auth, failed),
        "/implicit/cached" => handler(auth, cached),
        "/implicit/clears" => handler(auth, clears),
        "/implicit/login" => handler(auth, login),
        "/implicit/logout" => handler(auth, logout),
        "/implicit/log-out" => handler(auth, log_out),
        "/implicit/revoking" => handler(auth, revoking),
        path => panic!("no route {path}"),
    }
}

fn renewing(auth: &Auth, inner: Route) -> Route {
    let layer = ImplicitRefreshLayer::new(auth.clone());
    boxed(layer.layer(inner))
}

async fn public(_: Auth, _: Parts) -> Answer {
    Ok(Response::new(String::new()))
}

async fn redirect(auth: Auth, request: Parts) -> Answer {
    let mut response = with_status(auth, request, StatusCode::SEE_OTHER).await?;
    let to = HeaderValue::from_static("/implicit/access");
    response.headers_mut().insert(LOCATION, to);
    Ok(response)
}

async fn not_modified(auth: Auth, request: Parts) -> Answer {
    with_status(auth, request, StatusCode::NOT_MODIFIED).await
}

async fn missing(auth: Auth, request: Parts) -> Answer {
    with_status(auth, request, StatusCode::NOT_FOUND).await
}

async fn failed(auth: Auth, request: Parts) -> Answer {
    with_status(auth, request, StatusCode::INTERNAL_SERVER_ERROR).await
}

async fn with_status(auth: Auth, mut request: Parts, status: StatusCode) -> Answer {
    access(&auth, &mut request).await?;
    let mut response = Response::new(String::new());
    *response.status_mut() = status;
    Ok(response)
}

async fn cached(auth: Auth, request: Parts) -> Answer {
    let headers = [
        (SET_COOKIE, "theme=dark"),
        (CACHE_CONTROL, "public, max-age=600"),
    ];
    with_headers(auth, request, headers).await
}

async fn clears(auth: Auth, request: Parts) -> Answer {
    let name = HeaderName::from_static("clear-site-data");
    with_headers(auth, request, [(name, "\"cookies\"")]).await
}

async fn with_headers<const N: usize>(
    auth: Auth,
    request: Parts,
    headers: [(HeaderName, &'static str); N],
) -> Answer {
    let mut response = with_status(auth, request, StatusCode::OK).await?;
    for (name, value) in headers {
        let value = HeaderValue::from_static(value);
        response.headers_mut().append(name, value);
    }
    Ok(response)
}

async fn login(auth: Auth, request: Parts) -> Answer {
    let cookies = auth.set_access_cookies(&auth.create_access_token("user2")?)?;
    let mut response = with_status(auth, request, StatusCode::OK).await?;
    append_cookies(cookies, response.headers_mut());
    Ok(response)
}

async fn logout(auth: Auth, request: Parts) -> Answer {
    let cookies = auth.unset_cookies();
    let mut response = with_status(auth, request, StatusCode::OK).await?;
    append_cookies(cookies, response.headers_mut());
    Ok(response)
}

async fn revoking(auth: Auth, mut request: Parts) -> Answer {
    let token = access(&auth, &mut request).await?;
    auth.revoke_all_sessions(&*token).await?;
    Ok(Response::new(token.subject().to_owned()))
}
