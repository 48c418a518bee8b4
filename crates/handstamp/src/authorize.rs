//! The interface by which an application or a policy engine decides what the bearer of a verified
//! token may do. The library calls it and never caches its answer.

use std::future::Future;
use std::sync::Arc;

use crate::authenticate::Authenticated;
use crate::context::{Asked, Context};
use crate::error::{Denial, RejectionKind};
use crate::purpose::Access;

/// Decides whether the bearer of a token may do what the question `Q` describes. `handstamp-cedar`
/// implements it for policies in Cedar; this is for rules of one's own.
///
/// The token is the proof of a verified access token, so who asks is never what a request claims. A
/// question names the rest: the action, the resource, and what else the rules look at.
///
/// ```
/// use handstamp::authorize::Authorize;
/// use handstamp::error::Denial;
/// use handstamp::purpose::Access;
/// use handstamp::Authenticated;
///
/// /// May the post of this author be edited?
/// struct EditPost<'a> { author: &'a str }
///
/// struct Rules;
///
/// impl Authorize<EditPost<'_>> for Rules {
///     async fn authorize(
///         &self,
///         token: &Authenticated<Access>,
///         question: &EditPost<'_>,
///     ) -> Result<(), Denial> {
///         if token.subject() == question.author || token.has_scopes(["posts:edit"]) {
///             return Ok(());
///         }
///         Err(Denial::new("neither the author nor an editor"))
///     }
/// }
/// ```
///
/// # Security
/// `Ok(())` permits, and is to be written only behind every check: what cannot be decided is a
/// [`Denial::failed`]. A database that does not answer is a [`StoreError`], which `?` converts.
///
/// [`StoreError`]: crate::error::StoreError
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot decide about a `{Q}`",
    label = "`Authorize<{Q}>` is not implemented for it",
    note = "implement `Authorize<{Q}>` for the rules of the application"
)]
pub trait Authorize<Q: ?Sized> {
    /// Permits what the question describes to the bearer of this token.
    ///
    /// # Errors
    /// [`Denial`] if it is not permitted, or cannot be decided: the request is rejected with 403;
    /// made from a [`StoreError`](crate::error::StoreError), with 503.
    fn authorize(
        &self,
        token: &Authenticated<Access>,
        question: &Q,
    ) -> impl Future<Output = Result<(), Denial>> + Send;
}

/// Delegates to shared rules.
impl<Q: ?Sized, R: Authorize<Q>> Authorize<Q> for Arc<R> {
    fn authorize(
        &self,
        token: &Authenticated<Access>,
        question: &Q,
    ) -> impl Future<Output = Result<(), Denial>> + Send {
        R::authorize(self, token, question)
    }
}

/// Asks, and takes no answer in time for an error of the authorizer's database.
pub(crate) async fn require_permission<Q: ?Sized>(
    context: &Context,
    token: &Authenticated<Access>,
    by: &impl Authorize<Q>,
    question: &Q,
) -> Result<(), RejectionKind> {
    let answer = async { Ok(by.authorize(token, question).await) };
    context
        .ask(Asked::Policies, answer)
        .await?
        .map_err(RejectionKind::from)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::Authorize;
    use crate::Authenticated;
    use crate::error::{Denial, StoreError};
    use crate::purpose::Access;
    use crate::testing::{Head, ask, auth, builder};

    struct Rules;

    impl Authorize<str> for Rules {
        async fn authorize(
            &self,
            token: &Authenticated<Access>,
            question: &str,
        ) -> Result<(), Denial> {
            match question {
                "its own" if token.subject() == "user1" => Ok(()),
                "told" => Err(Denial::new("by \"rule 1\"").message("Not on Sundays")),
                "broken" => Err(Denial::failed("the rule is wrong").message("Not today")),
                "no database" => Err(StoreError::new("connection refused").into()),
                "slow database" => std::future::pending().await,
                _ => Err(Denial::new("no rule permits it")),
            }
        }
    }

    #[tokio::test]
    async fn only_what_is_permitted_passes() {
        let auth = auth(builder().store_timeout(Duration::from_millis(100)));
        let denied = "The policies of this service deny the request";
        let unavailable = "The session store does not answer; try again";
        // (what is asked, by whom, the question, the rejection)
        let rows = [
            ("a rule permits it", "user1", "its own", None),
            (
                "it permits another user",
                "user2",
                "its own",
                Some((403, "policy_denied", denied)),
            ),
            (
                "no rule matches",
                "user1",
                "x",
                Some((403, "policy_denied", denied)),
            ),
            (
                "a rule has a message",
                "user1",
                "told",
                Some((403, "policy_denied", "Not on Sundays")),
            ),
            (
                "a rule fails",
                "user1",
                "broken",
                Some((403, "policy_denied", "Not today")),
            ),
            (
                "the database is down",
                "user1",
                "no database",
                Some((503, "store_unavailable", unavailable)),
            ),
            (
                "the database is slow",
                "user1",
                "slow database",
                Some((503, "store_unavailable", unavailable)),
            ),
        ];
        for (sentence, subject, question, expected) in rows {
            let token = auth.create_access_token(subject).unwrap();
            let head = Head::new("GET").access(token.as_str());
            let token = ask(&auth, &head, &crate::Require::access()).unwrap();
            for answer in [
                auth.require_permission(&token, &Rules, question).await,
                auth.require_permission(&token, &Arc::new(Rules), question)
                    .await,
            ] {
                let found = answer
                    .err()
                    .map(|rejection| (rejection.status(), rejection.code(), rejection.to_string()));
                let expected =
                    expected.map(|(status, code, words)| (status, code, words.to_owned()));
                assert_eq!(found, expected, "{sentence}");
            }
        }
    }
}
