use std::any::type_name;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use actix_web::{HttpRequest, web};
use handstamp::subject::LoadSubject;

use crate::auth::find;
use crate::error::no_data;
use crate::extract::extractors;
use crate::{Access, Optional, Rejection};

/// The user of the request's access token, loaded by the application's `web::Data<S>`: `S`
/// implements [`LoadSubject`] for the type of its users, or the handler does not compile. A token
/// whose user no longer exists is rejected with 401, `unknown_subject`.
///
/// ```
/// use actix_web::{App, web};
/// use handstamp_actix::handstamp::{Authenticated, error::StoreError, purpose};
/// use handstamp_actix::{Auth, Config, Current, LoadSubject};
///
/// struct User { name: String }
///
/// struct Users; // your database
///
/// impl LoadSubject<User> for Users {
///     async fn load_subject(
///         &self,
///         token: &Authenticated<purpose::Access>,
///     ) -> Result<Option<User>, StoreError> {
///         Ok(Some(User { name: token.subject().to_owned() }))
///     }
/// }
///
/// type CurrentUser = Current<User, Users>;
///
/// async fn greet(user: CurrentUser) -> String {
///     format!("hello {}", user.name)
/// }
///
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let app = App::new()
///     .app_data(auth)
///     .app_data(web::Data::new(Users))
///     .route("/", web::get().to(greet));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// ```compile_fail
/// # use actix_web::{App, web};
/// # use handstamp_actix::Current;
/// struct NoUsers; // does not implement LoadSubject
/// # struct User { name: String }
/// async fn greet(user: Current<User, NoUsers>) -> String {
///     format!("hello {}", user.name)
/// }
/// App::new().route("/", web::get().to(greet));
/// ```
///
/// [`Optional<Current<U, S>>`](Optional) is `None` only when the request has no token at all.
pub struct Current<U, S> {
    user: U,
    by: PhantomData<fn() -> S>,
}

impl<U, S> Current<U, S> {
    /// Returns the user.
    pub fn into_inner(self) -> U {
        self.user
    }
}

impl<U, S> Deref for Current<U, S> {
    type Target = U;

    fn deref(&self) -> &U {
        &self.user
    }
}

impl<U: fmt::Debug, S> fmt::Debug for Current<U, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Current").field(&self.user).finish()
    }
}

extractors! {
    Current<U, S> where [U: 'static, S: LoadSubject<U> + 'static], request => {
        let token = Access::extract(&request).await?;
        load(&request, &token).await
    };

    Optional<Current<U, S>> where [U: 'static, S: LoadSubject<U> + 'static], request => {
        Ok(Self(match Optional::<Access>::extract(&request).await? {
            Optional(Some(token)) => Some(load(&request, &token).await?),
            Optional(None) => None,
        }))
    };
}

async fn load<U, S: LoadSubject<U> + 'static>(
    request: &HttpRequest,
    token: &Access,
) -> actix_web::Result<Current<U, S>> {
    let Some(users) = request.app_data::<web::Data<S>>() else {
        let problem = format!("has no web::Data<{}>", type_name::<S>());
        let help = "add `.app_data(web::Data::new(…))`, which loads users, to the App";
        return Err(no_data(request, &problem, help));
    };
    let user = find(request)?.0.load_subject(token, users.get_ref()).await;
    Ok(Current {
        user: user.map_err(Rejection::from)?,
        by: PhantomData,
    })
}
