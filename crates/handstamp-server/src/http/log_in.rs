//! The route that logs a user in.
//!
//! The accounts verify the credentials, and the library makes the session and its tokens. A
//! refused log-in sets no cookie.

use std::net::IpAddr;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use handstamp_axum::handstamp::error::StoreError;
use handstamp_axum::{Auth, ClientInfo, Error};
use serde::Deserialize;
use serde_json::json;
use tracing::Span;

use super::client_address::ClientAddress;
use super::device_cookie::{self, DeviceCookie};
use super::json_body::JsonBody;
use super::outside::{FromOutside, Sign};
use super::state::AppState;
use crate::accounts::log_in::{Credentials, LogIn, LogInError, Verified};
use crate::accounts::password::Password;
use crate::audit::{AuditLog, AuditedRequest, By, Event, Record, Unwritten, in_same_request};
use crate::monitoring::LogInResult;

/// The body of a log-in.
#[derive(Deserialize)]
pub(super) struct LogInForm {
    username: String,
    password: Password,
    /// The name that the user gave the device.
    device: Option<String>,
    /// Whether the user stays logged in when the browser is closed.
    remember: Option<bool>,
}

pub(super) async fn log_in(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    FromOutside(sign): FromOutside,
    client: ClientInfo,
    device: DeviceCookie,
    JsonBody(form): JsonBody<LogInForm>,
) -> Result<Response, Error> {
    let AppState {
        auth,
        log_in,
        audit,
        log_ins,
        ..
    } = state;
    if let Some(sign) = sign {
        match log_in.is_demo_user(&form.username).await {
            Ok(false) => {}
            Ok(true) => {
                log_ins.count(LogInResult::DemoUser);
                return Err(refuse_demo_user(&auth, &sign));
            }
            Err(error) => {
                log_ins.count(LogInResult::Failed);
                return Err(refuse(&auth, error.into()));
            }
        }
    }
    let credentials = Credentials {
        username: form.username,
        password: form.password,
    };
    let verified = match log_in.verify(credentials, address, &device.devices).await {
        Ok(verified) => verified,
        Err(error) => {
            log_ins.count(LogInResult::from(&error));
            return Err(of_client(address).in_scope(|| refuse(&auth, error)));
        }
    };
    let client = client.ip(address);
    let new = NewSession {
        message: "Login successful",
        verified,
        client: client.label(form.device.unwrap_or_default()),
        remember: form.remember == Some(true),
        device,
    };
    // A client that goes away meanwhile leaves neither a session without a record nor one that no
    // one has.
    let unfinished = auth.clone();
    let begun = async move {
        let begun = new.begin(&auth, &log_in, &audit).await;
        log_ins.count(match begun {
            Ok(_) => LogInResult::Granted,
            Err(_) => LogInResult::Failed,
        });
        begun
    };
    let begun = tokio::spawn(in_same_request(AuditedRequest::current(), begun)).await;
    begun.unwrap_or_else(|error| {
        tracing::error!(%error, "a log-in was not finished");
        Err(unfinished.store_unavailable(StoreError::new(error)))
    })
}

/// The session that a user begins whose password was right.
pub(super) struct NewSession {
    /// What the user is told.
    pub(super) message: &'static str,
    pub(super) verified: Verified,
    pub(super) client: ClientInfo,
    /// Whether the user stays logged in when the browser is closed.
    pub(super) remember: bool,
    pub(super) device: DeviceCookie,
}

impl NewSession {
    /// Begins the session, and returns its cookies once the audit log has the log-in.
    pub(super) async fn begin(
        self,
        auth: &Auth,
        log_in: &LogIn,
        audit: &AuditLog,
    ) -> Result<Response, Error> {
        let Self {
            message,
            verified,
            mut client,
            remember,
            device,
        } = self;
        let name = verified.name.clone();
        let name = name.as_str();
        if remember {
            client = client.persistent(auth.config().refresh_token_expires());
        }
        audit.check().map_err(|error| unrecorded(auth, error))?;
        let tokens = auth.log_in(name, client).await?;
        let session = tokens.session_id();
        let request = AuditedRequest::current();
        if let Err(error) = log_in.confirm(&verified).await {
            // The tokens are not sent. What changed the account has ended all sessions before this
            // one was created; those that began since are of the account as it is now.
            if let (LogInError::InvalidCredentials, Some(session)) = (&error, session) {
                if let Some(request) = &request {
                    request.hide(session);
                }
                auth.revoke_session(name, session).await?;
            }
            return Err(refuse(auth, error));
        }
        let mut record = Record::new(Event::LogIn, By::User).of_user(name);
        if let Some(session) = session {
            record = record.in_session(session);
        }
        if let Some(request) = &request {
            record = record.by_client(request.client());
        }
        if let Err(error) = audit.record_log_in(record).await {
            if let Some(session) = session {
                if let Some(request) = request.filter(|_| !error.is_uncertain()) {
                    request.hide(session);
                }
                auth.revoke_session(name, session).await?;
            }
            return Err(unrecorded(auth, error));
        }
        let body = json!({
            "message": message,
            "username": name,
            "csrf": tokens.csrf(),
            "refresh_csrf": tokens.refresh().csrf(),
            "expires_in": tokens.access().expires_in().as_secs(),
        });
        let cookies = auth.set_cookies(&tokens)?;
        // The user is logged in all the same: without it, a later log-in is one of a new device.
        let device = match log_in
            .remember(verified, &device.devices, &device.user_agent)
            .await
        {
            Ok(devices) => Some(device_cookie::set(auth, &devices)),
            Err(error) => {
                tracing::error!(%error, "a device cannot be remembered");
                None
            }
        };
        Ok((cookies, device, Json(body)).into_response())
    }
}

impl From<&LogInError> for LogInResult {
    fn from(error: &LogInError) -> Self {
        match error {
            LogInError::InvalidCredentials => Self::Wrong,
            LogInError::RateLimited { .. } => Self::Limited,
            LogInError::Busy => Self::Busy,
            LogInError::Database(_) | LogInError::Limits(_) => Self::Failed,
        }
    }
}

/// A log-in without a record is refused, as one without a session is.
fn unrecorded(auth: &Auth, error: Unwritten) -> Error {
    auth.store_unavailable(StoreError::new(error))
}

/// Says why, which reveals nothing: the names and passwords of the demo users are public.
fn refuse_demo_user(auth: &Auth, sign: &Sign) -> Error {
    let message = format!(
        "The demo users can log in from this host only, and {sign}. Add a user of your own with `handstamp user add NAME`"
    );
    tracing::info!("{message}");
    auth.refuse(403, "demo_user", message)
}

/// Returns the span of a refused log-in: the library logs the refusal, and does not know the
/// address.
pub(super) fn of_client(address: IpAddr) -> Span {
    tracing::info_span!("log_in", %address)
}

pub(super) fn refuse(auth: &Auth, error: LogInError) -> Error {
    match error {
        LogInError::InvalidCredentials => auth.invalid_credentials(),
        LogInError::RateLimited { retry_after } => auth.rate_limited(retry_after),
        LogInError::Busy => auth.busy(),
        LogInError::Database(error) => auth.store_unavailable(StoreError::new(error)),
        LogInError::Limits(error) => auth.store_unavailable(error),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::header::CACHE_CONTROL;
    use handstamp_axum::Config;

    use super::*;
    use crate::storage::database::DatabaseError;

    async fn body(response: Response) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), 1024)
            .await
            .unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    fn auth(settings: &[(&str, &str)]) -> Auth {
        let settings = settings
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()));
        let config = Config::builder().secret_key([7; 32].as_slice());
        Auth::new(config.env_from(settings).build().unwrap()).unwrap()
    }

    #[tokio::test]
    async fn errors_become_rejections_in_the_configured_style() {
        let authx: &[_] = &[
            ("HANDSTAMP_ERROR_STYLE", "authx"),
            ("JWT_ERROR_MESSAGE_KEY", "msg"),
        ];
        let minute = Duration::from_millis(59_001);
        for (name, settings, error, status, retry_after, code) in [
            (
                "too many attempts",
                &[][..],
                LogInError::RateLimited {
                    retry_after: minute,
                },
                429,
                Some("60"),
                r#""code":"rate_limited""#,
            ),
            (
                "too many attempts, in the style of AuthX",
                authx,
                LogInError::RateLimited {
                    retry_after: minute,
                },
                429,
                Some("60"),
                r#"{"msg":"Rate limit exceeded. Retry after 60 seconds.","error_type":"RateLimitExceeded","retry_after":60}"#,
            ),
            (
                "a full queue",
                &[],
                LogInError::Busy,
                503,
                Some("1"),
                r#""code":"busy""#,
            ),
            (
                "a database that does not answer",
                authx,
                LogInError::Database(DatabaseError::Timeout(Duration::from_secs(2))),
                503,
                Some("1"),
                r#""error_type":"StoreUnavailable""#,
            ),
            (
                "limits that do not answer",
                &[],
                LogInError::Limits(StoreError::new("down")),
                503,
                Some("1"),
                r#""code":"store_unavailable""#,
            ),
            (
                "wrong credentials",
                &[],
                LogInError::InvalidCredentials,
                401,
                None,
                r#""code":"invalid_credentials""#,
            ),
        ] {
            let response = refuse(&auth(settings), error).into_response();
            assert_eq!(response.status(), status, "{name}");
            let headers = response.headers();
            let said = headers.get("retry-after").map(|value| value.to_str());
            assert_eq!(said.transpose().unwrap(), retry_after, "{name}");
            assert_eq!(headers[CACHE_CONTROL], "no-store", "{name}");
            let body = body(response).await;
            assert!(body.contains(code), "{name}: {body}");
        }
    }
}
