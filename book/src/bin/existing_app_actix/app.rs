//! The routes of the application, and how the user of a token is found.

use actix_web::web::ServiceConfig;
use handstamp_actix::handstamp::{Authenticated, error::StoreError, purpose};
use handstamp_actix::{Auth, Current, LoadSubject};

use crate::users::{User, Users};
use crate::{log_in, roles};

use crate::{account, admin, keep_session, step_up};

pub(crate) fn routes(auth: &Auth) -> impl FnOnce(&mut ServiceConfig) {
    move |services| {
        // POST /refresh, POST /logout, GET /session and the list of devices.
        services.service(handstamp_actix::routes(auth));
        services.configure(log_in::routes(auth));
        services.configure(roles::routes(auth));
        services.configure(account::routes);
        services.configure(admin::routes);
        services.configure(keep_session::routes);
        services.configure(step_up::routes(auth));
    }
}

/// The user of the request's token, read anew for each request.
pub(crate) type CurrentUser = Current<User, Users>;

impl LoadSubject<User> for Users {
    async fn load_subject(
        &self,
        token: &Authenticated<purpose::Access>,
    ) -> Result<Option<User>, StoreError> {
        let user = self.by_subject(token.subject()).await;
        Ok(user.map_err(StoreError::new)?.filter(|user| !user.disabled))
    }
}
