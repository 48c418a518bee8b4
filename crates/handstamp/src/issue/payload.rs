//! Serializes the claims of a new token.

use serde::ser::{Serialize, SerializeMap, Serializer};

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
        let mut json = Vec::with_capacity(USUAL);
        serde_json::to_writer(&mut json, self).map_err(|_| IssueError::Signing)?;
        Ok(json)
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
        claims.serialize_entry(SUB, &new.subject)?;
        claims.serialize_entry(JTI, &stamp.id)?;
        claims.serialize_entry(TYPE, kind.claim())?;
        if *kind == Kind::Access {
            claims.serialize_entry(FRESH, &new.fresh)?;
        }
        // AuthX parses an absent claim as an empty one, and writes the empty one.
        claims.serialize_entry(CSRF, stamp.csrf.as_deref().unwrap_or_default())?;
        claims.serialize_entry(IAT, &stamp.issued_at.as_secs())?;
        if config.settings.encode_nbf {
            claims.serialize_entry(NBF, &stamp.issued_at.as_secs())?;
        }
        claims.serialize_entry(EXP, &stamp.expires_at.as_secs())?;
        if let Some(session) = &new.session {
            claims.serialize_entry(SID, session.id.as_str())?;
            claims.serialize_entry(GEN, &session.generation)?;
        }
        if let Some(time) = new.auth_time(stamp.issued_at) {
            claims.serialize_entry(AUTH_TIME, &time.as_secs())?;
        }
        if let Some(issuer) = config.settings.encode_issuer.as_deref() {
            claims.serialize_entry(ISS, issuer)?;
        }
        match new
            .audience
            .as_deref()
            .unwrap_or(&config.settings.encode_audience)
        {
            [] => {}
            [one] => claims.serialize_entry(AUD, one)?,
            many => claims.serialize_entry(AUD, many)?,
        }
        if let Some(scopes) = &new.scopes {
            claims.serialize_entry(SCOPES, scopes)?;
        }
        if let Some(login_type) = &new.login_type {
            claims.serialize_entry(LOGIN_TYPE, login_type)?;
        }
        if config.settings.identity_claim != SUB {
            claims.serialize_entry(&config.settings.identity_claim, &new.subject)?;
        }
        for (name, value) in new
            .custom
            .iter()
            .filter(|(name, _)| *name != &config.settings.identity_claim)
        {
            claims.serialize_entry(name, value)?;
        }
        claims.end()
    }
}

/// Most payloads are shorter, in bytes.
const USUAL: usize = 512;
