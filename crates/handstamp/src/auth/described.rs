//! Descriptions as OpenAPI: calls of the room `openapi`.

use utoipa::openapi::OpenApi;
use utoipa::openapi::path::Paths;

use super::Auth;
use crate::adapter::Route;
use crate::openapi::{self, Demand};

impl Auth {
    /// Adds to each operation of `paths` what `demand` says that a request must present, and the
    /// responses to requests that are refused. What is there already stays. Adapters call it for
    /// their layers and extractors; the [module](crate::openapi) has an example.
    pub fn describe_paths(&self, paths: &mut Paths, demand: &Demand) {
        openapi::describe_paths(&self.0, paths, demand);
    }

    /// Adds to a whole document the security schemes that its operations name, and the schema of a
    /// rejection in the configured style. Of an operation that demands no token it says so, unless
    /// the document has a default. Call it last, once for each `Auth` of the document.
    ///
    /// ```
    /// use handstamp::{Auth, Config};
    /// use utoipa::openapi::path::Paths;
    /// use utoipa::openapi::{Info, OpenApi};
    ///
    /// let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let mut api = OpenApi::new(Info::new("Posts", "1.0.0"), Paths::new());
    /// auth.describe(&mut api);
    /// assert!(api.components.unwrap().schemas.contains_key("HandstampRejection"));
    /// # Ok::<(), handstamp::error::ConfigError>(())
    /// ```
    pub fn describe(&self, api: &mut OpenApi) {
        openapi::describe(&self.0, api);
    }

    /// Returns the description of [ready routes](Route), for `OpenApi::merge` or `nest`. Adapters
    /// have a method of their `Routes` for it.
    ///
    /// ```
    /// use handstamp::adapter::Route;
    /// use handstamp::{Auth, Config};
    /// use utoipa::openapi::path::HttpMethod;
    ///
    /// let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let api = auth.describe_routes(&Route::ALL);
    /// assert!(api.paths.get_path_operation("/refresh", HttpMethod::Post).is_some());
    /// # Ok::<(), handstamp::error::ConfigError>(())
    /// ```
    #[must_use]
    pub fn describe_routes(&self, routes: &[Route]) -> OpenApi {
        openapi::ready_routes(&self.0, routes)
    }
}
