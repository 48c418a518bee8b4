//! The mistakes in policies and schema, for the developer.

use std::error::Error;
use std::fmt;

use miette::Diagnostic;

/// Policies that are not used, with every problem that was found in them.
///
/// ```
/// use handstamp_cedar::{Policies, Principal};
///
/// let error = Policies::builder()
///     .schema("entity User, Post; action read appliesTo {principal: User, resource: Post};")
///     .policies("posts.cedar", "permit (principal, action, resource)\nunless { resource.old };")
///     .principal(Principal::new("User"))
///     .build()
///     .unwrap_err();
/// let problem = error.problems().next().unwrap();
/// assert_eq!((problem.source(), problem.line()), ("posts.cedar", Some(2)));
/// assert!(problem.to_string().contains("attribute `old`"));
/// ```
#[derive(Clone)]
pub struct PolicyError(Vec<Problem>);

impl PolicyError {
    /// Collects the problems, sorted by place.
    pub(crate) fn new(mut problems: Vec<Problem>) -> Self {
        let place = |problem: &Problem| (problem.source.clone(), problem.place);
        problems.sort_by_key(place);
        Self(problems)
    }

    /// Returns the problems, at least one.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [one] => one.fmt(f),
            several => {
                write!(f, "{} problems in the policies:", several.len())?;
                several
                    .iter()
                    .try_for_each(|problem| write!(f, "\n- {problem}"))
            }
        }
    }
}

/// The same, because this is what a `main` that returns it prints.
impl fmt::Debug for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for PolicyError {}

/// One problem: where it is, what it is, and what to do.
#[derive(Debug, Clone)]
pub struct Problem {
    source: String,
    /// Line and column, from one.
    place: Option<(usize, usize)>,
    message: String,
    help: Option<String>,
}

impl Problem {
    pub(crate) fn new(source: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            place: None,
            message: message.into(),
            help: None,
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Reads what Cedar says of this text: an error, and those that come with it.
    pub(crate) fn all_of(source: &str, text: &str, diagnostic: &dyn Diagnostic) -> Vec<Self> {
        let mut problems = vec![Self::of(source, text, diagnostic)];
        for related in diagnostic.related().into_iter().flatten() {
            problems.push(Self::of(source, text, related));
        }
        problems
    }

    fn of(source: &str, text: &str, diagnostic: &dyn Diagnostic) -> Self {
        let mut message = whole_message(diagnostic);
        let mut labels = diagnostic.labels().into_iter().flatten();
        let label = labels.next();
        if let Some(words) = label.as_ref().and_then(|label| label.label()) {
            message = format!("{message}: {words}");
        }
        Self {
            source: source.to_owned(),
            place: label.and_then(|label| place(text, label.offset())),
            message,
            help: diagnostic.help().map(|help| capitalized(&help.to_string())),
        }
    }

    /// Returns the name of the file, or of the text that was given.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns the line, from one, if the problem has a place.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.place.map(|(line, _)| line)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)?;
        if let Some((line, column)) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)?;
        match &self.help {
            Some(help) => write!(f, ". {help}"),
            None => Ok(()),
        }
    }
}

/// Returns the message of an error with those of its causes.
pub(crate) fn whole_message<E: Error + ?Sized>(error: &E) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !message.contains(&words) {
            message = format!("{message}: {words}");
        }
        cause = error.source();
    }
    message
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// Returns line and column of a byte, unless the offset is of another text.
fn place(text: &str, offset: usize) -> Option<(usize, usize)> {
    let before = text.get(..offset)?;
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.matches('\n').count() + 1;
    let column = before.get(line_start..)?.chars().count() + 1;
    Some((line, column))
}
