//! The application: what its handlers share, and its routes.

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::TRANSFER_ENCODING;
use actix_web::middleware::Next;
use actix_web::web::{self, ServiceConfig};
use argon2::password_hash;
use handstamp_actix::handstamp::{Authenticated, error::StoreError, purpose};
use handstamp_actix::{Auth, LoadSubject, Route, routes};
use sqlx::SqlitePool;
use tracing::Instrument as _;

use crate::attempts::Attempts;
use crate::error::Error;
use crate::notes::Notes;
use crate::passwords::Passwords;
use crate::users::{User, Users};
use crate::{admin, confirm, health, log_in, me, notes, page, password_change, refresh, sign_up};

/// Clones share what it holds.
#[derive(Clone)]
pub struct App {
    pub auth: Auth,
    pub users: Users,
    pub notes: Notes,
    pub passwords: Passwords,
    pub attempts: Arc<Attempts>,
    pub pool: SqlitePool,
    pub behind_proxy: bool,
}

impl App {
    pub fn new(auth: Auth, pool: SqlitePool, behind_proxy: bool) -> password_hash::Result<Self> {
        Ok(Self {
            auth,
            users: Users::new(pool.clone()),
            notes: Notes::new(pool.clone()),
            passwords: Passwords::new()?,
            attempts: Arc::new(Attempts::new()),
            pool,
            behind_proxy,
        })
    }

    pub fn configure(&self, config: &mut ServiceConfig) {
        let auth = &self.auth;
        config
            .app_data(auth.clone())
            .app_data(web::Data::new(self.clone()))
            .app_data(
                web::JsonConfig::default()
                    .limit(BODY_LIMIT)
                    .error_handler(|error, _| Error::Body(error).into()),
            )
            .app_data(web::PayloadConfig::new(BODY_LIMIT))
            // What is no number is the id of nothing.
            .app_data(web::PathConfig::default().error_handler(|_, _| Error::NotFound.into()))
            .service(web::resource("/me").get(me::me))
            .service(web::resource("/notes").get(notes::list).post(notes::add))
            .service(web::resource("/notes/{id}").delete(notes::remove))
            .service(web::resource("/password").post(password_change::change_password))
            .service(web::resource("/confirm").post(confirm::confirm))
            .service(web::resource("/refresh").post(refresh::refresh))
            // They demand no token, so nothing else keeps the forms of other sites out.
            .service(
                web::resource("/signup")
                    .wrap(auth.same_origin())
                    .post(sign_up::sign_up),
            )
            .service(
                web::resource("/login")
                    .wrap(auth.same_origin())
                    .post(log_in::log_in),
            )
            .service(admin::routes(auth))
            .service(web::resource("/health").get(health::health))
            .configure(page::routes)
            // Log-out, who is logged in, the list of devices.
            .service(routes(auth).without(Route::Refresh));
    }

    /// Removes what is over, every ten minutes.
    pub async fn purge(self) {
        loop {
            self.attempts.purge();
            if let Err(error) = self.auth.purge_sessions().await {
                tracing::error!(%error, "sessions that are over could not be removed");
            }
            actix_web::rt::time::sleep(Duration::from_mins(10)).await;
        }
    }
}

/// For handlers that take a `Current<User, App>`: the user is read at each request.
impl LoadSubject<User> for App {
    async fn load_subject(
        &self,
        token: &Authenticated<purpose::Access>,
    ) -> Result<Option<User>, StoreError> {
        let user = self.users.by_subject(token.subject()).await;
        user.map_err(StoreError::new)
    }
}

/// Gives up a request whose body hardly comes, or whose handler hangs.
pub async fn in_time(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> actix_web::Result<ServiceResponse<impl MessageBody>> {
    let response = actix_web::rt::time::timeout(TIMEOUT, next.call(request)).await;
    response.unwrap_or_else(|_| Err(Error::TooSlow.into()))
}

/// Refuses a body in chunks: actix-web waits without a limit for the rest of one that is not read.
pub async fn with_length(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> actix_web::Result<ServiceResponse<impl MessageBody>> {
    if !request.headers().contains_key(TRANSFER_ENCODING) {
        let response = next.call(request).await?;
        return Ok(response.map_into_left_body());
    }
    tracing::debug!("a body in chunks was refused");
    let (request, body) = request.into_parts();
    let mut refused = HttpResponse::LengthRequired().finish();
    // As long as the body is held, actix-web closes the connection after the answer.
    refused.extensions_mut().insert(body);
    Ok(ServiceResponse::new(request, refused).map_into_right_body())
}

/// Each line of the log then names the request, without its query: that may have codes and tokens.
pub async fn in_span(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> actix_web::Result<ServiceResponse<impl MessageBody>> {
    let span = tracing::info_span!("request", method = %request.method(), path = request.path());
    next.call(request).instrument(span).await
}

const BODY_LIMIT: usize = 16 * 1024;

const TIMEOUT: Duration = Duration::from_secs(10);
