use std::fmt;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{
    AppService, HttpServiceFactory, ServiceFactory, ServiceRequest, ServiceResponse, Transform,
};
use handstamp::openapi::utoipa::openapi::path::Paths;
use handstamp::openapi::utoipa::openapi::{RefOr, Schema};
use handstamp::openapi::{Demand, Describe};
use handstamp::purpose::Purpose;
use utoipa_actix_web::OpenApiFactory;
use utoipa_actix_web::scope::Scope;

use crate::{
    Access, AccessForm, AccessJson, Auth, AuthorizeMiddleware, Current, Fresh, LogOut, LogOutBody,
    Optional, RateLimitMiddleware, Refresh, RefreshJson, Rejection, RequireMiddleware,
    SameOriginMiddleware, Session, SessionInfo, Visitor,
};

handstamp::adapter::described! {
    /// An extractor that demands something of a request, which
    /// [`taking`](DescribedService::taking) describes.
    ///
    /// ```
    /// use handstamp_actix::handstamp::openapi::Demand;
    /// use handstamp_actix::{Demands, Require};
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

impl<U, S> Demands for Current<U, S> {
    fn demands() -> Demand {
        Demand::subject()
    }
}

impl<T: Demands> Demands for Optional<T> {
    fn demands() -> Demand {
        T::demands().optional()
    }
}

impl<P: Purpose> Describe for RequireMiddleware<P> {
    fn describe(&self, paths: &mut Paths) {
        self.0
            .auth
            .describe_paths(paths, &Demand::from(&*self.0.require));
    }
}

impl<A, F> Describe for AuthorizeMiddleware<A, F> {
    fn describe(&self, paths: &mut Paths) {
        self.0.auth.describe_paths(paths, &Demand::permission());
    }
}

impl Describe for RateLimitMiddleware {
    fn describe(&self, paths: &mut Paths) {
        self.0.auth.describe_paths(paths, &Demand::rate_limit());
    }
}

impl Describe for SameOriginMiddleware {
    fn describe(&self, paths: &mut Paths) {
        self.0.0.describe_paths(paths, &Demand::same_origin());
    }
}

/// A service of actix-web whose OpenAPI description says what it demands, and how it refuses:
/// [`DescribedService`] and [`DescribedScope`] make it.
pub struct Described<F> {
    service: F,
    add: Vec<Add>,
}

/// Adds to the description of the service.
type Add = Box<dyn Fn(&mut Paths)>;

impl<F> Described<F> {
    fn adding(mut self, add: impl Fn(&mut Paths) + 'static) -> Self {
        self.add.push(Box::new(add));
        self
    }
}

impl<F> From<F> for Described<F> {
    fn from(service: F) -> Self {
        Self {
            service,
            add: Vec::new(),
        }
    }
}

impl<F> fmt::Debug for Described<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Described").finish_non_exhaustive()
    }
}

impl<F: HttpServiceFactory> HttpServiceFactory for Described<F> {
    fn register(self, config: &mut AppService) {
        self.service.register(config);
    }
}

impl<F: OpenApiFactory> OpenApiFactory for Described<F> {
    fn paths(&self) -> Paths {
        let mut paths = self.service.paths();
        for add in &self.add {
            add(&mut paths);
        }
        paths
    }

    fn schemas(&self, schemas: &mut Vec<(String, RefOr<Schema>)>) {
        self.service.schemas(schemas);
    }
}

/// Describes handlers that take tokens by extractors.
///
/// ```
/// use actix_web::{App, get, web};
/// use handstamp_actix::{Access, Auth, Config, DescribedService as _, Optional};
/// use utoipa_actix_web::AppExt as _;
///
/// #[utoipa::path(responses((status = 200, body = [String])))]
/// #[get("/posts")]
/// async fn list_posts(_: Optional<Access>) -> web::Json<Vec<String>> {
///     web::Json(Vec::new())
/// }
///
/// let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let (app, mut api) = App::new()
///     .app_data(auth.clone())
///     .into_utoipa_app()
///     .service(list_posts.taking::<Optional<Access>>(&auth))
///     .split_for_parts();
/// auth.describe(&mut api); // last: what the operations name
///
/// let api = serde_json::to_value(&api)?;
/// let security = &api["paths"]["/posts"]["get"]["security"];
/// assert_eq!(security[0]["access_token_cookie"], serde_json::json!([]));
/// assert_eq!(security[1], serde_json::json!({})); // or no token
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait DescribedService: HttpServiceFactory + OpenApiFactory + Sized {
    /// Says in the description of the service what the extractor `E`, which its handlers take,
    /// demands. The macros do not see it, so the two are to be kept alike. Behind a middleware of
    /// [`require`](Auth::require) `Access` demands nothing more.
    fn taking<E: Demands>(self, auth: &Auth) -> Described<Self> {
        demanding(self, auth, E::demands())
    }

    /// Says in the description of the service what its handlers refuse by
    /// [`Auth::refuse`](handstamp::Auth::refuse): with which status and code.
    ///
    /// ```
    /// # use actix_web::{App, get, web};
    /// # use handstamp_actix::{Auth, Config, DescribedService as _, Error};
    /// # use utoipa_actix_web::AppExt as _;
    /// #[utoipa::path(responses((status = 200, body = String)))]
    /// #[get("/posts/{id}")]
    /// async fn post(auth: Auth, id: web::Path<u64>) -> Result<String, Error> {
    ///     if *id != 1 {
    ///         return Err(auth.refuse(404, "no_such_post", "There is no such post"));
    ///     }
    ///     Ok("The first post".to_owned())
    /// }
    ///
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let service = post.refusing(&auth, 404, "no_such_post");
    /// # let (_, mut api) = App::new().into_utoipa_app().service(service).split_for_parts();
    /// # auth.describe(&mut api);
    /// # let api = serde_json::to_value(&api)?;
    /// # let refused = &api["paths"]["/posts/{id}"]["get"]["responses"]["404"];
    /// # assert!(refused["content"]["application/problem+json"].is_object());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn refusing(self, auth: &Auth, status: u16, code: &'static str) -> Described<Self> {
        demanding(self, auth, Demand::refusal(status, code))
    }
}

fn demanding<F>(service: F, auth: &Auth, demand: Demand) -> Described<F> {
    let auth = handstamp::Auth::clone(auth);
    Described::from(service).adding(move |paths| auth.describe_paths(paths, &demand))
}

impl<F: HttpServiceFactory + OpenApiFactory> DescribedService for F {}

/// Describes scopes behind middleware.
///
/// ```
/// use actix_web::{App, post};
/// use handstamp_actix::{Access, Auth, Config, DescribedScope as _, Require};
/// use utoipa_actix_web::{AppExt as _, scope};
///
/// #[utoipa::path(responses((status = 200, body = String)))]
/// #[post("/posts")]
/// async fn create_post(token: Access) -> String {
///     token.subject().to_owned()
/// }
///
/// let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let editors = auth.require(Require::scope("posts:write"));
/// let (app, mut api) = App::new()
///     .app_data(auth.clone())
///     .into_utoipa_app()
///     .service(scope("/editors").service(create_post).guarded_by(editors))
///     .split_for_parts();
/// auth.describe(&mut api); // last: what the operations name
///
/// let api = serde_json::to_value(&api)?;
/// let cookie_and_value = &api["paths"]["/editors/posts"]["post"]["security"][0];
/// assert!(cookie_and_value["X-CSRF-TOKEN"].is_array());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait DescribedScope<T>: Into<Described<Scope<T>>>
where
    T: ServiceFactory<ServiceRequest, Config = (), Error = Error, InitError = ()>,
{
    /// Guards the services of the scope, all of which are to be added before, by a middleware of
    /// [`Auth`], and says so in their description: [`require`](Auth::require),
    /// [`authorize`](Auth::authorize), [`same_origin`](Auth::same_origin) or
    /// [`rate_limit`](Auth::rate_limit).
    fn guarded_by<M, B>(
        self,
        middleware: M,
    ) -> Described<
        Scope<
            impl ServiceFactory<
                ServiceRequest,
                Config = (),
                Response = ServiceResponse<B>,
                Error = Error,
                InitError = (),
            >,
        >,
    >
    where
        M: Describe
            + Clone
            + Transform<
                T::Service,
                ServiceRequest,
                Response = ServiceResponse<B>,
                Error = Error,
                InitError = (),
            > + 'static,
        B: MessageBody,
    {
        let Described { service, add } = self.into();
        let service = service.wrap(middleware.clone());
        Described { service, add }.adding(move |paths| middleware.describe(paths))
    }
}

impl<T, D> DescribedScope<T> for D
where
    T: ServiceFactory<ServiceRequest, Config = (), Error = Error, InitError = ()>,
    D: Into<Described<Scope<T>>>,
{
}
