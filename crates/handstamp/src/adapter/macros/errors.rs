/// Makes the adapter's `Rejection`, and its `Error`: whatever a handler may return with `?`, made
/// from every error of the core.
///
/// [`adapter`](crate::adapter) has an example.
#[doc(hidden)]
#[macro_export]
macro_rules! __adapter_errors {
    (
        $(#[$rejection:meta])*
        pub struct Rejection;

        $(#[$error:meta])*
        pub enum Error {}
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
            /// The request is rejected, for its token, its CSRF value or its body, by the
            /// application, or because the store does not answer.
            Rejected(Rejection),
            /// A token or cookie cannot be issued: 500 without detail, which goes to the log. The
            /// cause is a bug in the application.
            Issue(handstamp::error::IssueError),
            /// The claims of a token do not have the shape that the handler reads: 500 without
            /// detail, which goes to the log.
            Claims(handstamp::error::ClaimsError),
            /// A store that the application called itself does not answer: 503 without detail,
            /// which goes to the log.
            Store(handstamp::error::StoreError),
        }

        impl Error {
            fn status_number(&self) -> u16 {
                match self {
                    Self::Rejected(rejection) => rejection.status(),
                    Self::Issue(_) | Self::Claims(_) => 500,
                    Self::Store(_) => 503,
                }
            }

            fn inner(&self) -> &(dyn std::error::Error + 'static) {
                match self {
                    Self::Rejected(error) => error,
                    Self::Issue(error) => error,
                    Self::Claims(error) => error,
                    Self::Store(error) => error,
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
        $crate::__adapter_errors!(from handstamp::error::StoreError => Store);
    };
    (from $source:ty => $variant:ident) => {
        impl From<$source> for Error {
            fn from(error: $source) -> Self {
                Self::$variant(error)
            }
        }
    };
}
