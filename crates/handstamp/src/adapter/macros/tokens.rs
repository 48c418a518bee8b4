/// Makes the adapter's `Access`, `Refresh`, `Fresh` and `Visitor`: the tokens that its handlers
/// take as arguments. Only an extractor makes a `Fresh` or a `Visitor`. The adapter depends on
/// `serde`.
#[doc(hidden)]
#[macro_export]
macro_rules! __adapter_tokens {
    (
        $(#[$access:meta])*
        pub struct Access;

        $(#[$refresh:meta])*
        pub struct Refresh;

        $(#[$fresh:meta])*
        pub struct Fresh;

        $(#[$visitor:meta])*
        pub struct Visitor;
    ) => {
        $crate::__adapter_tokens!($(#[$access])* Access, handstamp::purpose::Access);
        $crate::__adapter_tokens!($(#[$refresh])* Refresh, handstamp::purpose::Refresh);
        $crate::__adapter_tokens!($(#[$fresh])* Fresh, handstamp::purpose::Access);
        $crate::__adapter_tokens!(from_proof Access, handstamp::purpose::Access);
        $crate::__adapter_tokens!(from_proof Refresh, handstamp::purpose::Refresh);

        $(#[$visitor])*
        #[derive(Debug, Clone)]
        pub struct Visitor(Result<Access, Rejection>);

        impl Visitor {
            /// Returns the token, if the visitor is logged in.
            #[must_use]
            pub fn token(&self) -> Option<&Access> {
                self.0.as_ref().ok()
            }

            /// Returns the token to keep, if the visitor is logged in.
            #[must_use]
            pub fn into_token(self) -> Option<Access> {
                self.0.ok()
            }

            /// Returns why the token that the request presented admits no one; `None` if it
            /// presented none, or a good one. After `token_expired` a page may start a refresh.
            #[must_use]
            pub fn rejection(&self) -> Option<&Rejection> {
                self.0.as_ref().err().filter(|rejection| !rejection.is_missing_token())
            }
        }
    };
    ($(#[$token:meta])* $name:ident, $purpose:ty) => {
        $(#[$token])*
        #[derive(Debug, Clone)]
        pub struct $name(std::sync::Arc<handstamp::Authenticated<$purpose>>);

        impl $name {
            /// Deserializes the claims into a type of the application, as
            /// [`Authenticated::claims`](handstamp::Authenticated::claims).
            ///
            /// # Errors
            /// [`Error`] if the claims do not have the shape of `T`.
            pub fn claims<'t, T: serde::Deserialize<'t>>(&'t self) -> Result<T, Error> {
                Ok(self.0.claims()?)
            }
        }

        impl std::ops::Deref for $name {
            type Target = handstamp::Authenticated<$purpose>;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }

        impl From<&$name> for handstamp::NewToken {
            fn from(token: &$name) -> Self {
                Self::from(&**token)
            }
        }

        impl From<&$name> for handstamp::session::Owner {
            fn from(token: &$name) -> Self {
                Self::from(&**token)
            }
        }
    };
    (from_proof $name:ident, $purpose:ty) => {
        /// Converts the token of a request that no extractor has read.
        impl From<std::sync::Arc<handstamp::Authenticated<$purpose>>> for $name {
            fn from(token: std::sync::Arc<handstamp::Authenticated<$purpose>>) -> Self {
                Self(token)
            }
        }
    };
}
