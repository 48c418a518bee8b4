//! Routes for which a token is optional: the rejection that means that there is none.

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
