//! The routes, and their description: each says what it demands in one place, and is described by
//! what it says.

use axum::extract::{FromRef, State};
use axum::http::Uri;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use handstamp_axum::handstamp::limit::RateLimits;
use handstamp_axum::{
    Access, AccessJson, Auth, DescribedRoutes as _, Error, Fresh, Require, routes as ready_routes,
};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::json::JsonBody;
use crate::posts::{NewPost, Posts};
use crate::users::Credentials;
use crate::{handlers, log_in, pages};

/// What handlers share.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) auth: Auth,
    pub(crate) posts: Posts,
}

/// Returns the routes of the service, with those of the description and its pages.
pub(crate) fn router(auth: &Auth, log_ins: RateLimits) -> Router {
    let (routes, api) = routes_and_description(auth, log_ins);
    let state = App {
        auth: auth.clone(),
        posts: Posts::default(),
    };
    routes
        .layer(auth.no_store())
        .route("/openapi.json", get(async move || Json(api)))
        .route("/docs", get(page))
        .route("/reference", get(page))
        .route("/pages/{file}", get(page))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(state)
}

pub(crate) fn routes_and_description(auth: &Auth, log_ins: RateLimits) -> (Router<App>, OpenApi) {
    let authors = auth.require(Require::scope("posts:write"));
    let moderators = auth.require(Require::scope("posts:moderate"));
    let limited = auth.rate_limit(log_ins);
    // For routes without a token: no other site makes a browser log in.
    let from_here = auth.same_origin();
    let ready = ready_routes(auth);
    let (routes, mut api) = OpenApiRouter::with_openapi(pages::about())
        .routes(routes!(handlers::list_posts).taking::<Option<Access>>(auth))
        .routes(
            routes!(handlers::create_post)
                .taking::<JsonBody<NewPost>>(auth)
                .guarded_by(authors),
        )
        .routes(
            routes!(handlers::change_post)
                .taking::<AccessJson<NewPost>>(auth)
                .refusing(auth, 404, "no_such_post")
                .refusing(auth, 403, "not_your_post"),
        )
        .routes(
            routes!(handlers::delete_post)
                .taking::<Fresh>(auth)
                .refusing(auth, 404, "no_such_post")
                .refusing(auth, 403, "not_your_post"),
        )
        .routes(
            routes!(handlers::moderate_post)
                .guarded_by(moderators)
                .refusing(auth, 404, "no_such_post"),
        )
        .routes(routes!(log_in::me).taking::<Access>(auth))
        .routes(
            routes!(log_in::log_in)
                .taking::<JsonBody<Credentials>>(auth)
                .refusing(auth, 401, "invalid_credentials")
                .guarded_by(limited.clone())
                .guarded_by(from_here.clone()),
        )
        .routes(
            routes!(log_in::issue_token)
                .taking::<JsonBody<Credentials>>(auth)
                .refusing(auth, 401, "invalid_credentials")
                .guarded_by(limited)
                .guarded_by(from_here),
        )
        .split_for_parts();
    // Refresh, log-out, who is logged in, the user's sessions.
    api.merge(ready.describe());
    let routes = routes.merge(ready);
    auth.describe(&mut api); // last: what the operations name
    (routes, api)
}

/// The pages that show the description, and their files.
async fn page(State(app): State<App>, uri: Uri) -> Result<impl IntoResponse, Error> {
    let page = pages::at(uri.path()).ok_or_else(|| no_route(&app.auth))?;
    let headers = [
        (CONTENT_TYPE, page.media_type),
        (CONTENT_SECURITY_POLICY, page.policy),
        // No file of another type is run as a script.
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, page.content))
}

async fn not_found(State(auth): State<Auth>) -> Error {
    no_route(&auth)
}

fn no_route(auth: &Auth) -> Error {
    auth.refuse(404, "not_found", "There is nothing at this path")
}

/// axum adds `Allow` to it.
async fn method_not_allowed(State(auth): State<Auth>) -> Error {
    let message = "The path does not take this method";
    auth.refuse(405, "method_not_allowed", message)
}

impl FromRef<App> for Auth {
    fn from_ref(app: &App) -> Self {
        app.auth.clone()
    }
}
