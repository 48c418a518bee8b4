//! The claims of a new token, as they are written.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::config::Config;
use crate::error::IssueError;
use crate::issue::TokenIdentity;
use crate::new_token::NewToken;
use crate::purpose::sealed::Kind;

/// The claims in the order of the wire.
pub(crate) struct NewClaims<'a> {
    pub(crate) new: &'a NewToken,
    pub(crate) config: &'a Config,
    pub(crate) kind: Kind,
    pub(crate) stamp: &'a TokenIdentity,
}

impl NewClaims<'_> {
    /// The payload of the token.
    pub(crate) fn to_json(&self) -> Result<Vec<u8>, IssueError> {
        // Texts, numbers and values that are JSON already, under texts: there is nothing that cannot be written.
        serde_json::to_vec(self).map_err(|_| IssueError::Signing)
    }
}

impl Serialize for NewClaims<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self {
            new,
            config,
            kind,
            stamp,
        } = self;
        let mut claims = serializer.serialize_map(None)?;
        claims.serialize_entry("sub", &new.subject)?;
        claims.serialize_entry("jti", &stamp.id)?;
        claims.serialize_entry("type", kind.claim())?;
        if *kind == Kind::Access {
            claims.serialize_entry("fresh", &new.fresh)?;
        }
        // The original reads an absent claim as an empty one, and writes the empty one.
        claims.serialize_entry("csrf", stamp.csrf.as_deref().unwrap_or_default())?;
        claims.serialize_entry("iat", &stamp.issued_at.as_secs())?;
        if config.encode_nbf() {
            claims.serialize_entry("nbf", &stamp.issued_at.as_secs())?;
        }
        claims.serialize_entry("exp", &stamp.expires_at.as_secs())?;
        if let Some(session) = &new.session {
            claims.serialize_entry("sid", session.id.as_str())?;
            claims.serialize_entry("gen", &session.generation)?;
        }
        if let Some(time) = new.auth_time(stamp.issued_at) {
            claims.serialize_entry("auth_time", &time.as_secs())?;
        }
        if let Some(issuer) = config.encode_issuer() {
            claims.serialize_entry("iss", issuer)?;
        }
        match new.audience.as_deref().unwrap_or(config.encode_audience()) {
            [] => {}
            [one] => claims.serialize_entry("aud", one)?,
            many => claims.serialize_entry("aud", many)?,
        }
        if let Some(scopes) = &new.scopes {
            claims.serialize_entry("scopes", scopes)?;
        }
        if let Some(login_type) = &new.login_type {
            claims.serialize_entry("login_type", login_type)?;
        }
        if config.identity_claim() != "sub" {
            claims.serialize_entry(config.identity_claim(), &new.subject)?;
        }
        for (name, value) in new
            .custom
            .iter()
            .filter(|(name, _)| *name != config.identity_claim())
        {
            claims.serialize_entry(name, value)?;
        }
        claims.end()
    }
}
