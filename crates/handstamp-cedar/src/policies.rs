//! The policies of a service: what is asked, and what is exchanged while it runs.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use handstamp::Authenticated;
use handstamp::authorize::Authorize;
use handstamp::error::Denial;
use handstamp::purpose::Access;

use crate::compiled::Compiled;
use crate::{Explanation, PoliciesBuilder, PolicyError, Question};

/// Policies in Cedar, checked against a schema. A clone is the same policies, which one
/// [`reload`](Self::reload) exchanges for all.
///
/// It implements [`Authorize`], so it is asked by the layer `authorize` and by
/// [`require_permission`](handstamp::Auth::require_permission).
///
/// ```
/// use handstamp::{Auth, Authenticated, error::Rejection, purpose::Access};
/// use handstamp_cedar::{Entity, Policies, Principal, Question, Value};
///
/// let policies = Policies::builder()
///     .schema(
///         "entity User;
///          entity Post {author: User};
///          action edit appliesTo {principal: User, resource: Post};",
///     )
///     .policies(
///         "posts.cedar",
///         r#"@id("authors")
///            permit (principal, action == Action::"edit", resource)
///            when { resource.author == principal };"#,
///     )
///     .principal(Principal::new("User"))
///     .build()?; // reports every mistake at once
///
/// async fn edit(
///     auth: &Auth,
///     token: &Authenticated<Access>,
///     policies: &Policies,
///     (id, author): (&str, &str), // as the database has it
/// ) -> Result<(), Rejection> {
///     let post = Entity::new("Post", id).attribute("author", Value::entity("User", author));
///     auth.require_permission(token, policies, &Question::new("edit", post)).await
/// }
/// # use handstamp::{Config, RequestHead, Require};
/// # struct Get(String);
/// # impl RequestHead for Get {
/// #     fn method(&self) -> &str { "GET" }
/// #     fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
/// #         name.eq_ignore_ascii_case("cookie").then_some(self.0.as_bytes()).into_iter()
/// #     }
/// #     fn query(&self) -> Option<&str> { None }
/// # }
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// # let token = auth.create_access_token("alice")?;
/// # let head = Get(format!("access_token_cookie={}", token.as_str()));
/// # let token = auth.authenticate(&head, &Require::access()).await?;
///
/// edit(&auth, &token, &policies, ("1", "alice")).await?;
/// let rejection = edit(&auth, &token, &policies, ("2", "bob")).await.unwrap_err();
/// assert_eq!((rejection.status(), rejection.code()), (403, "policy_denied"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Security
/// What is not permitted is denied, and a policy that forbids beats all that permit. A policy that
/// fails denies, while Cedar by itself leaves it out: it may be the one that forbids. Neither a
/// question that does not fit the schema, nor a claim of another type, is ever permitted.
#[derive(Clone)]
pub struct Policies(Arc<Shared>);

struct Shared {
    /// Held for as long as it takes to clone the `Arc`.
    current: RwLock<Arc<Compiled>>,
    /// Where the current ones come from. Held by a reload to its end, so that of two the later one
    /// is the later to read, too.
    sources: Mutex<PoliciesBuilder>,
}

impl Policies {
    /// Returns a builder.
    pub fn builder() -> PoliciesBuilder {
        PoliciesBuilder::default()
    }

    pub(crate) fn new(compiled: Compiled, sources: PoliciesBuilder) -> Self {
        Self(Arc::new(Shared {
            current: RwLock::new(Arc::new(compiled)),
            sources: Mutex::new(sources),
        }))
    }

    /// Answers a question, and says which policies decided.
    ///
    /// ```
    /// # use handstamp::{Auth, Config, RequestHead, Require};
    /// # use handstamp_cedar::{Entity, Policies, Principal, Question};
    /// # struct Get(String);
    /// # impl RequestHead for Get {
    /// #     fn method(&self) -> &str { "GET" }
    /// #     fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
    /// #         name.eq_ignore_ascii_case("cookie").then_some(self.0.as_bytes()).into_iter()
    /// #     }
    /// #     fn query(&self) -> Option<&str> { None }
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// # let token = auth.create_access_token("alice")?;
    /// # let head = Get(format!("access_token_cookie={}", token.as_str()));
    /// # let token = auth.authenticate(&head, &Require::access()).await?;
    /// let policies = Policies::builder()
    ///     .schema("entity User, Post; action read appliesTo {principal: User, resource: Post};")
    ///     .policies("all.cedar", r#"
    ///         @id("readers") permit (principal, action, resource);
    ///         @id("hidden") forbid (principal, action, resource == Post::"13");
    ///     "#)
    ///     .principal(Principal::new("User"))
    ///     .build()?;
    /// let read = |id: &str| Question::new("read", Entity::new("Post", id));
    /// let why = |id| policies.explain(&token, &read(id)).to_string();
    /// assert_eq!(why("1"), "permitted by readers");
    /// assert_eq!(why("13"), "forbidden by hidden");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn explain(&self, token: &Authenticated<Access>, question: &Question) -> Explanation {
        self.current().explain(token, question)
    }

    /// Returns the ids of all policies, sorted.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        self.current().ids().to_vec()
    }

    /// Reads the files again, and exchanges the policies in one step: a question is answered by the
    /// old ones or by the new ones, never by a mixture.
    ///
    /// It reads files, and blocks for as long as that takes; nothing waits for it but another
    /// reload. When to call it is the application's choice: at `SIGHUP`, by a timer, or when a
    /// watcher of files sees a change.
    ///
    /// # Errors
    /// [`PolicyError`] with every problem. The old policies stay in use.
    ///
    /// # Security
    /// A file that is read while it is written may be valid and lack its last policies, one that
    /// forbids among them. Write a new file, and rename it to the old name.
    pub fn reload(&self) -> Result<(), PolicyError> {
        self.exchange(PoliciesBuilder::clone)
    }

    /// Exchanges the policies, the schema and the principals for those of another builder, as
    /// [`reload`](Self::reload) does, which from then on reads the files of that one.
    ///
    /// # Errors
    /// As [`reload`](Self::reload).
    pub fn replace(&self, sources: PoliciesBuilder) -> Result<(), PolicyError> {
        self.exchange(|_| sources)
    }

    fn exchange(
        &self,
        next: impl FnOnce(&PoliciesBuilder) -> PoliciesBuilder,
    ) -> Result<(), PolicyError> {
        let mut sources = self
            .0
            .sources
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let next = next(&sources);
        let compiled = Arc::new(next.compile()?);
        let policies = compiled.ids().len();
        let mut current = self
            .0
            .current
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *current = compiled;
        *sources = next;
        drop(current);
        tracing::info!(policies, "the policies were exchanged");
        Ok(())
    }

    fn current(&self) -> Arc<Compiled> {
        let current = self
            .0
            .current
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&current)
    }
}

impl Authorize<Question> for Policies {
    async fn authorize(
        &self,
        token: &Authenticated<Access>,
        question: &Question,
    ) -> Result<(), Denial> {
        self.explain(token, question).into_result()
    }
}

/// Shows the ids of the policies.
impl fmt::Debug for Policies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Policies").field(&self.ids()).finish()
    }
}
