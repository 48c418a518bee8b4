/// Converts between a type of the core and the adapter's type that holds it, which a framework's
/// traits can be implemented for: `From` in both directions, and `Deref`.
///
/// ```
/// #[derive(Debug, Clone)]
/// pub struct SetCookies(handstamp::SetCookies);
///
/// handstamp::adapter::newtype!(SetCookies, handstamp::SetCookies);
///
/// fn how_many(cookies: handstamp::SetCookies) -> usize {
///     SetCookies::from(cookies).lines().count()
/// }
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __adapter_newtype {
    ($name:ident, $core:ty) => {
        impl From<$core> for $name {
            fn from(inner: $core) -> Self {
                Self(inner)
            }
        }

        impl From<$name> for $core {
            fn from(outer: $name) -> Self {
                outer.0
            }
        }

        impl std::ops::Deref for $name {
            type Target = $core;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }
    };
}
