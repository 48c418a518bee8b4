//! Cases of `rotate`: the table of refresh rotation, and what each outcome writes.

use handstamp::clock::UnixTime;
use handstamp::store::rotation::{Continuation, Reuse};
use handstamp::store::{EndReason, Rotation, SessionRow};

use super::login::{CLOSED, HOUR, Login, OPEN};
use super::row::{Outcome, Row, a_moment};
use super::suite::Suite;

pub(super) fn rows(suite: &mut Suite) {
    suite.row(
        "the current token within the grace window is issued again, and nothing is written",
        debounced,
    );
    suite.row(
        "the current token acknowledges its generation, if nothing did before: it is issued again, and its grace window starts",
        arrived,
    );
    suite.row(
        "the current token after the grace window is rotated",
        rotated,
    );
    suite.row(
        "the previous token within the grace window yields the current one, and nothing is written",
        reissued,
    );
    suite.row(
        "the previous token after the grace window yields the current one while that is not acknowledged, and its generation is counted once",
        reissued_late,
    );
    suite.row(
        "the previous token within the grace window yields the current one even when that is acknowledged",
        reissued_acknowledged,
    );
    suite.row(
        "the previous token after the grace window is a replay once the current one is acknowledged, and the session ends",
        reused_recent,
    );
    suite.row(
        "a token before the previous one is a replay, even within the grace window",
        reused_stale,
    );
    suite.row(
        "a token that was never in the session is a replay, even within the grace window",
        reused_foreign,
    );
    suite.row(
        "a predecessor of the first token is a replay: there is none",
        before_the_first,
    );
    suite.row(
        "a replay is reported once; then the session has ended",
        told_once,
    );
    suite.row(
        "a replay ends only its own session",
        other_sessions_of_the_user_live,
    );
    suite.row(
        "the end of a session's lifetime never moves, and its idle end moves with each rotation",
        ends,
    );
    suite.row(
        "no idle end is after the end of the lifetime",
        idle_beyond_life,
    );
}

async fn debounced(row: Row) -> Outcome {
    let login = Login::new();
    let mut row_is = row.log_in(&login).await?;
    for generation in 1..=2 {
        for _ in 0..2 {
            a_moment().await;
            let rotate = login.rotate(generation, OPEN);
            let debounced = Rotation::Continued(Continuation::Debounced, row_is.clone());
            row.rotates("young token", rotate, debounced).await?;
            row.lists("session", &login.account, std::slice::from_ref(&row_is))
                .await?;
        }
        let rotated = row.exchange(&login, generation).await?;
        row.show(&login, generation + 1).await?;
        row_is = row.only(&login.account).await?;
        row.acknowledged(&row_is, &rotated);
    }
    Ok(())
}

async fn arrived(row: Row) -> Outcome {
    for window in [OPEN, CLOSED] {
        let login = Login::new();
        row.log_in(&login).await?;
        let rotated = row.exchange(&login, 1).await?;
        a_moment().await;
        let rotate = login.rotate(2, window);
        let arrived = row.continued(rotate, Continuation::Acknowledged).await?;
        row.acknowledged(&arrived, &rotated);
        row.holds(
            "its grace window starts later",
            (arrived.grace_started_at, rotated.grace_started_at),
            |(now, then)| now > then,
        );
        row.lists("session", &login.account, std::slice::from_ref(&arrived))
            .await?;
        let debounced = Rotation::Continued(Continuation::Debounced, arrived);
        row.rotates("again", login.rotate(2, OPEN), debounced)
            .await?;
    }
    Ok(())
}

async fn rotated(row: Row) -> Outcome {
    let login = Login::new();
    let mut before = row.log_in(&login).await?;
    for generation in 2..=6 {
        a_moment().await;
        let rotated = row.exchange(&login, generation - 1).await?;
        let now = rotated.rotated_at;
        let expected = exchanged(&before, &login, generation, now);
        row.equal("row", &rotated, &expected);
        row.holds(
            "it was issued later",
            (now, before.rotated_at),
            |(now, then)| now > then,
        );
        row.lists("row", &login.account, std::slice::from_ref(&rotated))
            .await?;
        // The next generation starts from an acknowledged one.
        row.show(&login, generation).await?;
        before = rotated;
    }
    Ok(())
}

/// Returns the row after the rotation to this generation.
fn exchanged(before: &SessionRow, login: &Login, generation: u64, now: UnixTime) -> SessionRow {
    SessionRow {
        generation,
        current: login.token(generation),
        acknowledged: false,
        rotated_at: now,
        grace_started_at: now,
        idle_expires: now.saturating_add(HOUR),
        ..before.clone()
    }
}

async fn reissued(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    for generation in 1..=2 {
        let rotated = row.exchange(&login, generation).await?;
        for _ in 0..4 {
            a_moment().await;
            let rotate = login.rotate(generation, OPEN);
            let reissued = Rotation::Continued(Continuation::Reissued, rotated.clone());
            row.rotates("previous token", rotate, reissued).await?;
            row.lists("session", &login.account, std::slice::from_ref(&rotated))
                .await?;
        }
    }
    Ok(())
}

async fn reissued_late(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    row.show(&login, 1).await?;
    let rotated = row.exchange(&login, 1).await?;
    let counted = SessionRow {
        late_generation: 2,
        late_in_a_row: 1,
        ..rotated
    };
    for _ in 0..3 {
        a_moment().await;
        let rotate = login.rotate(1, CLOSED);
        let late = Rotation::Continued(Continuation::ReissuedLate, counted.clone());
        row.rotates("late previous token", rotate, late).await?;
        row.lists("session", &login.account, std::slice::from_ref(&counted))
            .await?;
    }
    Ok(())
}

async fn reissued_acknowledged(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    let rotated = row.exchange(&login, 1).await?;
    row.show(&login, 2).await?;
    let row_is = row.only(&login.account).await?;
    row.acknowledged(&row_is, &rotated);
    let reissued = Rotation::Continued(Continuation::Reissued, row_is.clone());
    row.rotates("previous token", login.rotate(1, OPEN), reissued)
        .await?;
    row.lists("session", &login.account, &[row_is]).await
}

async fn reused_recent(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in_kept(&login).await?;
    row.exchange(&login, 1).await?;
    row.show(&login, 2).await?;
    a_moment().await;
    let before = row.only(&login.account).await?;
    let rotate = login.rotate(1, CLOSED);
    row.rotates("copy", rotate, Rotation::Reused(Reuse::Recent))
        .await?;
    ended_as_reused(&row, &login, before).await
}

async fn reused_stale(row: Row) -> Outcome {
    for generation in 1..=3 {
        let login = Login::new();
        row.log_in_kept(&login).await?;
        for generation in 1..=4 {
            row.exchange(&login, generation).await?;
        }
        let before = row.only(&login.account).await?;
        let rotate = login.rotate(generation, OPEN);
        row.rotates("copy", rotate, Rotation::Reused(Reuse::Stale))
            .await?;
        ended_as_reused(&row, &login, before).await?;
    }
    Ok(())
}

async fn reused_foreign(row: Row) -> Outcome {
    for generation in 0..=2 {
        let login = Login::new();
        row.log_in_kept(&login).await?;
        row.exchange(&login, 1).await?;
        let before = row.only(&login.account).await?;
        let rotate = login.rotate_foreign(generation, OPEN);
        row.rotates("copy", rotate, Rotation::Reused(Reuse::Stale))
            .await?;
        ended_as_reused(&row, &login, before).await?;
    }
    Ok(())
}

async fn before_the_first(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in_kept(&login).await?;
    let before = row.only(&login.account).await?;
    let rotate = login.rotate_foreign(0, OPEN);
    row.rotates("copy", rotate, Rotation::Reused(Reuse::Stale))
        .await?;
    ended_as_reused(&row, &login, before).await
}

/// Only the revocation has changed the session, and none of its tokens is accepted.
pub(super) async fn ended_as_reused(row: &Row, login: &Login, before: SessionRow) -> Outcome {
    row.is_dead("afterwards", login, before.generation).await?;
    let remains = row.remains(login).await?;
    let revoked = remains.revoked;
    row.holds(
        "the reason is reuse",
        revoked,
        |revoked| matches!(revoked, Some((at, EndReason::Reused)) if *at >= before.rotated_at),
    );
    row.equal("what remains", remains, SessionRow { revoked, ..before });
    Ok(())
}

async fn told_once(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in_kept(&login).await?;
    let rotate = login.rotate_foreign(1, OPEN);
    row.rotates("first", rotate.clone(), Rotation::Reused(Reuse::Stale))
        .await?;
    let remains = row.remains(&login).await?;
    a_moment().await;
    for what in ["second", "third"] {
        row.rotates(what, rotate.clone(), Rotation::Ended).await?;
    }
    row.equal("what remains", row.remains(&login).await?, remains);
    Ok(())
}

async fn other_sessions_of_the_user_live(row: Row) -> Outcome {
    let phone = Login::new();
    let laptop = Login::of(&phone.account);
    row.log_in(&phone).await?;
    let live = row.log_in(&laptop).await?;
    let rotate = phone.rotate_foreign(1, OPEN);
    row.rotates("copy", rotate, Rotation::Reused(Reuse::Stale))
        .await?;
    row.lists("the other session", &phone.account, &[live])
        .await?;
    row.exchange(&laptop, 1).await?;
    Ok(())
}

async fn ends(row: Row) -> Outcome {
    let login = Login::new();
    let made = row.log_in(&login).await?;
    // Even to an earlier end than before: the setting may have changed.
    for (generation, idle) in (1..).zip([HOUR, 3 * HOUR, 2 * HOUR, HOUR / 2]) {
        row.show(&login, generation).await?;
        let mut rotate = login.rotate(generation, CLOSED);
        rotate.idle = idle;
        let rotated = row.continued(rotate, Continuation::Rotated).await?;
        row.equal(
            "ends",
            (rotated.idle_expires, rotated.absolute_expires),
            (
                rotated.rotated_at.saturating_add(idle),
                made.absolute_expires,
            ),
        );
        row.lists("row", &login.account, &[rotated]).await?;
    }
    Ok(())
}

async fn idle_beyond_life(row: Row) -> Outcome {
    let login = Login::new();
    let mut new = login.new_session();
    (new.idle, new.absolute) = (HOUR, 2 * HOUR);
    let made = row.create(new).await?;
    let mut rotate = login.rotate(1, CLOSED);
    rotate.idle = 5 * HOUR;
    let rotated = row.continued(rotate, Continuation::Rotated).await?;
    row.equal("idle_expires", rotated.idle_expires, made.absolute_expires);
    row.equal(
        "absolute_expires",
        rotated.absolute_expires,
        made.absolute_expires,
    );
    row.lists("row", &login.account, &[rotated]).await
}
