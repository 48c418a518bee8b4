//! Rejections that the application decides on and the configuration gives their style.
//!
//! The application counts requests, bounds its work and keeps its own database. What the library
//! adds is the response: code, status, header fields and body as for every other [`Rejection`].
//! Nothing here counts or waits.

use std::borrow::Cow;
use std::time::Duration;

use super::Auth;
use crate::error::{BodyError, Rejection, RejectionKind, StoreError};

impl Auth {
    /// Rejects a request that came too soon after others: `rate_limited`, with the status 429 and
    /// `Retry-After` ([RFC 6585, section 4](https://www.rfc-editor.org/rfc/rfc6585#section-4)).
    ///
    /// `retry_after` is rounded up to whole seconds and is at least one second, so that a client
    /// that waits for as long as it was told is not rejected again. The body repeats the seconds
    /// in the member `retry_after`.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use handstamp::error::Rejection;
    /// use handstamp::{Auth, Config};
    ///
    /// fn admit(auth: &Auth, failures: u32, until: Duration) -> Result<(), Rejection> {
    ///     if failures < 10 { Ok(()) } else { Err(auth.rate_limited(until)) }
    /// }
    ///
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let rejection = admit(&auth, 10, Duration::from_millis(59_001)).unwrap_err();
    /// assert_eq!((rejection.status(), rejection.code()), (429, "rate_limited"));
    /// assert_eq!(rejection.to_string(), "Rate limit exceeded. Retry after 60 seconds.");
    /// assert!(rejection.headers().contains(&("retry-after", "60".into())));
    /// # Ok::<(), handstamp::error::ConfigError>(())
    /// ```
    ///
    /// # Security
    /// A limit by the client's address needs the address that a trusted proxy reports: behind a
    /// proxy the connection itself has the same address for all clients.
    #[must_use]
    pub fn rate_limited(&self, retry_after: Duration) -> Rejection {
        self.reject(RejectionKind::RateLimited { retry_after })
    }

    /// Rejects a log-in whose name or password is wrong: `invalid_credentials`, with the status
    /// 401.
    ///
    /// ```
    /// use handstamp::{Auth, Config};
    ///
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let rejection = auth.invalid_credentials();
    /// assert_eq!((rejection.status(), rejection.code()), (401, "invalid_credentials"));
    /// assert!(rejection.headers().contains(&("www-authenticate", "Bearer".into())));
    /// # Ok::<(), handstamp::error::ConfigError>(())
    /// ```
    ///
    /// # Security
    /// It is the same for an unknown name and a wrong password. The time that the answer takes must
    /// be the same as well: verify the password of an unknown name against a hash of your own.
    #[must_use]
    pub fn invalid_credentials(&self) -> Rejection {
        self.refuse(401, "invalid_credentials", "Invalid username or password")
    }

    /// Rejects a request for a reason of the application, which chooses status, code and message,
    /// so that a client reads all refusals in one way. The code is in snake case, as those of the
    /// library are; `error_type` is the same in camel case.
    ///
    /// ```
    /// use handstamp::{Auth, Config};
    ///
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let rejection = auth.refuse(409, "name_taken", "Another user has this name");
    /// let body = r#"{"type":"about:blank","title":"Conflict","status":409,"code":"name_taken","#;
    /// assert!(rejection.body().starts_with(body));
    /// # Ok::<(), handstamp::error::ConfigError>(())
    /// ```
    ///
    /// A status that is no error, below 400 or above 599, is a bug in the application: it is
    /// logged, and 500 is sent.
    #[must_use]
    pub fn refuse(
        &self,
        status: u16,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Rejection {
        let status = if (400..600).contains(&status) {
            status
        } else {
            tracing::error!(
                status,
                code,
                "a request is refused with a status that is no error"
            );
            500
        };
        let message = message.into();
        self.reject(RejectionKind::Refused {
            status,
            code,
            message,
        })
    }

    /// Rejects a request because of its body: `unsupported_media_type` with 415, `malformed_body`
    /// with 400, `invalid_body` with 422, or `body_too_large` with 413.
    ///
    /// ```
    /// use handstamp::error::BodyError;
    /// use handstamp::{Auth, Config};
    ///
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let rejection = auth.refuse_body(BodyError::TooLarge);
    /// assert_eq!((rejection.status(), rejection.code()), (413, "body_too_large"));
    /// # Ok::<(), handstamp::error::ConfigError>(())
    /// ```
    #[must_use]
    pub fn refuse_body(&self, error: BodyError) -> Rejection {
        self.reject(RejectionKind::Body(error))
    }

    /// Rejects a request because too much work is under way: `busy`, with the status 503 and a
    /// `Retry-After` of one second. The work that a log-in needs most is the hash of its password.
    ///
    /// ```
    /// use handstamp::{Auth, Config};
    ///
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let rejection = auth.busy();
    /// assert_eq!((rejection.status(), rejection.code()), (503, "busy"));
    /// assert!(rejection.headers().contains(&("retry-after", "1".into())));
    /// # Ok::<(), handstamp::error::ConfigError>(())
    /// ```
    #[must_use]
    pub fn busy(&self) -> Rejection {
        self.reject(RejectionKind::Busy)
    }

    /// Rejects a request because a database of the application does not answer, such as the one
    /// that has its users: `store_unavailable`, with the status 503 and a `Retry-After` of one
    /// second. The error goes to the log at level `error`, and not to the client.
    ///
    /// ```
    /// use handstamp::error::StoreError;
    /// use handstamp::{Auth, Config};
    ///
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let rejection = auth.store_unavailable(StoreError::new("connection refused"));
    /// assert_eq!((rejection.status(), rejection.code()), (503, "store_unavailable"));
    /// assert!(!rejection.body().contains("refused"));
    /// # Ok::<(), handstamp::error::ConfigError>(())
    /// ```
    #[must_use]
    pub fn store_unavailable(&self, error: StoreError) -> Rejection {
        self.reject(RejectionKind::StoreUnavailable(error))
    }
}
