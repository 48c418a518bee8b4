/// Makes the adapter's `Rejection`, and its `Error`: whatever a handler may return with `?`, made
/// from every error of the core. Further variants are the framework's own, each with the function
/// that returns its status: `Unreadable(BytesRejection) => BytesRejection::status`.
///
/// [`adapter`](crate::adapter) has an example.
#[doc(hidden)]
#[macro_export]
macro_rules! __adapter_errors {
    (
        $(#[$rejection:meta])*
        pub struct Rejection;

        $(#[$error:meta])*
        pub enum Error {
            $($(#[$of_framework:meta])* $variant:ident($source:ty) => $status:path,)*
        }
    ) => {
        $(#[$rejection])*
        #[derive(Debug, Clone)]
        pub struct Rejection(handstamp::error::Rejection);

        handstamp::adapter::newtype!(Rejection, handstamp::error::Rejection);

        impl std::fmt::Display for Rejection {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::error::Error for Rejection {
            fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
                self.0.source()
            }
        }

        $(#[$error])*
        #[derive(Debug)]
        #[non_exhaustive]
        pub enum Error {
            /// The request is rejected, for its token or CSRF value, or because the store does not
            /// answer.
            Rejected(Rejection),
            /// A token or cookie cannot be issued: 500 without detail, which goes to the log. The
            /// cause is a bug in the application.
            Issue(handstamp::error::IssueError),
            /// The claims of a token do not have the shape that the handler reads: 500 without
            /// detail, which goes to the log.
            Claims(handstamp::error::ClaimsError),
            /// The body is not what the route takes: 400, 415 or 422, in words.
            Body(handstamp::error::BodyError),
            /// A store that the application called itself does not answer: 503 without detail,
            /// which goes to the log.
            Store(handstamp::error::StoreError),
            $($(#[$of_framework])* $variant($source),)*
        }

        impl Error {
            fn status_number(&self) -> u16 {
                match self {
                    Self::Rejected(rejection) => rejection.status(),
                    Self::Issue(_) | Self::Claims(_) => 500,
                    Self::Body(error) => error.status(),
                    Self::Store(_) => 503,
                    $(Self::$variant(error) => $status(error).into(),)*
                }
            }

            fn inner(&self) -> &(dyn std::error::Error + 'static) {
                match self {
                    Self::Rejected(error) => error,
                    Self::Issue(error) => error,
                    Self::Claims(error) => error,
                    Self::Body(error) => error,
                    Self::Store(error) => error,
                    $(Self::$variant(error) => error,)*
                }
            }
        }

        impl std::fmt::Display for Error {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self.inner(), f)
            }
        }

        impl std::error::Error for Error {
            fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
                self.inner().source()
            }
        }

        impl From<handstamp::error::Rejection> for Error {
            fn from(rejection: handstamp::error::Rejection) -> Self {
                Self::Rejected(rejection.into())
            }
        }

        impl From<handstamp::error::AuthError> for Error {
            fn from(error: handstamp::error::AuthError) -> Self {
                error.rejection().map_or_else(Self::Issue, Self::from)
            }
        }

        $crate::__adapter_errors!(from Rejection => Rejected);
        $crate::__adapter_errors!(from handstamp::error::IssueError => Issue);
        $crate::__adapter_errors!(from handstamp::error::ClaimsError => Claims);
        $crate::__adapter_errors!(from handstamp::error::BodyError => Body);
        $crate::__adapter_errors!(from handstamp::error::StoreError => Store);
        $($crate::__adapter_errors!(from $source => $variant);)*
    };
    (from $source:ty => $variant:ident) => {
        impl From<$source> for Error {
            fn from(error: $source) -> Self {
                Self::$variant(error)
            }
        }
    };
}
