/// Makes the adapter's `SetCookies`, which its responses take.
///
/// [`adapter`](crate::adapter) has an example.
#[doc(hidden)]
#[macro_export]
macro_rules! __adapter_set_cookies {
    ($(#[$set_cookies:meta])* pub struct SetCookies;) => {
        $(#[$set_cookies])*
        #[derive(Debug, Clone)]
        #[must_use = "cookies that are not part of the response are not set: the user is not logged in, or not out"]
        pub struct SetCookies(pub(crate) handstamp::SetCookies);

        impl SetCookies {
            /// Makes the cookies persistent ("remember me"): the browser keeps them for this long,
            /// also when it is closed. At most 400 days.
            pub fn persistent(self, lifetime: std::time::Duration) -> Self {
                Self(self.0.persistent(lifetime))
            }

            /// Makes the cookies session cookies: the browser drops them when it is closed.
            pub fn session(self) -> Self {
                Self(self.0.session())
            }
        }

        handstamp::adapter::newtype!(SetCookies, handstamp::SetCookies);
    };
}
