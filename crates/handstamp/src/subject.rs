//! The interface by which an application loads the user of a token. The library calls it and never
//! caches its answer.

use std::future::Future;
use std::sync::Arc;

use crate::authenticate::Authenticated;
use crate::error::StoreError;
use crate::purpose::Access;

/// Loads the user of a token. The state of an application implements it for handlers that take
/// users.
///
/// ```
/// use handstamp::error::StoreError;
/// use handstamp::purpose::Access;
/// use handstamp::subject::LoadSubject;
/// use handstamp::Authenticated;
///
/// # use std::collections::HashMap;
/// # #[derive(Clone)]
/// # struct User { name: String }
/// struct App { users: HashMap<String, User> }
///
/// impl LoadSubject<User> for App {
///     async fn load_subject(
///         &self,
///         token: &Authenticated<Access>,
///     ) -> Result<Option<User>, StoreError> {
///         // A database's error would become one by `.map_err(StoreError::new)?`.
///         Ok(self.users.get(token.subject()).cloned())
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot find the `{U}` of a token",
    label = "`LoadSubject<{U}>` is not implemented for it",
    note = "implement `LoadSubject<{U}>` for the state of the application"
)]
pub trait LoadSubject<U> {
    /// Returns the user of this token. Returns `None` if the user no longer exists.
    ///
    /// # Errors
    /// [`StoreError`] if the users cannot be read: the request is rejected with 503.
    fn load_subject(
        &self,
        token: &Authenticated<Access>,
    ) -> impl Future<Output = Result<Option<U>, StoreError>> + Send;
}

/// Delegates to a shared state.
impl<U, S: LoadSubject<U>> LoadSubject<U> for Arc<S> {
    fn load_subject(
        &self,
        token: &Authenticated<Access>,
    ) -> impl Future<Output = Result<Option<U>, StoreError>> + Send {
        S::load_subject(self, token)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::LoadSubject;
    use crate::Authenticated;
    use crate::error::StoreError;
    use crate::purpose::Access;
    use crate::testing::{Head, ask, auth, builder};

    /// Knows `user1`, fails for `user2`, and has no other user.
    struct App;

    impl LoadSubject<u8> for App {
        async fn load_subject(
            &self,
            token: &Authenticated<Access>,
        ) -> Result<Option<u8>, StoreError> {
            match token.subject() {
                "user1" => Ok(Some(1)),
                "user2" => Ok(None),
                "user3" => Err(StoreError::new("connection refused")),
                _ => std::future::pending().await,
            }
        }
    }

    #[tokio::test]
    async fn a_user_is_found_or_the_request_refused() {
        let auth = auth(builder().store_timeout(Duration::from_millis(100)));
        for (subject, expected) in [
            ("user1", Ok(1)),
            ("user2", Err((401, "unknown_subject"))),
            ("user3", Err((503, "store_unavailable"))),
            ("user4", Err((503, "store_unavailable"))),
        ] {
            let token = auth.create_access_token(subject).unwrap();
            let head = Head::new("GET").access(token.as_str());
            let token = ask(&auth, &head, &crate::Require::access()).unwrap();
            let found = auth.load_subject(&token, &App).await;
            let found = found.map_err(|rejection| (rejection.status(), rejection.code()));
            assert_eq!(found, expected, "{subject}");
        }
    }
}
