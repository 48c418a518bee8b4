//! Parses the answers of scripts.
//!
//! Takes values of the driver and returns rows of the core. An answer that this release does not
//! write is an error, never a guess.

use std::collections::HashMap;

use handstamp::clock::UnixTime;
use handstamp::store::{AccountId, EndReason, EndedSessions, SessionId, SessionRow, TokenId};
use redis::Value;

use crate::failure::Failure;

/// Parses a list of exactly this many parts.
pub(crate) fn parts<const N: usize>(value: Value) -> Result<[Value; N], Failure> {
    list(value)?
        .try_into()
        .map_err(|_| Failure::NotUnderstood("an answer"))
}

pub(crate) fn list(value: Value) -> Result<Vec<Value>, Failure> {
    match value {
        Value::Array(values) => Ok(values),
        _ => Err(Failure::NotUnderstood("an answer")),
    }
}

pub(crate) fn text(value: Value) -> Result<String, Failure> {
    match value {
        Value::BulkString(bytes) => {
            String::from_utf8(bytes).map_err(|_| Failure::NotUnderstood("a text"))
        }
        Value::SimpleString(text) => Ok(text),
        _ => Err(Failure::NotUnderstood("a text")),
    }
}

pub(crate) fn yes_or_no(value: &Value) -> Result<bool, Failure> {
    match value {
        Value::Int(0) => Ok(false),
        Value::Int(1) => Ok(true),
        _ => Err(Failure::NotUnderstood("an answer")),
    }
}

pub(crate) fn number(value: &Value) -> Result<u64, Failure> {
    match value {
        Value::Int(number) => u64::try_from(*number).ok(),
        _ => None,
    }
    .ok_or(Failure::NotUnderstood("a number"))
}

pub(crate) fn session_id(value: Value) -> Result<SessionId, Failure> {
    SessionId::from_stored(&text(value)?).ok_or(Failure::NotUnderstood("an id"))
}

pub(crate) fn session_ids(value: Value) -> Result<Vec<SessionId>, Failure> {
    list(value)?.into_iter().map(session_id).collect()
}

/// Parses the sessions that a script has ended, and whether there are more.
pub(crate) fn ended(value: Value) -> Result<EndedSessions, Failure> {
    let [ids, has_more] = parts(value)?;
    Ok(EndedSessions {
        ids: session_ids(ids)?,
        has_more: yes_or_no(&has_more)?,
    })
}

/// Parses a session of this account from its hash.
pub(crate) fn row(id: SessionId, account: AccountId, hash: Value) -> Result<SessionRow, Failure> {
    let fields = Fields::read(hash)?;
    // Scripts compare it too, but `create` may find a session of another account under the same
    // key.
    if fields.text("account")? != account.as_str() {
        return Err(Failure::NotUnderstood("the user of a session"));
    }
    Ok(SessionRow {
        id,
        account,
        generation: fields.number("generation")?,
        current: TokenId::from_stored(fields.text("current")?)
            .ok_or(Failure::NotUnderstood("an id"))?,
        acknowledged: match fields.text("acknowledged")? {
            "0" => false,
            "1" => true,
            _ => return Err(Failure::NotUnderstood("a session")),
        },
        rotated_at: fields.instant("rotated_at")?,
        grace_started_at: fields.instant("grace_started_at")?,
        late_generation: fields.count("late_generation")?,
        late_in_a_row: fields.count("late_in_a_row")?,
        created_at: fields.instant("created_at")?,
        last_active: fields.instant("last_active")?,
        idle_expires: fields.instant("idle_expires")?,
        absolute_expires: fields.instant("absolute_expires")?,
        data: fields.text("data")?.to_owned(),
        revoked: if fields.0.contains_key("revoked_at") {
            let reason = EndReason::from_name(fields.text("revoked_for")?);
            Some((fields.instant("revoked_at")?, reason))
        } else {
            None
        },
    })
}

/// The fields of a hash, which arrives as alternating names and values.
struct Fields(HashMap<String, String>);

impl Fields {
    fn read(hash: Value) -> Result<Self, Failure> {
        let mut fields = HashMap::new();
        let mut values = list(hash)?.into_iter();
        while let (Some(name), Some(value)) = (values.next(), values.next()) {
            fields.insert(text(name)?, text(value)?);
        }
        Ok(Self(fields))
    }

    fn text(&self, name: &str) -> Result<&str, Failure> {
        let text = self.0.get(name).map(String::as_str);
        text.ok_or(Failure::NotUnderstood("a session"))
    }

    fn number(&self, name: &str) -> Result<u64, Failure> {
        let number = self.text(name)?.parse();
        number.map_err(|_| Failure::NotUnderstood("a session"))
    }

    /// Returns 0 where nothing was counted yet, as in a session of an older release.
    fn count(&self, name: &str) -> Result<u64, Failure> {
        if self.0.contains_key(name) {
            self.number(name)
        } else {
            Ok(0)
        }
    }

    fn instant(&self, name: &str) -> Result<UnixTime, Failure> {
        Ok(UnixTime::from_millis(self.number(name)?))
    }
}
