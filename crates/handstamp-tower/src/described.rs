//! What the layers add to the description of the routes that they guard.

use handstamp::openapi::utoipa::openapi::path::Paths;
use handstamp::openapi::{Demand, Describe};
use handstamp::purpose::Purpose;

use crate::{AuthorizeLayer, RateLimitLayer, RequireLayer, SameOriginLayer};

impl<P: Purpose> Describe for RequireLayer<P> {
    fn describe(&self, paths: &mut Paths) {
        self.auth
            .describe_paths(paths, &Demand::from(&*self.require));
    }
}

impl<A, F> Describe for AuthorizeLayer<A, F> {
    fn describe(&self, paths: &mut Paths) {
        self.auth.describe_paths(paths, &Demand::permission());
    }
}

impl Describe for RateLimitLayer {
    fn describe(&self, paths: &mut Paths) {
        self.auth.describe_paths(paths, &Demand::rate_limit());
    }
}

impl Describe for SameOriginLayer {
    fn describe(&self, paths: &mut Paths) {
        self.auth.describe_paths(paths, &Demand::same_origin());
    }
}
