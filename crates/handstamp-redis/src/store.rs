//! The verbs.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use handstamp::admission::Admission;
use handstamp::clock::UnixTime;
use handstamp::error::StoreError;
use handstamp::session::rotation::{Continuation, Reuse};
use handstamp::store::{
    Admit, AdmitPurpose, BoxFuture, Created, NewSession, Presented, RevokeSession, RevokeToken,
    RevokeUser, Rotate, Rotation, SessionId, SessionRow, Store, Uid, UserRevocation,
};
use redis::Value;

use crate::failure::{Failed, Failure};
use crate::keys::Keys;
use crate::link::Link;
use crate::reply;
use crate::scripts::{Call, Script, Scripts};
use crate::server::Server;
use crate::url::RedisUrlError;

/// Sessions and revocations in Redis or Valkey. The [crate] says when to choose it, what it may lose and how to set up
/// the server.
///
/// ```no_run
/// use handstamp::{Auth, Config};
/// use handstamp_redis::RedisStore;
///
/// let config = Config::builder().secret_key("a secret of at least thirty-two bytes").build()?;
/// let store = RedisStore::new("redis://127.0.0.1/")?.prefix("shop:");
/// let auth = Auth::builder(config).store(store).build();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct RedisStore {
    link: Arc<Link>,
    scripts: Scripts,
    prefix: Box<str>,
}

impl RedisStore {
    /// In one server, with replicas or without.
    ///
    /// Opens no connection: the first verb does, so that an application starts also while Redis is down. Verbs then fail,
    /// and work as soon as it is up.
    ///
    /// URLs are `redis://[user:password@]host[:port][/database]`, `unix:///path`, and with the feature `tls` also
    /// `rediss://`. The names `valkey` and `valkeys` mean the same.
    ///
    /// # Errors
    /// When the text is not such a URL.
    pub fn new(url: &str) -> Result<Self, RedisUrlError> {
        Ok(Self::at(Server::single(url)?))
    }

    /// In a cluster, of which these are some nodes; the others are found by them. What is true of [`new`](Self::new) is
    /// true here.
    ///
    /// ```no_run
    /// # use handstamp_redis::RedisStore;
    /// let store = RedisStore::cluster(["redis://10.0.0.1/", "redis://10.0.0.2/", "redis://10.0.0.3/"])?;
    /// # Ok::<(), handstamp_redis::RedisUrlError>(())
    /// ```
    ///
    /// # Errors
    /// When a text is not a URL, when there is none, and when they name different users, passwords or databases.
    #[cfg(feature = "cluster")]
    pub fn cluster<'a>(urls: impl IntoIterator<Item = &'a str>) -> Result<Self, RedisUrlError> {
        Ok(Self::at(Server::cluster(urls)?))
    }

    /// What every key begins with, in place of `handstamp:`. Applications that share a server and a prefix share users.
    ///
    /// ```
    /// # use handstamp_redis::RedisStore;
    /// let store = RedisStore::new("redis://127.0.0.1/")?.prefix("shop:");
    /// # Ok::<(), handstamp_redis::RedisUrlError>(())
    /// ```
    #[must_use]
    pub fn prefix(mut self, prefix: &str) -> Self {
        self.prefix = prefix.into();
        self
    }

    fn at(server: Server) -> Self {
        Self {
            link: Link::new(server),
            scripts: Scripts::new(),
            prefix: "handstamp:".into(),
        }
    }

    fn keys<'a>(&self, uid: &'a Uid) -> Keys<'a> {
        Keys::of(&self.prefix, uid)
    }

    async fn run(
        &self,
        script: &Script,
        keys: impl Into<Vec<String>>,
        arguments: impl Into<Vec<String>>,
    ) -> Result<Value, Failure> {
        let call = Call {
            keys: keys.into(),
            arguments: arguments.into(),
        };
        self.link.run(script, &call, &self.prefix).await
    }

    fn verb<'a, T>(
        &'a self,
        verb: impl Future<Output = Result<T, Failure>> + Send + 'a,
    ) -> BoxFuture<'a, Result<T, StoreError>> {
        Box::pin(async move {
            verb.await.map_err(|failure| {
                StoreError::new(Failed {
                    server: Arc::clone(self.link.server_name()),
                    failure,
                })
            })
        })
    }
}

/// No user, no password.
impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("server", self.link.server_name())
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

impl Store for RedisStore {
    fn create(&self, new: NewSession) -> BoxFuture<'_, Result<Created, StoreError>> {
        self.verb(async move {
            let keys = self.keys(&new.uid);
            let answer = self.run(
                &self.scripts.create,
                [keys.session(&new.id), keys.not_before(), keys.index()],
                [
                    new.id.as_str().to_owned(),
                    new.uid.as_str().to_owned(),
                    new.token.as_str().to_owned(),
                    flag(new.confirmed),
                    millis(new.idle),
                    millis(new.absolute),
                    new.keep_until.map_or_else(|| "0".to_owned(), instant),
                    new.data,
                ],
            );
            let [word, row] = reply::parts(answer.await?)?;
            let word = reply::text(word)?;
            let row = reply::row(new.id, new.uid, row)?;
            match word.as_str() {
                "new" => Ok(Created::New(row)),
                "existing" => Ok(Created::Existing(row)),
                _ => Err(Failure::NotUnderstood("an answer")),
            }
        })
    }

    fn rotate(&self, rotate: Rotate) -> BoxFuture<'_, Result<Rotation, StoreError>> {
        self.verb(async move {
            let keys = self.keys(&rotate.uid);
            let [token, successor, generation, grace] = presented(&rotate.presented)?;
            let answer = self.run(
                &self.scripts.rotate,
                [
                    keys.session(&rotate.session),
                    keys.revoked_token(&rotate.presented.token),
                    keys.not_before(),
                    keys.index(),
                ],
                [
                    rotate.session.as_str().to_owned(),
                    rotate.uid.as_str().to_owned(),
                    token,
                    successor,
                    generation,
                    grace,
                    millis(rotate.idle),
                    flag(rotate.confirmed),
                ],
            );
            let mut parts = reply::list(answer.await?)?.into_iter();
            let word = reply::text(parts.next().unwrap_or_default())?;
            let row = |way| {
                let row = parts.next().unwrap_or_default();
                let row = reply::row(rotate.session, rotate.uid, row)?;
                Ok(Rotation::Continued(way, row))
            };
            match word.as_str() {
                "rotated" => row(Continuation::Rotated),
                "debounced" => row(Continuation::Debounced),
                "reissued" => row(Continuation::Reissued),
                "reissued_late" => row(Continuation::ReissuedLate),
                "recovered" => row(Continuation::Recovered),
                "reused_recent" => Ok(Rotation::Reused(Reuse::Recent)),
                "reused_stale" => Ok(Rotation::Reused(Reuse::Stale)),
                "revoked" => Ok(Rotation::Revoked),
                "ended" => Ok(Rotation::Ended),
                _ => Err(Failure::NotUnderstood("an answer")),
            }
        })
    }

    fn admit(&self, admit: Admit) -> BoxFuture<'_, Result<Admission, StoreError>> {
        self.verb(async move {
            let keys = self.keys(&admit.uid);
            let mut places = vec![keys.revoked_token(&admit.token), keys.not_before()];
            places.extend(admit.session.iter().map(|session| keys.session(session)));
            let mut arguments = vec![
                admit.uid.as_str().to_owned(),
                admit.issued_at.as_secs().min(LARGEST).to_string(),
                admit.touch_after.map_or_else(|| "-1".to_owned(), millis),
            ];
            match &admit.purpose {
                AdmitPurpose::Access { generation } => {
                    arguments.extend(["access".to_owned(), whole(*generation)?]);
                }
                AdmitPurpose::Refresh(token) => {
                    arguments.push("refresh".to_owned());
                    arguments.extend(presented(token)?);
                }
            }
            let answer = self.run(&self.scripts.admit, places, arguments).await?;
            match reply::text(answer)?.as_str() {
                "admitted" => Ok(Admission::Admitted),
                "revoked" => Ok(Admission::Revoked),
                "session_ended" => Ok(Admission::SessionEnded),
                "reused" => Ok(Admission::Reused),
                _ => Err(Failure::NotUnderstood("an answer")),
            }
        })
    }

    fn revoke_session(&self, revoke: RevokeSession) -> BoxFuture<'_, Result<bool, StoreError>> {
        self.verb(async move {
            let keys = self.keys(&revoke.uid);
            let answer = self.run(
                &self.scripts.revoke_session,
                [
                    keys.session(&revoke.session),
                    keys.not_before(),
                    keys.index(),
                ],
                [
                    revoke.session.as_str().to_owned(),
                    revoke.uid.as_str().to_owned(),
                    revoke.reason.name().to_owned(),
                ],
            );
            reply::yes_or_no(&answer.await?)
        })
    }

    fn revoke_user(&self, revoke: RevokeUser) -> BoxFuture<'_, Result<Vec<SessionId>, StoreError>> {
        self.verb(async move {
            let keys = self.keys(&revoke.uid);
            let (which, limit) = match revoke.which {
                UserRevocation::All => ("all", String::new()),
                UserRevocation::AllBut(session) => ("all_but", session.as_str().to_owned()),
                UserRevocation::Before(at) => ("before", instant(at)),
            };
            let answer = self.run(
                &self.scripts.revoke_user,
                [keys.not_before(), keys.index()],
                [
                    revoke.uid.as_str().to_owned(),
                    keys.session_prefix(),
                    revoke.reason.name().to_owned(),
                    millis(revoke.keep),
                    which.to_owned(),
                    limit,
                ],
            );
            let ids = reply::list(answer.await?)?;
            ids.into_iter().map(reply::session_id).collect()
        })
    }

    fn revoke_token(&self, revoke: RevokeToken) -> BoxFuture<'_, Result<(), StoreError>> {
        self.verb(async move {
            let key = self.keys(&revoke.uid).revoked_token(&revoke.token);
            let answer = self.run(&self.scripts.revoke_token, [key], [instant(revoke.until)]);
            reply::yes_or_no(&answer.await?).map(|_| ())
        })
    }

    fn list(&self, uid: Uid) -> BoxFuture<'_, Result<Vec<SessionRow>, StoreError>> {
        self.verb(async move {
            let keys = self.keys(&uid);
            let answer = self.run(
                &self.scripts.list,
                [keys.not_before(), keys.index()],
                [uid.as_str().to_owned(), keys.session_prefix()],
            );
            let mut rows = Vec::new();
            for entry in reply::list(answer.await?)? {
                let [id, row] = reply::parts(entry)?;
                rows.push(reply::row(reply::session_id(id)?, uid.clone(), row)?);
            }
            rows.sort_by(|a, b| (b.created_at, &b.id).cmp(&(a.created_at, &a.id)));
            Ok(rows)
        })
    }

    /// Nothing: every key is given its end when it is written.
    fn purge(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(std::future::ready(Ok(0)))
    }
}

fn presented(presented: &Presented) -> Result<[String; 4], Failure> {
    Ok([
        presented.token.as_str().to_owned(),
        presented.successor.as_str().to_owned(),
        whole(presented.generation)?,
        millis(presented.grace),
    ])
}

fn flag(set: bool) -> String {
    String::from(if set { "1" } else { "0" })
}

/// A number that has to be exact.
fn whole(number: u64) -> Result<String, Failure> {
    if number > 1 << 53 {
        return Err(Failure::TooLarge("a generation"));
    }
    Ok(number.to_string())
}

fn instant(instant: UnixTime) -> String {
    instant.as_millis().min(LARGEST).to_string()
}

/// A span as milliseconds, with a fraction where it has one: a grace of 1.5 ms is more than 1 ms.
fn millis(span: Duration) -> String {
    let whole = span.as_millis().min(LARGEST.into());
    match span.subsec_nanos() % 1_000_000 {
        0 => whole.to_string(),
        rest => format!("{whole}.{rest:06}"),
    }
}

/// Up to here a number in a script is exact. As an instant it is the end of time.
const LARGEST: u64 = (1 << 53) - 1;
