use std::convert::Infallible;

use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, Route};
use handstamp::openapi::utoipa::openapi::path::Paths;
use handstamp::openapi::utoipa::openapi::{RefOr, Schema};
use handstamp::openapi::{Demand, Describe};
use tower_layer::Layer;
use tower_service::Service;

use crate::{
    Access, AccessForm, AccessJson, Auth, Current, Fresh, LogOut, LogOutBody, Refresh, RefreshJson,
    Rejection, Session, SessionInfo, Visitor,
};

handstamp::adapter::described! {
    /// An extractor that demands something of a request, which
    /// [`taking`](DescribedRoutes::taking) describes.
    ///
    /// ```
    /// use handstamp_axum::handstamp::openapi::Demand;
    /// use handstamp_axum::{Demands, Require};
    ///
    /// /// An extractor of the application, around one that demands this scope.
    /// struct Editor;
    ///
    /// impl Demands for Editor {
    ///     fn demands() -> Demand {
    ///         Require::scope("posts:write").into()
    ///     }
    /// }
    /// ```
    pub trait Demands;
}

impl Demands for Option<Access> {
    fn demands() -> Demand {
        Access::demands().optional()
    }
}

impl<U> Demands for Option<Current<U>> {
    fn demands() -> Demand {
        Current::<U>::demands().optional()
    }
}

impl<U> Demands for Current<U> {
    fn demands() -> Demand {
        Demand::subject()
    }
}

/// Routes whose OpenAPI description says what they demand, and how they refuse: what the macro
/// `routes!` of `utoipa-axum` makes of handlers.
///
/// ```
/// use axum::Json;
/// use handstamp_axum::{Access, Auth, Config, DescribedRoutes as _, Require};
/// use utoipa_axum::router::OpenApiRouter;
/// use utoipa_axum::routes;
///
/// #[utoipa::path(get, path = "/posts", responses((status = 200, body = [String])))]
/// async fn list_posts(_: Option<Access>) -> Json<Vec<String>> {
///     Json(Vec::new())
/// }
///
/// #[utoipa::path(post, path = "/posts", responses((status = 204)))]
/// async fn create_post(_: Access) {}
///
/// let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let (app, mut api) = OpenApiRouter::new()
///     .routes(routes!(list_posts).taking::<Option<Access>>(&auth))
///     .routes(routes!(create_post).guarded_by(auth.require(Require::scope("posts:write"))))
///     .split_for_parts();
/// auth.describe(&mut api); // last: what the operations name
/// let app: axum::Router = app.with_state(auth);
///
/// let api = serde_json::to_value(&api)?;
/// let cookie_and_value = &api["paths"]["/posts"]["post"]["security"][0];
/// assert!(cookie_and_value["X-CSRF-TOKEN"].is_array());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait DescribedRoutes<S>: Sized {
    /// Guards the routes by a layer of [`Auth`], as `route_layer` does, and says so in their
    /// description: [`require`](Auth::require), [`authorize`](Auth::authorize),
    /// [`same_origin`](Auth::same_origin) or [`rate_limit`](Auth::rate_limit).
    #[must_use]
    fn guarded_by<L>(self, layer: L) -> Self
    where
        L: Layer<Route> + Describe + Clone + Send + Sync + 'static,
        L::Service: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static;

    /// Says in the description of the routes what the extractor `E`, which their handlers take,
    /// demands. The macros do not see it, so the two are to be kept alike. Behind a layer of
    /// [`require`](Auth::require) `Access` demands nothing more.
    #[must_use]
    fn taking<E: Demands>(self, auth: &Auth) -> Self;

    /// Says in the description of the routes what their handlers refuse by
    /// [`Auth::refuse`](handstamp::Auth::refuse): with which status and code.
    ///
    /// ```
    /// # use axum::extract::{Path, State};
    /// # use handstamp_axum::{Auth, Config, DescribedRoutes as _, Error};
    /// # use utoipa_axum::{router::OpenApiRouter, routes};
    /// #[utoipa::path(get, path = "/posts/{id}", responses((status = 200, body = String)))]
    /// async fn post(State(auth): State<Auth>, Path(id): Path<u64>) -> Result<String, Error> {
    ///     if id != 1 {
    ///         return Err(auth.refuse(404, "no_such_post", "There is no such post"));
    ///     }
    ///     Ok("The first post".to_owned())
    /// }
    ///
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let routes = routes!(post).refusing(&auth, 404, "no_such_post");
    /// # let (app, mut api) = OpenApiRouter::new().routes(routes).split_for_parts();
    /// # let _: axum::Router = app.with_state(auth.clone());
    /// # auth.describe(&mut api);
    /// # let api = serde_json::to_value(&api)?;
    /// # let refused = &api["paths"]["/posts/{id}"]["get"]["responses"]["404"];
    /// # assert!(refused["content"]["application/problem+json"].is_object());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    fn refusing(self, auth: &Auth, status: u16, code: &'static str) -> Self;
}

/// What the macro `routes!` makes.
type Routes<S> = (Vec<(String, RefOr<Schema>)>, Paths, MethodRouter<S>);

impl<S: Clone + 'static> DescribedRoutes<S> for Routes<S> {
    fn guarded_by<L>(self, layer: L) -> Self
    where
        L: Layer<Route> + Describe + Clone + Send + Sync + 'static,
        L::Service: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        let (schemas, mut paths, router) = self;
        layer.describe(&mut paths);
        (schemas, paths, router.route_layer(layer))
    }

    fn taking<E: Demands>(self, auth: &Auth) -> Self {
        demanding(self, auth, &E::demands())
    }

    fn refusing(self, auth: &Auth, status: u16, code: &'static str) -> Self {
        demanding(self, auth, &Demand::refusal(status, code))
    }
}

fn demanding<S>(routes: Routes<S>, auth: &Auth, demand: &Demand) -> Routes<S> {
    let (schemas, mut paths, methods) = routes;
    auth.describe_paths(&mut paths, demand);
    (schemas, paths, methods)
}
