/// Says what the adapter's extractors demand, and which schemas its types have, for the feature
/// `utoipa`. It has types by the names of the other macros of [`adapter`](crate::adapter).
#[doc(hidden)]
#[macro_export]
macro_rules! __adapter_described {
    ($(#[$demands:meta])* pub trait Demands;) => {
        $(#[$demands])*
        pub trait Demands {
            /// Returns what it demands.
            fn demands() -> handstamp::openapi::Demand;
        }

        $crate::__adapter_described! { demands
            [] Access => handstamp::Require::access();
            [] Refresh => handstamp::Require::refresh();
            [] Fresh => handstamp::Require::access().fresh();
            [] Visitor => handstamp::openapi::Demand::visitor();
            [] LogOut => handstamp::openapi::Demand::log_out();
            [] LogOutBody => handstamp::openapi::Demand::log_out().with_any_body();
            [] Session => handstamp::openapi::Demand::session();
            [] SessionInfo => handstamp::openapi::Demand::session_info();
            [T] AccessJson<T> => handstamp::openapi::Demand::from(handstamp::Require::access()).with_body();
            [T] AccessForm<T> => handstamp::openapi::Demand::from(handstamp::Require::access()).with_body();
            [T] RefreshJson<T> => handstamp::openapi::Demand::from(handstamp::Require::refresh()).with_body();
        }
        $crate::__adapter_described! { bodies AccessJson, AccessForm, RefreshJson }

        impl handstamp::openapi::utoipa::PartialSchema for Rejection {
            fn schema() -> handstamp::openapi::utoipa::openapi::RefOr<
                handstamp::openapi::utoipa::openapi::Schema,
            > {
                handstamp::openapi::rejection_schema().into()
            }
        }

        impl handstamp::openapi::utoipa::ToSchema for Rejection {
            fn name() -> std::borrow::Cow<'static, str> {
                handstamp::openapi::REJECTION.into()
            }
        }
    };
    (demands $([$($generic:ident)?] $extractor:ty => $demand:expr;)+) => {$(
        impl $(<$generic>)? Demands for $extractor {
            fn demands() -> handstamp::openapi::Demand {
                $demand.into()
            }
        }
    )+};
    (bodies $($body:ident),+) => {$(
        /// The schema of the body that the application reads.
        impl<T: handstamp::openapi::utoipa::PartialSchema>
            handstamp::openapi::utoipa::PartialSchema for $body<T>
        {
            fn schema() -> handstamp::openapi::utoipa::openapi::RefOr<
                handstamp::openapi::utoipa::openapi::Schema,
            > {
                T::schema()
            }
        }

        impl<T: handstamp::openapi::utoipa::ToSchema> handstamp::openapi::utoipa::ToSchema
            for $body<T>
        {
            fn name() -> std::borrow::Cow<'static, str> {
                T::name()
            }

            fn schemas(
                schemas: &mut Vec<(
                    String,
                    handstamp::openapi::utoipa::openapi::RefOr<
                        handstamp::openapi::utoipa::openapi::Schema,
                    >,
                )>,
            ) {
                T::schemas(schemas);
            }
        }
    )+};
}
