/// Makes the adapter's `routes` and `Routes`: the ready routes of an `Auth`, which the adapter then
/// gives to its framework, each route answered by
/// [`RequestState::answer`](crate::adapter::RequestState::answer).
#[doc(hidden)]
#[macro_export]
macro_rules! __adapter_routes {
    (
        $(#[$function:meta])*
        pub fn routes;

        $(#[$routes:meta])*
        pub struct Routes;
    ) => {
        $(#[$function])*
        pub fn routes(auth: &Auth) -> Routes {
            Routes {
                auth: handstamp::Auth::clone(auth),
                routes: handstamp::adapter::Route::ALL.to_vec(),
            }
        }

        $(#[$routes])*
        #[derive(Debug, Clone)]
        #[must_use = "add the routes to the application"]
        pub struct Routes {
            auth: handstamp::Auth,
            routes: Vec<handstamp::adapter::Route>,
        }

        impl Routes {
            /// Leaves a route out.
            pub fn without(mut self, route: handstamp::adapter::Route) -> Self {
                self.routes.retain(|other| *other != route);
                self
            }
        }
    };
}
