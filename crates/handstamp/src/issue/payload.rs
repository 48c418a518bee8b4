//! Serializes the claims of a new token.

use serde::Serialize;

use super::{NewToken, TokenIdentity};
use crate::claims::registered::{
    AUD, AUTH_TIME, CSRF, EXP, FRESH, GEN, IAT, ISS, JTI, LOGIN_TYPE, NBF, SCOPES, SID, SUB, TYPE,
};
use crate::config::Config;
use crate::error::IssueError;
use crate::purpose::sealed::Kind;

/// The claims, in the order in which they are written.
pub(crate) struct NewClaims<'a> {
    pub(crate) new: &'a NewToken,
    pub(crate) config: &'a Config,
    pub(crate) kind: Kind,
    pub(crate) stamp: &'a TokenIdentity,
}

impl NewClaims<'_> {
    /// Returns the payload of the token.
    pub(crate) fn to_json(&self) -> Result<Vec<u8>, IssueError> {
        // Strings, numbers and JSON values with string keys always serialize.
        self.write().map_err(|_| IssueError::Signing)
    }

    fn write(&self) -> serde_json::Result<Vec<u8>> {
        let Self {
            new,
            config,
            kind,
            stamp,
        } = self;
        let mut claims = Members::begin();
        claims.text(SUB, &new.subject)?;
        claims.text(JTI, &stamp.id)?;
        claims.text(TYPE, kind.claim())?;
        if *kind == Kind::Access {
            claims.value(FRESH, &new.fresh)?;
        }
        // AuthX parses an absent claim as an empty one, and writes the empty one.
        claims.text(CSRF, stamp.csrf.as_deref().unwrap_or_default())?;
        claims.value(IAT, &stamp.issued_at.as_secs())?;
        if config.settings.encode_nbf {
            claims.value(NBF, &stamp.issued_at.as_secs())?;
        }
        claims.value(EXP, &stamp.expires_at.as_secs())?;
        if let Some(session) = &new.session {
            claims.text(SID, session.id.as_str())?;
            claims.value(GEN, &session.generation)?;
        }
        if let Some(time) = new.auth_time(stamp.issued_at) {
            claims.value(AUTH_TIME, &time.as_secs())?;
        }
        if let Some(issuer) = config.settings.encode_issuer.as_deref() {
            claims.text(ISS, issuer)?;
        }
        match new
            .audience
            .as_deref()
            .unwrap_or(&config.settings.encode_audience)
        {
            [] => {}
            [one] => claims.text(AUD, one)?,
            many => claims.texts(AUD, many)?,
        }
        if let Some(scopes) = &new.scopes {
            claims.texts(SCOPES, scopes)?;
        }
        if let Some(login_type) = &new.login_type {
            claims.text(LOGIN_TYPE, login_type)?;
        }
        let identity = &config.settings.identity_claim;
        if identity != SUB {
            claims.custom(identity, &new.subject)?;
        }
        for (name, value) in new.custom.iter().filter(|(name, _)| *name != identity) {
            claims.custom(name, value)?;
        }
        Ok(claims.end())
    }
}

/// The members of a JSON object. Texts without escapes are copied as they are.
struct Members(Vec<u8>);

impl Members {
    fn begin() -> Self {
        Self(Vec::with_capacity(USUAL))
    }

    #[inline]
    fn text(&mut self, name: &str, text: &str) -> serde_json::Result<()> {
        self.name(name);
        self.quoted(text)
    }

    fn texts(&mut self, name: &str, texts: &[String]) -> serde_json::Result<()> {
        self.name(name);
        self.0.push(b'[');
        for (index, text) in texts.iter().enumerate() {
            if index > 0 {
                self.0.push(b',');
            }
            self.quoted(text)?;
        }
        self.0.push(b']');
        Ok(())
    }

    fn value<T: Serialize>(&mut self, name: &str, value: &T) -> serde_json::Result<()> {
        self.name(name);
        serde_json::to_writer(&mut self.0, value)
    }

    fn quoted(&mut self, text: &str) -> serde_json::Result<()> {
        let needs_escape = |byte| matches!(byte, ..b' ' | b'"' | b'\\');
        if text
            .bytes()
            .fold(false, |any, byte| any | needs_escape(byte))
        {
            return serde_json::to_writer(&mut self.0, text);
        }
        self.0.push(b'"');
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(b'"');
        Ok(())
    }

    /// The name of a registered claim contains nothing that JSON escapes.
    #[inline]
    fn name(&mut self, name: &str) {
        let start = if self.0.is_empty() { "{\"" } else { ",\"" };
        self.0.extend_from_slice(start.as_bytes());
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
    }

    fn custom<T: Serialize>(&mut self, name: &str, value: &T) -> serde_json::Result<()> {
        self.separate();
        serde_json::to_writer(&mut self.0, name)?;
        self.0.push(b':');
        serde_json::to_writer(&mut self.0, value)
    }

    fn separate(&mut self) {
        let is_first = self.0.is_empty();
        self.0.push(if is_first { b'{' } else { b',' });
    }

    fn end(mut self) -> Vec<u8> {
        self.0.push(b'}');
        self.0
    }
}

/// Most payloads are shorter, in bytes.
const USUAL: usize = 512;
