//! The sources of policies: texts and files, and the principals. They are read when they are built,
//! and again at each reload.

use std::fs;
use std::path::{Path, PathBuf};

use crate::compiled::Compiled;
use crate::error::{PolicyError, Problem};
use crate::{Policies, Principal};

/// Builder for [`Policies`]: a schema, policies, and who the principals are.
///
/// ```
/// use handstamp_cedar::{Policies, Principal};
///
/// let policies = Policies::builder()
///     .schema("entity User, Post; action read appliesTo {principal: User, resource: Post};")
///     .policies("posts.cedar", r#"permit (principal, action == Action::"read", resource);"#)
///     .principal(Principal::new("User"))
///     .build()?;
/// # Ok::<(), handstamp_cedar::PolicyError>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "nothing is decided before it is built"]
pub struct PoliciesBuilder {
    schemas: Vec<Source>,
    policies: Vec<Source>,
    principals: Vec<Principal>,
}

#[derive(Debug, Clone)]
enum Source {
    Text { name: String, text: String },
    File(PathBuf),
}

impl PoliciesBuilder {
    /// Sets the schema: the types of principals and resources, their attributes, and the actions.
    /// There must be exactly one, and every policy is checked against it.
    pub fn schema(mut self, text: impl Into<String>) -> Self {
        self.schemas.push(Source::Text {
            name: "the schema".to_owned(),
            text: text.into(),
        });
        self
    }

    /// Sets the schema to a file, which is read by [`build`](Self::build), and again by
    /// [`Policies::reload`].
    pub fn schema_file(mut self, path: impl AsRef<Path>) -> Self {
        self.schemas.push(Source::File(path.as_ref().to_owned()));
        self
    }

    /// Adds policies. The name is for mistakes, and for the ids of policies without `@id`.
    pub fn policies(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.policies.push(Source::Text {
            name: name.into(),
            text: text.into(),
        });
        self
    }

    /// Adds a file of policies, which is read by [`build`](Self::build), and again by
    /// [`Policies::reload`].
    pub fn policy_file(mut self, path: impl AsRef<Path>) -> Self {
        self.policies.push(Source::File(path.as_ref().to_owned()));
        self
    }

    /// Adds the principals of a login type, or of tokens without one.
    pub fn principal(mut self, principal: Principal) -> Self {
        self.principals.push(principal);
        self
    }

    /// Reads, parses and checks everything, once: nothing is parsed for a request.
    ///
    /// # Errors
    /// [`PolicyError`] with every problem that was found: a file that cannot be read, a text that
    /// cannot be parsed, a policy that does not fit the schema or can never apply, a template, an
    /// id that two policies have, no policy at all, a principal that the schema does not have.
    pub fn build(self) -> Result<Policies, PolicyError> {
        let compiled = self.compile()?;
        Ok(Policies::new(compiled, self))
    }

    pub(crate) fn compile(&self) -> Result<Compiled, PolicyError> {
        let mut problems = Vec::new();
        let mut read = |source: &Source| source.read().map_err(|problem| problems.push(problem));
        let schemas: Vec<NamedText> = self.schemas.iter().flat_map(&mut read).collect();
        let policies: Vec<NamedText> = self.policies.iter().flat_map(&mut read).collect();
        Compiled::new(&schemas, &policies, &self.principals, problems)
    }
}

/// A text with the name by which problems call it.
pub(crate) struct NamedText {
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Source {
    fn read(&self) -> Result<NamedText, Problem> {
        match self {
            Self::Text { name, text } => Ok(NamedText {
                name: name.clone(),
                text: text.clone(),
            }),
            Self::File(path) => {
                let name = path.display().to_string();
                match fs::read_to_string(path) {
                    Ok(text) => Ok(NamedText { name, text }),
                    Err(error) => Err(Problem::new(name, format!("cannot be read: {error}"))),
                }
            }
        }
    }
}
