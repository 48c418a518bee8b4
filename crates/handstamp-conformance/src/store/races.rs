//! Cases of races: many callers at once, on two nodes.

use std::future::Future;
use std::panic::resume_unwind;
use std::time::Duration;

use handstamp::error::StoreError;
use handstamp::store::rotation::{Continuation, Reuse};
use handstamp::store::{Admission, EndReason, Rotate, Rotation, SessionRow, UserRevocation};
use tokio::task::{JoinHandle, yield_now};

use super::login::{CLOSED, Login, OPEN, new_account, revoke_user};
use super::row::{Failure, Outcome, Row, a_moment};
use super::suite::Suite;

/// One race after the other: each has the machine to itself.
pub(super) async fn rows(suite: &mut Suite) {
    suite.row(
        "a thousand refreshes with one token: one rotates it, all get the same",
        |row| one_token(row, 1_000, CLOSED),
    );
    suite.settle().await;
    suite.row(
        "two hundred refreshes with one token and a short grace window: one rotates it, all get the same",
        |row| one_token(row, 200, Duration::from_millis(20)),
    );
    suite.settle().await;
    suite.row(
        "fifty refreshes with one token of a later generation: one is recovered, all get the same",
        one_later_token,
    );
    suite.settle().await;
    suite.row(
        "a hundred refreshes, half of them replays: one is reported, and the session ends",
        copies,
    );
    suite.settle().await;
    suite.row("no session survives a race of refresh and log-out", |row| {
        rounds(row, 200, |row, n| against_refreshes(row, n, End::Session))
    });
    suite.settle().await;
    suite.row(
        "no session survives a race of refresh and revocation of all sessions",
        |row| rounds(row, 200, |row, n| against_refreshes(row, n, End::All)),
    );
    suite.settle().await;
    suite.row(
        "an access token in a race with a refresh acknowledges its own generation only, and undoes nothing",
        |row| rounds(row, 100, access_against_refresh),
    );
    suite.settle().await;
    suite.row(
        "a log-in in a race with a revocation of all sessions is reported as revoked, or stays live",
        |row| rounds(row, 100, log_in_against_log_out),
    );
    suite.settle().await;
}

/// Runs each future in a task of its own.
pub(super) async fn together<T: Send + 'static>(
    tasks: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let tasks: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(answer_of(task).await);
    }
    answers
}

async fn answer_of<T>(task: JoinHandle<T>) -> T {
    let answer = task.await;
    answer.unwrap_or_else(|error| resume_unwind(error.into_panic()))
}

pub(super) async fn rotate_together(
    row: &Row,
    rotates: impl IntoIterator<Item = Rotate>,
) -> Result<Vec<Rotation>, StoreError> {
    let rotate = |rotate| {
        let row = row.clone();
        async move { row.store().rotate(rotate).await }
    };
    let answers = together(rotates.into_iter().map(rotate)).await;
    answers.into_iter().collect()
}

/// Runs rounds concurrently, a few at a time. Each round gets its number.
async fn rounds<F>(row: Row, count: usize, round: fn(Row, usize) -> F) -> Outcome
where
    F: Future<Output = Outcome> + Send + 'static,
{
    const AT_ONCE: usize = 20;
    for first in (0..count).step_by(AT_ONCE) {
        let some = first..count.min(first + AT_ONCE);
        for outcome in together(some.map(|n| round(row.clone(), n))).await {
            outcome?;
        }
    }
    Ok(())
}

async fn one_token(row: Row, count: usize, grace: Duration) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    a_moment().await;
    let rotates = (0..count).map(|_| login.rotate(1, grace));
    let answers = rotate_together(&row, rotates).await?;
    let again = [Continuation::Reissued, Continuation::ReissuedLate];
    let row_is = all_the_same(&row, &login, answers, Continuation::Rotated, &again).await?;
    row.equal(
        "row",
        (row_is.generation, row_is.current),
        (2, login.token(2)),
    );
    Ok(())
}

async fn one_later_token(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    let rotates = (0..50).map(|_| login.rotate(5, OPEN));
    let answers = rotate_together(&row, rotates).await?;
    let again = [Continuation::Debounced];
    let row_is = all_the_same(&row, &login, answers, Continuation::Recovered, &again).await?;
    row.equal(
        "row",
        (row_is.generation, row_is.current),
        (5, login.token(5)),
    );
    Ok(())
}

/// Checks that one answer is `first`, that the others are among `again`, and that all have the
/// listed row, except that an early answer was given before a late one was counted.
async fn all_the_same(
    row: &Row,
    login: &Login,
    answers: Vec<Rotation>,
    first: Continuation,
    again: &[Continuation],
) -> Result<SessionRow, Failure> {
    let count = answers.len();
    let (mut firsts, mut repeats) = (0, 0);
    let mut rows: Vec<SessionRow> = Vec::new();
    let mut others = Vec::new();
    for answer in answers {
        match answer {
            Rotation::Continued(way, row) if way == first || again.contains(&way) => {
                *(if way == first {
                    &mut firsts
                } else {
                    &mut repeats
                }) += 1;
                let row = uncounted(row);
                if !rows.contains(&row) {
                    rows.push(row);
                }
            }
            other => others.push(other),
        }
    }
    row.equal("answers", (firsts, repeats), (1, count - 1));
    row.holds("no other answer", others, Vec::is_empty);
    let listed = row.only(&login.account).await?;
    row.equal("the row of all answers", rows, [uncounted(listed.clone())]);
    Ok(listed)
}

fn uncounted(row: SessionRow) -> SessionRow {
    SessionRow {
        late_generation: 0,
        late_in_a_row: 0,
        ..row
    }
}

async fn copies(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in_kept(&login).await?;
    row.exchange(&login, 1).await?;
    row.exchange(&login, 2).await?;
    row.show(&login, 3).await?;
    let rotates = (0..100).map(|n| match n % 2 {
        0 => login.rotate(3, CLOSED),
        _ => login.rotate(1, CLOSED),
    });
    let answers = rotate_together(&row, rotates).await?;
    let mut told = Vec::new();
    let mut others = Vec::new();
    for (n, answer) in answers.into_iter().enumerate() {
        match answer {
            Rotation::Reused(reuse) => told.push(reuse),
            Rotation::Continued(..) if n % 2 == 0 => {}
            Rotation::Ended => {}
            other => others.push(other),
        }
    }
    row.equal("copies that were told", told, [Reuse::Stale]);
    row.holds("no other answer", others, Vec::is_empty);
    for _ in 0..2 {
        row.is_dead("afterwards", &login, 4).await?;
        a_moment().await;
    }
    let revoked = row.remains(&login).await?.revoked;
    row.holds("the reason is reuse", revoked, |revoked| {
        matches!(revoked, Some((_, EndReason::Reused)))
    });
    Ok(())
}

#[derive(Clone, Copy)]
enum End {
    Session,
    All,
}

/// Two tabs refresh and a third presents an access token during a log-out.
async fn against_refreshes(row: Row, n: usize, end: End) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    let mut access = login.access(1);
    access.touch_after = Some(CLOSED);
    let shows = tokio::spawn({
        let row = row.clone();
        async move { row.store().admit(access).await }
    });
    let refreshes = tokio::spawn({
        let (row, rotate) = (row.clone(), login.rotate(1, CLOSED));
        async move { rotate_together(&row, [rotate.clone(), rotate]).await }
    });
    // Sometimes earlier, sometimes later.
    for _ in 0..n % 4 {
        yield_now().await;
    }
    match end {
        End::Session => {
            let revoked = row.store().revoke_session(login.revoke()).await?;
            row.equal("there was a session", revoked, true);
        }
        End::All => {
            let everything = revoke_user(&login.account, UserRevocation::All);
            let ended = row.revoke_user(everything).await?;
            row.equal("ended", ended, [login.session.clone()]);
        }
    }
    row.is_dead("after the log-out", &login, 1).await?;
    for answer in answer_of(refreshes).await? {
        row.holds("a refresh went on or had ended", answer, |answer| {
            matches!(answer, Rotation::Continued(..) | Rotation::Ended)
        });
    }
    answer_of(shows).await?;
    row.is_dead("after the refreshes", &login, 1).await
}

async fn access_against_refresh(row: Row, n: usize) -> Outcome {
    let login = Login::new();
    let made = row.log_in(&login).await?;
    let shows = (0..2).map(|_| {
        let (row, mut access) = (row.clone(), login.access(1));
        access.touch_after = Some(CLOSED);
        async move { row.store().admit(access).await }
    });
    let shows = tokio::spawn(together(shows.collect::<Vec<_>>()));
    for _ in 0..n % 4 {
        yield_now().await;
    }
    let rotated = row.exchange(&login, 1).await?;
    for shown in answer_of(shows).await {
        row.equal("access token", shown?, Admission::Admitted);
    }
    let now = row.only(&login.account).await?;
    row.holds(
        "active then or later",
        (now.last_active, made.last_active),
        |(now, then)| now >= then,
    );
    // The rotation may have been answered before the activity was recorded, never after an
    // acknowledgement.
    let expected = SessionRow {
        acknowledged: false,
        last_active: now.last_active,
        ..rotated
    };
    row.equal("row", now, expected);
    Ok(())
}

async fn log_in_against_log_out(row: Row, n: usize) -> Outcome {
    let login = Login::of(&new_account());
    let logs_in = tokio::spawn({
        let (row, login) = (row.clone(), login.clone());
        async move { row.log_in(&login).await }
    });
    for _ in 0..n % 4 {
        yield_now().await;
    }
    let everything = revoke_user(&login.account, UserRevocation::All);
    let ended = row.revoke_user(everything).await?;
    answer_of(logs_in).await?;
    // One that was created at the same time may not have been seen.
    let later = row.end_revoked(&login.account, EndReason::Revoked).await?;
    let access = row.store().admit(login.access(1)).await?;
    let expected = if ended.contains(&login.session) || later.contains(&login.session) {
        Admission::SessionEnded
    } else {
        Admission::Admitted
    };
    row.equal("access token", access, expected);
    Ok(())
}
