//! The routes, and their description: each says what it demands in one place, and is described by
//! what it says.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use actix_web::web::{self, Data};
use actix_web::{App, Error as ActixError, HttpRequest, HttpResponse, guard};
use handstamp_actix::handstamp::limit::RateLimits;
use handstamp_actix::{
    Access, AccessJson, Auth, DescribedScope as _, DescribedService as _, Error, Fresh, Optional,
    RateLimitMiddleware, Require, routes as ready_routes,
};
use utoipa::openapi::OpenApi;
use utoipa_actix_web::{AppExt as _, scope};

use crate::fallback::{Methods, no_route};
use crate::json::JsonBody;
use crate::posts::{NewPost, Posts};
use crate::{fallback, handlers, json, log_in, pages};

/// What all workers share.
#[derive(Clone)]
pub(crate) struct Service {
    auth: Auth,
    posts: Data<Posts>,
    limited: RateLimitMiddleware,
}

impl Service {
    pub(crate) fn new(auth: Auth, log_ins: RateLimits) -> Self {
        let limited = auth.rate_limit(log_ins);
        let posts = Data::new(Posts::default());
        Self {
            auth,
            posts,
            limited,
        }
    }

    /// Returns the application of one worker: the routes of the service, with those of the
    /// description and its pages.
    pub(crate) fn app(
        &self,
    ) -> App<
        impl ServiceFactory<
            ServiceRequest,
            Response = ServiceResponse<impl MessageBody + use<>>,
            Config = (),
            InitError = (),
            Error = ActixError,
        > + use<>,
    > {
        let auth = &self.auth;
        let authors = auth.require(Require::scope("posts:write"));
        let moderators = auth.require(Require::scope("posts:moderate"));
        // For routes without a token: no other site makes a browser log in.
        let from_here = auth.same_origin();
        let ready = ready_routes(auth);
        let ready_api = ready.describe();
        let (app, mut api) = App::new()
            .app_data(auth.clone())
            .app_data(self.posts.clone())
            .app_data(json::config(auth))
            .into_utoipa_app()
            .openapi(pages::about())
            .service(handlers::list_posts.taking::<Optional<Access>>(auth))
            // A scope takes all below its path, so the guard leaves the other methods alone.
            .service(
                scope("/posts")
                    .guard(guard::Post())
                    .service(handlers::create_post.taking::<JsonBody>(auth))
                    .guarded_by(authors),
            )
            .service(
                handlers::change_post
                    .taking::<AccessJson<NewPost>>(auth)
                    .refusing(auth, 404, "no_such_post")
                    .refusing(auth, 403, "not_your_post"),
            )
            .service(
                handlers::delete_post
                    .taking::<Fresh>(auth)
                    .refusing(auth, 404, "no_such_post")
                    .refusing(auth, 403, "not_your_post"),
            )
            .service(
                scope("/moderation")
                    .service(handlers::moderate_post.refusing(auth, 404, "no_such_post"))
                    .guarded_by(moderators),
            )
            .service(log_in::me.taking::<Access>(auth))
            .service(
                scope("/login")
                    .service(log_in::log_in.taking::<JsonBody>(auth).refusing(
                        auth,
                        401,
                        "invalid_credentials",
                    ))
                    .guarded_by(self.limited.clone())
                    .guarded_by(from_here.clone()),
            )
            .service(
                scope("/token")
                    .service(log_in::issue_token.taking::<JsonBody>(auth).refusing(
                        auth,
                        401,
                        "invalid_credentials",
                    ))
                    .guarded_by(self.limited.clone())
                    .guarded_by(from_here),
            )
            .split_for_parts();
        // Refresh, log-out, who is logged in, the user's sessions.
        api.merge(ready_api);
        auth.describe(&mut api); // last: what the operations name
        let methods = Methods::of(&api);
        app.service(ready)
            .service(web::resource("/openapi.json").get(description))
            .service(web::resource(["/docs", "/reference", "/pages/{file}"]).get(page))
            .default_service(web::to(fallback::refuse))
            .app_data(Data::new(methods))
            .app_data(Data::new(api))
            .wrap(auth.no_store())
    }
}

async fn description(api: Data<OpenApi>) -> web::Json<Data<OpenApi>> {
    web::Json(api)
}

/// The pages that show the description, and their files.
async fn page(auth: Auth, request: HttpRequest) -> Result<HttpResponse, Error> {
    let page = pages::at(request.path()).ok_or_else(|| no_route(&auth))?;
    let mut response = HttpResponse::Ok();
    response.insert_header((CONTENT_TYPE, page.media_type));
    response.insert_header((CONTENT_SECURITY_POLICY, page.policy));
    // No file of another type is run as a script.
    response.insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    Ok(response.body(page.content.into_owned()))
}
