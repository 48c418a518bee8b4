//! One case: calls the two nodes in turn, and checks their answers.

use std::fmt::Debug;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use handstamp::clock::UnixTime;
use handstamp::error::StoreError;
use handstamp::store::rotation::Continuation;
use handstamp::store::{
    AccountId, Admission, Admit, Created, EndReason, EndRevoked, ListSessions, NewSession,
    RevokeUser, Rotate, Rotation, SessionId, SessionRow, Store,
};
use tokio::time::sleep;

use super::login::{CLOSED, FIRST, HOUR, Login, NEW, OPEN};

/// `Err` ends a case early: what follows would make no sense.
pub(super) type Outcome = Result<(), Failure>;

#[derive(Debug)]
pub(super) struct Failure(pub(super) String);

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
    }
}

/// One case. Clones share its checks.
#[derive(Clone)]
pub(super) struct Row {
    nodes: [Arc<dyn Store>; 2],
    turn: Arc<AtomicUsize>,
    checks: Arc<Mutex<Checks>>,
}

#[derive(Default)]
struct Checks {
    passed: usize,
    failures: Vec<String>,
}

/// Calls.
impl Row {
    pub(super) fn new(nodes: [Arc<dyn Store>; 2]) -> Self {
        Self {
            nodes,
            turn: Arc::default(),
            checks: Arc::default(),
        }
    }

    /// Returns the node whose turn it is.
    pub(super) fn store(&self) -> &dyn Store {
        let [one, other] = &self.nodes;
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        &**(if turn.is_multiple_of(2) { one } else { other })
    }

    /// Returns the time of the store: when a session of a new account was created.
    pub(super) async fn clock(&self) -> Result<UnixTime, Failure> {
        Ok(self.log_in(&Login::new()).await?.created_at)
    }

    pub(super) async fn log_in(&self, login: &Login) -> Result<SessionRow, Failure> {
        self.create(login.new_session()).await
    }

    pub(super) async fn create(&self, new: NewSession) -> Result<SessionRow, Failure> {
        match self.store().create(new).await? {
            Created::New { row, ended } => {
                self.holds(
                    "no session ends by a log-in without a limit",
                    ended,
                    Vec::is_empty,
                );
                Ok(row)
            }
            Created::AlreadyExists(row) => Err(Failure(format!("create: there was {row:?}"))),
        }
    }

    /// Creates a session whose row stays after its end, to be read by [`remains`](Self::remains).
    pub(super) async fn log_in_kept(&self, login: &Login) -> Result<SessionRow, Failure> {
        let mut new = login.new_session();
        new.keep_until = Some(self.clock().await?.saturating_add(HOUR));
        self.create(new).await
    }

    /// Creates a session that has expired, and whose row stays.
    pub(super) async fn log_in_and_expire(&self, login: &Login) -> Result<SessionRow, Failure> {
        let mut new = login.new_session();
        new.keep_until = Some(self.clock().await?.saturating_add(HOUR));
        new.idle = Duration::from_millis(1);
        let made = self.create(new).await?;
        a_moment().await;
        Ok(made)
    }

    /// Creates a session that was revoked, and whose row stays.
    pub(super) async fn log_in_and_out(&self, login: &Login) -> Result<SessionRow, Failure> {
        self.log_in_kept(login).await?;
        self.store().revoke_session(login.revoke()).await?;
        self.remains(login).await
    }

    /// Returns the row of a session, live or not, as a second log-in with its id finds it.
    pub(super) async fn remains(&self, login: &Login) -> Result<SessionRow, Failure> {
        match self.store().create(login.new_session()).await? {
            Created::AlreadyExists(row) => Ok(row),
            Created::New { .. } => Err(Failure("a row that was kept is gone".to_owned())),
        }
    }

    /// Revokes sessions until the end of all of them is recorded, and returns their ids.
    pub(super) async fn revoke_user(&self, revoke: RevokeUser) -> Result<Vec<SessionId>, Failure> {
        let (account, reason) = (revoke.account.clone(), revoke.reason);
        let ended = self.store().revoke_user(revoke).await?;
        let mut ids = ended.ids;
        if ended.has_more {
            ids.extend(self.end_revoked(&account, reason).await?);
        }
        Ok(ids)
    }

    /// Records the end of all sessions that a revocation has ended, and returns their ids.
    pub(super) async fn end_revoked(
        &self,
        account: &AccountId,
        reason: EndReason,
    ) -> Result<Vec<SessionId>, Failure> {
        let mut ids = Vec::new();
        loop {
            let end = EndRevoked::new(account.clone(), reason);
            let ended = self.store().end_revoked(end).await?;
            ids.extend(ended.ids);
            if !ended.has_more {
                return Ok(ids);
            }
        }
    }

    /// Returns all live sessions of this account.
    pub(super) async fn list(&self, account: &AccountId) -> Result<Vec<SessionRow>, Failure> {
        let list = ListSessions::new(account.clone(), MANY);
        let listed = self.store().list(list).await?;
        self.equal("there are more sessions", listed.has_more, false);
        Ok(listed.rows)
    }

    /// Returns the only live session of this account.
    pub(super) async fn only(&self, account: &AccountId) -> Result<SessionRow, Failure> {
        let mut rows = self.list(account).await?;
        match (rows.pop(), rows.is_empty()) {
            (Some(row), true) => Ok(row),
            (row, _) => Err(Failure(format!(
                "list: not one session, but {rows:?} and {row:?}"
            ))),
        }
    }

    /// Returns the row after a refresh that continues in this way.
    pub(super) async fn continued(
        &self,
        rotate: Rotate,
        expected: Continuation,
    ) -> Result<SessionRow, Failure> {
        match self.store().rotate(rotate).await? {
            Rotation::Continued(way, row) if way == expected => Ok(row),
            other => Err(Failure(format!(
                "rotate:   {other:?}\n    expected: {expected:?}"
            ))),
        }
    }

    /// Checks what an access token of the current generation writes when it is presented: the
    /// acknowledgement, and the start of the grace window.
    pub(super) fn acknowledged(&self, shown: &SessionRow, before: &SessionRow) {
        let expected = SessionRow {
            acknowledged: true,
            grace_started_at: shown.grace_started_at,
            ..before.clone()
        };
        self.equal("acknowledged", shown, &expected);
        let begins = (
            before.acknowledged,
            shown.grace_started_at,
            before.grace_started_at,
        );
        self.holds(
            "its grace window starts once",
            begins,
            |(again, now, then)| {
                if *again { now == then } else { now >= then }
            },
        );
    }

    /// Rotates the token of this generation, which is the current one, after acknowledging it if
    /// needed.
    pub(super) async fn exchange(
        &self,
        login: &Login,
        generation: u64,
    ) -> Result<SessionRow, Failure> {
        let rotate = login.rotate(generation, CLOSED);
        match self.store().rotate(rotate.clone()).await? {
            Rotation::Continued(Continuation::Rotated, row) => Ok(row),
            _ => self.continued(rotate, Continuation::Rotated).await,
        }
    }

    /// Presents an access token of this generation.
    pub(super) async fn show(&self, login: &Login, generation: u64) -> Outcome {
        let shown = self.store().admit(login.access(generation)).await?;
        self.equal("access token shown", shown, Admission::Admitted);
        Ok(())
    }
}

/// Checks.
impl Row {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "rows hand over what they have just made"
    )]
    pub(super) fn equal<T: PartialEq<U> + Debug, U: Debug>(&self, what: &str, got: T, expected: U) {
        self.note(got == expected, || {
            format!("{what}: {got:?}\n    expected: {expected:?}")
        });
    }

    pub(super) fn holds<T: Debug>(&self, what: &str, got: T, is_so: impl FnOnce(&T) -> bool) {
        self.note(is_so(&got), || format!("not so: {what}\n    got: {got:?}"));
    }

    fn note(&self, passed: bool, failure: impl FnOnce() -> String) {
        let mut checks = self.checks();
        if passed {
            checks.passed += 1;
        } else {
            checks.failures.push(failure());
        }
    }

    pub(super) async fn admits(&self, what: &str, admit: Admit, expected: Admission) -> Outcome {
        let got = self.store().admit(admit).await?;
        self.equal(what, got, expected);
        Ok(())
    }

    pub(super) async fn rotates(&self, what: &str, rotate: Rotate, expected: Rotation) -> Outcome {
        let got = self.store().rotate(rotate).await?;
        let is_same = match (&got, &expected) {
            (Rotation::Continued(way, row), Rotation::Continued(expected, other)) => {
                way == expected && row == other
            }
            (Rotation::Reused(reuse), Rotation::Reused(expected)) => reuse == expected,
            (Rotation::Revoked, Rotation::Revoked) | (Rotation::Ended, Rotation::Ended) => true,
            _ => false,
        };
        self.note(is_same, || {
            format!("{what}: {got:?}\n    expected: {expected:?}")
        });
        Ok(())
    }

    /// Checks that these are the live sessions of this account, the latest first.
    pub(super) async fn lists(
        &self,
        what: &str,
        account: &AccountId,
        expected: &[SessionRow],
    ) -> Outcome {
        let got = self.list(account).await?;
        self.equal(&format!("{what}, listed"), got.as_slice(), expected);
        Ok(())
    }

    /// Checks what `session` returns for this session.
    pub(super) async fn reads(
        &self,
        what: &str,
        login: &Login,
        expected: Option<&SessionRow>,
    ) -> Outcome {
        let got = self.store().session(login.read()).await?;
        self.equal(&format!("{what}, read"), got.as_ref(), expected);
        Ok(())
    }

    /// Checks what an update of the first data to new data returns.
    pub(super) async fn updates(
        &self,
        what: &str,
        login: &Login,
        expected: Option<&SessionRow>,
    ) -> Outcome {
        let got = self
            .store()
            .update_session(login.update(FIRST, NEW))
            .await?;
        self.equal(&format!("{what}, updated"), got.as_ref(), expected);
        Ok(())
    }

    /// Checks that no token of the session is accepted, up to the generation after this one.
    pub(super) async fn is_dead(&self, what: &str, login: &Login, generation: u64) -> Outcome {
        for generation in 1..=generation + 1 {
            let what = format!("{what}, generation {generation}");
            let access = login.access(generation);
            self.admits(&what, access, Admission::SessionEnded).await?;
            let refresh = login.refresh(generation, OPEN);
            self.admits(&what, refresh, Admission::SessionEnded).await?;
            for grace in [OPEN, CLOSED] {
                let rotate = login.rotate(generation, grace);
                self.rotates(&what, rotate, Rotation::Ended).await?;
            }
        }
        self.reads(what, login, None).await?;
        let listed = self.list(&login.account).await?;
        let is_listed = listed.iter().any(|row| row.id == login.session);
        self.equal(&format!("{what}, listed"), is_listed, false);
        Ok(())
    }

    pub(super) fn take_checks(&self) -> (usize, Vec<String>) {
        let Checks { passed, failures } = std::mem::take(&mut *self.checks());
        (passed, failures)
    }

    fn checks(&self) -> MutexGuard<'_, Checks> {
        self.checks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// More sessions than any account has whose sessions are all listed.
const MANY: usize = 1_000;

/// Far longer than the milliseconds in which stores count.
pub(super) async fn a_moment() {
    sleep(Duration::from_millis(30)).await;
}
