//! The data of a session other than its rotation state: written by the core, kept by stores as
//! text.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Map, Value};

use super::ClientInfo;
use crate::clock::UnixTime;
use crate::config::CookieLifetime;
use crate::error::{IssueError, StoreError};
use crate::issue::{LogInTime, NewToken, OfSession};
use crate::store::SessionRow;

/// The claims that every token of the session repeats, and the client that logged in.
pub(crate) struct SessionData {
    pub(crate) token: NewToken,
    pub(super) csrf: Option<String>,
    pub(crate) client: ClientInfo,
}

impl SessionData {
    pub(super) fn to_text(&self) -> String {
        let Self {
            token,
            csrf,
            client,
        } = self;
        let cookies = client.cookies.map(|cookies| match cookies {
            CookieLifetime::Session => Value::from("session"),
            CookieLifetime::AsToken => Value::from("as_token"),
            CookieLifetime::Fixed(lifetime) => Value::from(lifetime.as_secs()),
        });
        let members = [
            ("sub", Some(Value::from(token.subject.clone()))),
            ("login_type", token.login_type.clone().map(Value::from)),
            ("scopes", token.scopes.clone().map(Value::from)),
            ("aud", token.audience.clone().map(Value::from)),
            (
                "lifetime",
                token.lifetime.map(|span| Value::from(span.as_secs())),
            ),
            (
                "auth_time",
                match token.logged_in {
                    LogInTime::AtIssue => None,
                    LogInTime::At(time) => Some(Value::from(time.as_secs())),
                    LogInTime::Unknown => Some(Value::Null),
                },
            ),
            (
                "custom",
                (!token.custom.is_empty()).then(|| Value::from(token.custom.clone())),
            ),
            ("csrf", csrf.clone().map(Value::from)),
            ("cookies", cookies),
            ("ip", client.ip.map(|ip| Value::from(ip.to_string()))),
            ("user_agent", client.user_agent.clone().map(Value::from)),
            ("label", client.label.clone().map(Value::from)),
        ];
        let object: Map<String, Value> = members
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect();
        Value::from(object).to_string()
    }

    /// Reads what [`to_text`](Self::to_text) wrote. Any other text means that the store does not
    /// return what was written.
    pub(crate) fn read(row: &SessionRow) -> Result<Self, StoreError> {
        let foreign = |what: &str| StoreError::new(format!("a session's data has no sound {what}"));
        let mut object: Map<String, Value> =
            serde_json::from_str(&row.data).map_err(|_| foreign("form"))?;
        let mut text = |name: &str| match object.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(foreign(name)),
        };
        let subject = text("sub")?.ok_or_else(|| foreign("sub"))?;
        let login_type = text("login_type")?;
        let csrf = text("csrf")?;
        let user_agent = text("user_agent")?;
        let label = text("label")?;
        let ip = text("ip")?
            .map(|ip| ip.parse().map_err(|_| foreign("ip")))
            .transpose()?;
        let mut texts = |name: &str| match object.remove(name) {
            None => Ok(None),
            Some(list) => serde_json::from_value(list)
                .map(Some)
                .map_err(|_| foreign(name)),
        };
        let scopes = texts("scopes")?;
        let audience = texts("aud")?;
        let lifetime = match object.remove("lifetime") {
            None => None,
            Some(secs) => {
                let secs = secs.as_u64().ok_or_else(|| foreign("lifetime"))?;
                Some(Duration::from_secs(secs))
            }
        };
        let logged_in = match object.remove("auth_time") {
            None => LogInTime::At(row.created_at),
            Some(Value::Null) => LogInTime::Unknown,
            Some(secs) => {
                let secs = secs.as_u64().ok_or_else(|| foreign("auth_time"))?;
                LogInTime::At(UnixTime::from_secs(secs))
            }
        };
        let custom = match object.remove("custom") {
            None => Map::new(),
            Some(Value::Object(custom)) => custom,
            Some(_) => return Err(foreign("custom")),
        };
        let cookies = match object.remove("cookies") {
            None => None,
            Some(Value::String(word)) if word == "session" => Some(CookieLifetime::Session),
            Some(Value::String(word)) if word == "as_token" => Some(CookieLifetime::AsToken),
            Some(secs) => {
                let secs = secs.as_u64().ok_or_else(|| foreign("cookies"))?;
                Some(CookieLifetime::Fixed(Duration::from_secs(secs)))
            }
        };
        let data = Self {
            token: NewToken {
                scopes,
                audience,
                login_type,
                lifetime,
                custom,
                logged_in,
                ..NewToken::for_subject(subject)
            },
            csrf,
            client: ClientInfo {
                ip,
                user_agent,
                label,
                cookies,
                carried: BTreeSet::new(),
            },
        };
        Ok(data.in_session(row))
    }

    /// Applies the change of an application at a refresh.
    ///
    /// # Errors
    /// As [`NewToken::changed`].
    pub(super) fn changed(
        self,
        change: impl FnOnce(NewToken) -> NewToken,
    ) -> Result<Self, IssueError> {
        Ok(Self {
            token: self.token.changed(change)?,
            ..self
        })
    }

    /// Adds the session's id, generation and CSRF value, and the time of the log-in where that was
    /// the start of the session.
    pub(super) fn in_session(mut self, row: &SessionRow) -> Self {
        self.token.session = Some(OfSession {
            id: row.id.clone(),
            generation: row.generation,
            csrf: self.csrf.clone(),
        });
        if self.token.logged_in == LogInTime::AtIssue {
            self.token.logged_in = LogInTime::At(row.created_at);
        }
        self
    }
}
