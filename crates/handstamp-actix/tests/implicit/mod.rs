//! The routes behind implicit refresh.

use std::future::ready;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, SET_COOKIE};
use actix_web::web::{self, Redirect, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Responder};
use handstamp_actix::{Access, Auth, Error, Location, Require};

use crate::{access, at, both, fresh, log_out, often};

pub(super) fn routes(auth: &Auth, other: &Auth, config: &mut ServiceConfig) {
    let strict = || auth.require(Require::access());
    let lenient = auth.require(Require::access().without_csrf());
    let headers = auth.require(Require::access().from([Location::Headers]));
    let others = other.require(Require::access());
    let renews = || auth.implicit_refresh();
    let theirs = other.clone();
    let both = move |ours: Access, request: HttpRequest| ready(both(&theirs, &ours, &request));
    // Of two middlewares the one that is wrapped last is the outer.
    let of_both = at("/implicit/both")
        .wrap(others)
        .wrap(strict())
        .wrap(other.implicit_refresh())
        .wrap(renews());
    let inside = at("/implicit/inside").wrap(renews()).wrap(strict());
    let of_other = at("/implicit/of-other").wrap(other.implicit_refresh());
    let around_all = web::scope("/implicit")
        .wrap(renews())
        .service(at("/access").to(access))
        .service(at("/poll").to(access))
        .service(at("/often").to(often))
        .service(at("/fresh").to(fresh))
        .service(at("/layered").wrap(strict()).to(access))
        .service(at("/twice").wrap(renews()).to(access))
        .service(at("/headers").wrap(headers).to(access))
        .service(at("/without-csrf").wrap(lenient).to(access))
        .service(at("/public").to(async || ""))
        .service(at("/redirect").to(redirect))
        .service(at("/not-modified").to(not_modified))
        .service(at("/missing").to(missing))
        .service(at("/failed").to(failed))
        .service(at("/cached").to(cached))
        .service(at("/clears").to(clears))
        .service(at("/login").to(login))
        .service(at("/logout").to(logout))
        .service(at("/log-out").to(log_out))
        .service(at("/revoking").to(revoking));
    config
        .service(of_both.to(both))
        .service(inside.to(access))
        .service(of_other.to(access))
        .service(around_all);
}

async fn redirect(_: Access) -> Redirect {
    Redirect::to("/implicit/access").see_other()
}

async fn not_modified(_: Access) -> HttpResponse {
    HttpResponse::new(StatusCode::NOT_MODIFIED)
}

async fn missing(_: Access) -> HttpResponse {
    HttpResponse::new(StatusCode::NOT_FOUND)
}

async fn failed(_: Access) -> HttpResponse {
    HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR)
}

async fn cached(_: Access) -> impl Responder {
    "".customize()
        .append_header((SET_COOKIE, "theme=dark"))
        .insert_header((CACHE_CONTROL, "public, max-age=600"))
}

async fn clears(_: Access) -> impl Responder {
    "".customize()
        .insert_header(("clear-site-data", "\"cookies\""))
}

async fn login(auth: Auth, _: Access) -> Result<impl Responder, Error> {
    let access = auth.create_access_token("user2")?;
    Ok(auth.set_access_cookies(&access)?.on(""))
}

async fn logout(auth: Auth, _: Access) -> impl Responder {
    auth.unset_cookies().on("")
}

async fn revoking(auth: Auth, token: Access) -> Result<String, Error> {
    auth.revoke_all_sessions(&token).await?;
    Ok(token.subject().to_owned())
}
