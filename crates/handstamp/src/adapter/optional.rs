//! Routes for which a token is optional: which rejections mean that there is none.

use crate::error::Rejection;

/// Makes `None` of a missing token. Every other rejection stays one: an expired token too, so that
/// the client refreshes.
///
/// ```
/// use handstamp::adapter::{RequestState, optional};
/// use handstamp::error::Rejection;
/// use handstamp::{Auth, RequestHead};
///
/// async fn greet(auth: &Auth, head: &impl RequestHead) -> Result<String, Rejection> {
///     let token = optional(RequestState::default().access(auth, head).await)?;
///     Ok(token.map_or("hello".to_owned(), |token| format!("hello {}", token.subject())))
/// }
/// ```
///
/// # Errors
/// The rejection, unless it is `missing_token`.
pub fn optional<T>(judged: Result<T, Rejection>) -> Result<Option<T>, Rejection> {
    match judged {
        Ok(token) => Ok(Some(token)),
        Err(rejection) if rejection.is_missing_token() => Ok(None),
        Err(rejection) => Err(rejection),
    }
}

/// Makes `None` of a missing and of an expired token, for public pages: until the page has
/// refreshed, it shows what is public. Other rejections stay, as in [`optional`]: a token that is
/// forged or revoked, a request without the CSRF value.
///
/// ```
/// use handstamp::adapter::{RequestState, visitor};
/// use handstamp::error::Rejection;
/// use handstamp::{Auth, RequestHead};
///
/// async fn is_logged_in(auth: &Auth, head: &impl RequestHead) -> Result<bool, Rejection> {
///     Ok(visitor(RequestState::default().access(auth, head).await)?.is_some())
/// }
/// ```
///
/// # Errors
/// The rejection, unless it is `missing_token` or `token_expired`.
pub fn visitor<T>(judged: Result<T, Rejection>) -> Result<Option<T>, Rejection> {
    match judged {
        Err(rejection) if rejection.is_expired_token() => Ok(None),
        judged => optional(judged),
    }
}
