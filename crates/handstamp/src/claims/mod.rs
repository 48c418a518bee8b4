//! The claims of a token, parsed strictly (RFC 7519, section 4).

mod flat;
#[cfg(feature = "asymmetric")]
pub(crate) mod foreign;
mod object;
pub(crate) mod registered;
#[cfg(test)]
mod tests;
mod text;
mod times;
mod value;

use std::borrow::Cow;
use std::time::Duration;

use self::text::{Text, Texts};
pub(crate) use self::times::Times;
use crate::clock::UnixTime;
use crate::error::RejectionKind;
use crate::store::{AccountId, PresentedToken, SessionId, TokenId};

/// The claims of a token, well formed but not yet judged.
///
/// Contains the payload once. Texts are ranges, so that parsing the claims of a request allocates
/// little.
#[derive(Clone)]
pub(crate) struct Claims {
    /// The payload, and behind it, unescaped, the texts that stand escaped in it.
    text: String,
    payload_len: usize,
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
        let (raw, unescaped) = match flat::read(&payload, identity) {
            Some(raw) => (raw, String::new()),
            None => object::read(&payload, identity)?,
        };
        let payload_len = payload.len();
        let text = payload + &unescaped;

        let subject = match (raw.identity, raw.sub) {
            (Some(named), Some(sub)) if named.read(&text) != sub.read(&text) => {
                return Err(malformed("the identity claim and sub differ"));
            }
            (Some(subject), _) | (None, Some(subject)) => subject,
            (None, None) => return Err(malformed("no sub")),
        };
        let is_something = |value: &Text| !value.is_empty();
        let required = |value: Option<Text>, problem| {
            value.filter(is_something).ok_or_else(|| malformed(problem))
        };
        let session = raw.sid.filter(is_something);
        Ok(Self {
            subject: required(Some(subject), "sub is empty")?,
            id: required(raw.jti, "no jti")?,
            kind: required(raw.kind, "no type")?,
            csrf: raw.csrf.filter(is_something),
            issuer: raw.iss,
            login_type: raw.login_type,
            // Without a session, the claim has another meaning, which is not ours.
            generation: session.and(raw.generation).unwrap_or(0),
            session,
            audience: raw.aud,
            scopes: raw.scopes,
            fresh_until: raw.fresh_until.unwrap_or(UnixTime::from_secs(0)),
            auth_time: raw.auth_time,
            issued_at: raw.iat.ok_or_else(|| malformed("no iat"))?,
            not_before: raw.nbf,
            expires_at: raw.exp.ok_or_else(|| malformed("no exp"))?,
            text,
            payload_len,
        })
    }

    /// Returns the whole claims set, as it was signed.
    pub(crate) fn payload(&self) -> &str {
        // The text begins with the payload, so the default is never used.
        self.text.get(..self.payload_len).unwrap_or_default()
    }

    pub(crate) fn subject(&self) -> &str {
        self.subject.read(&self.text)
    }

    pub(crate) fn id(&self) -> &str {
        self.id.read(&self.text)
    }

    pub(crate) fn kind(&self) -> &str {
        self.kind.read(&self.text)
    }

    /// Returns the CSRF value, or `None` if the claim `csrf` is absent or empty.
    pub(crate) fn csrf(&self) -> Option<&str> {
        self.csrf.map(|csrf| csrf.read(&self.text))
    }

    pub(crate) fn issuer(&self) -> Option<&str> {
        self.issuer.map(|issuer| issuer.read(&self.text))
    }

    pub(crate) fn login_type(&self) -> Option<&str> {
        self.login_type
            .map(|login_type| login_type.read(&self.text))
    }

    /// Returns the id of the session, or `None` if the claim `sid` is absent or empty.
    pub(crate) fn session(&self) -> Option<&str> {
        self.session.map(|session| session.read(&self.text))
    }

    /// Returns whether the token is fresh at this time. A token of flask-jwt-extended may state
    /// until when.
    pub(crate) fn is_fresh_at(&self, now: UnixTime) -> bool {
        now < self.fresh_until
    }

    pub(crate) fn times(&self) -> Times {
        Times {
            issued_at: self.issued_at,
            not_before: self.not_before,
            expires_at: self.expires_at,
        }
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
        self.audience.as_ref().map(|list| list.read(&self.text))
    }

    pub(crate) fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().flat_map(|list| list.read(&self.text))
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
