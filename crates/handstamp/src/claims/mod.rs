//! The claims of a token, parsed strictly (RFC 7519, section 4).

mod flat;
mod object;
pub(crate) mod registered;
#[cfg(test)]
mod tests;
mod value;

use std::borrow::Cow;
use std::time::Duration;

use self::object::{ClaimsSet, List};
use crate::clock::UnixTime;
use crate::error::RejectionKind;
use crate::store::{AccountId, PresentedToken, SessionId, TokenId};

/// The claims of a token, well formed but not yet judged.
///
/// Contains the payload once. Texts are spans of it, so that parsing the claims of a request
/// allocates little.
#[derive(Clone)]
pub(crate) struct Claims {
    payload: String,
    subject: Text,
    id: Text,
    kind: Text,
    csrf: Option<Text>,
    issuer: Option<Text>,
    login_type: Option<Text>,
    session: Option<Text>,
    audience: Option<Texts>,
    scopes: Option<Texts>,
    fresh_until: UnixTime,
    /// The generation of the session's refresh token with which this one was made; 0 without a
    /// session.
    pub(crate) generation: u64,
    auth_time: Option<UnixTime>,
    pub(crate) issued_at: UnixTime,
    pub(crate) not_before: Option<UnixTime>,
    pub(crate) expires_at: UnixTime,
}

impl Claims {
    /// Parses a payload whose signature is verified. `identity` is the claim that names the subject
    /// in addition to `sub`.
    pub(crate) fn parse(payload: Vec<u8>, identity: &str) -> Result<Self, MalformedClaims> {
        let payload = String::from_utf8(payload)
            .map_err(|_| MalformedClaims("the claims are not UTF-8".into()))?;
        let raw = match flat::read(&payload, identity) {
            Some(raw) => raw,
            None => ClaimsSet { identity }.read(&payload)?,
        };

        let subject = match (raw.identity, raw.sub) {
            (Some(named), Some(sub)) if named != sub => {
                return Err(malformed("the identity claim and sub differ"));
            }
            (Some(subject), _) | (None, Some(subject)) => subject,
            (None, None) => return Err(malformed("no sub")),
        };
        let text = |value: Cow<'_, str>| Text::within(&payload, value);
        let session = raw.sid.filter(|sid| !sid.is_empty());
        let required = |value: Option<Cow<'_, str>>, problem| {
            value
                .filter(|value| !value.is_empty())
                .map(text)
                .ok_or_else(|| malformed(problem))
        };
        Ok(Self {
            subject: required(Some(subject), "sub is empty")?,
            id: required(raw.jti, "no jti")?,
            kind: required(raw.kind, "no type")?,
            csrf: raw.csrf.filter(|csrf| !csrf.is_empty()).map(text),
            issuer: raw.iss.map(text),
            login_type: raw.login_type.map(text),
            // Without a session, the claim has another meaning, which is not ours.
            generation: session.as_ref().and(raw.generation).unwrap_or(0),
            session: session.map(text),
            audience: raw.aud.map(|list| Texts::within(&payload, list)),
            scopes: raw.scopes.map(|list| Texts::within(&payload, list)),
            fresh_until: raw.fresh_until.unwrap_or(UnixTime::from_secs(0)),
            auth_time: raw.auth_time,
            issued_at: raw.iat.ok_or_else(|| malformed("no iat"))?,
            not_before: raw.nbf,
            expires_at: raw.exp.ok_or_else(|| malformed("no exp"))?,
            payload,
        })
    }

    /// Returns the whole claims set, as it was signed.
    pub(crate) fn payload(&self) -> &str {
        &self.payload
    }

    pub(crate) fn subject(&self) -> &str {
        self.subject.read(&self.payload)
    }

    pub(crate) fn id(&self) -> &str {
        self.id.read(&self.payload)
    }

    pub(crate) fn kind(&self) -> &str {
        self.kind.read(&self.payload)
    }

    /// Returns the CSRF value, or `None` if the claim `csrf` is absent or empty.
    pub(crate) fn csrf(&self) -> Option<&str> {
        self.csrf.as_ref().map(|csrf| csrf.read(&self.payload))
    }

    pub(crate) fn issuer(&self) -> Option<&str> {
        self.issuer
            .as_ref()
            .map(|issuer| issuer.read(&self.payload))
    }

    pub(crate) fn login_type(&self) -> Option<&str> {
        self.login_type
            .as_ref()
            .map(|login_type| login_type.read(&self.payload))
    }

    /// Returns the id of the session, or `None` if the claim `sid` is absent or empty.
    pub(crate) fn session(&self) -> Option<&str> {
        self.session
            .as_ref()
            .map(|session| session.read(&self.payload))
    }

    /// Returns whether the token is fresh at this time. A token of flask-jwt-extended may state
    /// until when.
    pub(crate) fn is_fresh_at(&self, now: UnixTime) -> bool {
        now < self.fresh_until
    }

    /// Returns the claim `auth_time`.
    pub(crate) fn auth_time(&self) -> Option<UnixTime> {
        self.auth_time
    }

    /// Returns the time of the log-in from which the token descends, never after the token was
    /// issued: AuthX leaves the claim to applications, which may use another unit.
    pub(crate) fn authenticated_at(&self) -> UnixTime {
        self.auth_time
            .map_or(self.issued_at, |time| time.min(self.issued_at))
    }

    /// Returns the account whose sessions and revocations apply to this token.
    pub(crate) fn account(&self) -> AccountId {
        AccountId::new(self.login_type(), self.subject())
    }

    /// Returns the parts of the token that the rules of rotation need.
    pub(crate) fn presented(&self, session: &SessionId, grace: Duration) -> PresentedToken {
        PresentedToken::new(session, TokenId::from(self.id()), self.generation, grace)
    }

    /// Returns the claim `aud`, or `None` if it is absent.
    pub(crate) fn audience(&self) -> Option<impl Iterator<Item = &str>> {
        self.audience.as_ref().map(|list| list.read(&self.payload))
    }

    pub(crate) fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().flat_map(|list| list.read(&self.payload))
    }
}

/// The reason why a payload is not a claims set. For the log: the client only learns that the token
/// is invalid.
#[derive(Debug)]
pub(crate) struct MalformedClaims(pub(crate) Cow<'static, str>);

impl From<&'static str> for MalformedClaims {
    fn from(problem: &'static str) -> Self {
        Self(problem.into())
    }
}

impl From<MalformedClaims> for RejectionKind {
    fn from(error: MalformedClaims) -> Self {
        Self::InvalidToken(error.0)
    }
}

fn malformed(problem: &'static str) -> MalformedClaims {
    problem.into()
}

/// A text of the payload: a span of it, or a copy if JSON had to be unescaped.
#[derive(Clone)]
enum Text {
    Span(Span),
    Unescaped(Box<str>),
}

impl Text {
    fn within(payload: &str, value: Cow<'_, str>) -> Self {
        match value {
            Cow::Borrowed(value) => Self::Span(Span::within(payload, value)),
            Cow::Owned(value) => Self::Unescaped(value.into_boxed_str()),
        }
    }

    fn read<'a>(&'a self, payload: &'a str) -> &'a str {
        match self {
            Self::Span(span) => span.read(payload),
            Self::Unescaped(value) => value,
        }
    }
}

/// Texts of the payload.
#[derive(Clone)]
enum Texts {
    /// As in [`List::Plain`].
    Plain(Span),
    Parsed(Box<[Text]>),
}

impl Texts {
    fn within(payload: &str, list: List<'_>) -> Self {
        match list {
            List::Plain(list) => Self::Plain(Span::within(payload, list)),
            List::Parsed(list) => {
                let texts = list.into_iter().map(|text| Text::within(payload, text));
                Self::Parsed(texts.collect())
            }
        }
    }

    fn read<'a>(&'a self, payload: &'a str) -> impl Iterator<Item = &'a str> {
        let (plain, parsed) = match self {
            Self::Plain(span) => (span.read(payload), [].as_slice()),
            Self::Parsed(texts) => ("", &**texts),
        };
        plain_texts(plain).chain(parsed.iter().map(|text| text.read(payload)))
    }
}

fn plain_texts(mut list: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let after_quote = list.strip_prefix('"')?;
        let end = after_quote.bytes().position(|byte| byte == b'"')?;
        let (text, rest) = after_quote.split_at_checked(end)?;
        // Behind the quote stands a comma, or nothing.
        list = rest.get(2..).unwrap_or_default();
        Some(text)
    })
}

/// A part of the payload.
#[derive(Clone, Copy)]
struct Span {
    start: usize,
    end: usize,
}

impl Span {
    fn within(payload: &str, part: &str) -> Self {
        let start = part.as_ptr().addr() - payload.as_ptr().addr();
        Self {
            start,
            end: start + part.len(),
        }
    }

    fn read(self, payload: &str) -> &str {
        // A span always lies within the payload that it was made from, so the default is never
        // used.
        payload.get(self.start..self.end).unwrap_or_default()
    }
}
