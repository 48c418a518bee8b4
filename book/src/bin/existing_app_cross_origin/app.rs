//! The state of the application, and its routes.

use axum::Router;
use axum::extract::FromRef;
use handstamp_axum::handstamp::{Authenticated, error::StoreError, purpose};
use handstamp_axum::{Auth, LoadSubject, Route, routes};

use crate::users::{User, Users};
use crate::{cross_origin, log_in, roles};

use crate::{account, admin, keep_session, step_up};

/// What every handler can have.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) auth: Auth,
    pub(crate) users: Users,
}

pub(crate) fn router(app: App) -> Router {
    let auth = app.auth.clone();
    Router::new()
        // POST /logout, GET /session and the list of devices.
        .merge(routes(&auth).without(Route::Refresh))
        .merge(cross_origin::routes(&auth))
        .merge(log_in::routes(&auth))
        .merge(roles::routes(&auth))
        .merge(account::routes())
        .merge(admin::routes())
        .merge(keep_session::routes())
        .merge(step_up::routes(&auth))
        .layer(auth.no_store()) // what a user saw is in no cache
        .with_state(app)
}

/// For the extractors of handstamp, and for `State(auth): State<Auth>`.
impl FromRef<App> for Auth {
    fn from_ref(app: &App) -> Self {
        app.auth.clone()
    }
}

/// For `Current<User>`: the user of the request's token, read anew for each request.
impl LoadSubject<User> for App {
    async fn load_subject(
        &self,
        token: &Authenticated<purpose::Access>,
    ) -> Result<Option<User>, StoreError> {
        let user = self.users.by_subject(token.subject()).await;
        Ok(user.map_err(StoreError::new)?.filter(|user| !user.disabled))
    }
}
