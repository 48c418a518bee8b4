//! Cases of late re-issues: generations that continue only by one are counted, and the third in a
//! row ends the session.

use std::time::Duration;

use handstamp::store::rotation::{Continuation, MAX_LATE_GENERATIONS, Reuse};
use handstamp::store::{Admission, Rotation, SessionRow};

use super::login::{CLOSED, Login, OPEN};
use super::races::rotate_together;
use super::rotate::ended_as_reused;
use super::row::{Failure, Outcome, Row, a_moment};
use super::suite::Suite;

pub(super) fn rows(suite: &mut Suite) {
    suite.row(
        "the third generation in a row that could continue only by a late re-issue ends the session",
        third_in_a_row,
    );
    suite.row(
        "a generation that was acknowledged in order lets the count start anew, after one late generation and after two",
        in_order,
    );
    suite.row(
        "a generation that was re-issued late and in time counts as late",
        late_and_in_time,
    );
    suite.row(
        "many tabs that wake up late are one generation, and each gets its token",
        many_tabs,
    );
    suite.row(
        "of many callers with the third late token one is told of the reuse",
        many_thirds,
    );
    suite.row(
        "a refresh token that would be the third is reused for admission too, and nothing is written",
        not_admitted,
    );
    suite.row(
        "an acknowledgement in the last moment saves the session from the third late token",
        acknowledged_in_time,
    );
    suite.row("a recovery lets the count start anew", recovered);
}

async fn third_in_a_row(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in_kept(&login).await?;
    let before = before_the_third(&row, &login).await?;
    a_moment().await;
    let rotate = login.rotate(MAX_LATE_GENERATIONS + 1, CLOSED);
    row.rotates("third", rotate, Rotation::Reused(Reuse::Late))
        .await?;
    ended_as_reused(&row, &login, before).await
}

async fn in_order(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    let mut generation = 1;
    for late_generations in [1, 2, 2] {
        for in_a_row in 1..=late_generations {
            let late = late(&row, &login, generation).await?;
            generation += 1;
            row.equal(
                "counted",
                (late.late_generation, late.late_in_a_row),
                (generation, in_a_row),
            );
        }
        row.exchange(&login, generation).await?;
        generation += 1;
        row.show(&login, generation).await?;
    }
    Ok(())
}

async fn late_and_in_time(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in_kept(&login).await?;
    for generation in 1..=MAX_LATE_GENERATIONS {
        let counted = late(&row, &login, generation).await?;
        let in_time = Rotation::Continued(Continuation::Reissued, counted);
        row.rotates("in time", login.rotate(generation, OPEN), in_time)
            .await?;
    }
    let before = row.exchange(&login, MAX_LATE_GENERATIONS + 1).await?;
    a_moment().await;
    let rotate = login.rotate(MAX_LATE_GENERATIONS + 1, CLOSED);
    row.rotates("third", rotate, Rotation::Reused(Reuse::Late))
        .await?;
    ended_as_reused(&row, &login, before).await
}

async fn many_tabs(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    for generation in 1..=MAX_LATE_GENERATIONS {
        let rotated = row.exchange(&login, generation).await?;
        a_moment().await;
        let counted = SessionRow {
            late_generation: generation + 1,
            late_in_a_row: generation,
            ..rotated
        };
        for told in rotate_at_once(&row, &login, generation).await? {
            match told {
                Rotation::Continued(Continuation::ReissuedLate, told) => {
                    row.equal("row", &told, &counted);
                }
                other => return Err(Failure(format!("tab: {other:?}"))),
            }
        }
    }
    Ok(())
}

async fn many_thirds(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in_kept(&login).await?;
    before_the_third(&row, &login).await?;
    a_moment().await;
    let mut told_of_reuse = 0;
    for told in rotate_at_once(&row, &login, MAX_LATE_GENERATIONS + 1).await? {
        match told {
            Rotation::Reused(Reuse::Late) => told_of_reuse += 1,
            Rotation::Ended => {}
            other => return Err(Failure(format!("third: {other:?}"))),
        }
    }
    row.equal("told of the reuse", told_of_reuse, 1);
    row.is_dead("afterwards", &login, MAX_LATE_GENERATIONS + 2)
        .await
}

async fn not_admitted(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    let before = before_the_third(&row, &login).await?;
    a_moment().await;
    let third = MAX_LATE_GENERATIONS + 1;
    for (what, grace, touch_after, expected) in [
        ("late", CLOSED, None, Admission::Reused),
        (
            "late, and active",
            CLOSED,
            Some(Duration::ZERO),
            Admission::Reused,
        ),
        ("in time", OPEN, None, Admission::Admitted),
    ] {
        let mut admit = login.refresh(third, grace);
        admit.touch_after = touch_after;
        row.admits(what, admit, expected).await?;
        row.lists(what, &login.account, std::slice::from_ref(&before))
            .await?;
    }
    // The second of two is admitted.
    let login = Login::new();
    row.log_in(&login).await?;
    late(&row, &login, 1).await?;
    row.exchange(&login, 2).await?;
    a_moment().await;
    let mut admit = login.refresh(2, CLOSED);
    admit.touch_after = Some(Duration::ZERO);
    row.admits("second", admit, Admission::Admitted).await?;
    let row_is = row.only(&login.account).await?;
    row.holds(
        "the second is active",
        (row_is.last_active, row_is.created_at),
        |(active, created)| active > created,
    );
    Ok(())
}

async fn acknowledged_in_time(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    let before = before_the_third(&row, &login).await?;
    a_moment().await;
    row.show(&login, before.generation).await?;
    let row_is = row.only(&login.account).await?;
    row.acknowledged(&row_is, &before);
    let reissued = Rotation::Continued(Continuation::Reissued, row_is);
    let third = login.rotate(MAX_LATE_GENERATIONS + 1, OPEN);
    row.rotates("third", third, reissued).await
}

async fn recovered(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    let before = before_the_third(&row, &login).await?;
    let generation = before.generation + 2;
    let rotate = login.rotate(generation, OPEN);
    row.continued(rotate, Continuation::Recovered).await?;
    let late = late(&row, &login, generation).await?;
    row.equal(
        "counted",
        (late.late_generation, late.late_in_a_row),
        (generation + 1, 1),
    );
    Ok(())
}

/// Returns the row of a session of which as many generations were re-issued late as may be, and
/// which was rotated once more.
async fn before_the_third(row: &Row, login: &Login) -> Result<SessionRow, Failure> {
    for generation in 1..=MAX_LATE_GENERATIONS {
        late(row, login, generation).await?;
    }
    row.exchange(login, MAX_LATE_GENERATIONS + 1).await
}

/// Rotates the token of this generation, and presents it once more after the grace window.
async fn late(row: &Row, login: &Login, generation: u64) -> Result<SessionRow, Failure> {
    row.exchange(login, generation).await?;
    a_moment().await;
    let rotate = login.rotate(generation, CLOSED);
    row.continued(rotate, Continuation::ReissuedLate).await
}

/// Presents the token of this generation twenty times at once, after the grace window.
async fn rotate_at_once(
    row: &Row,
    login: &Login,
    generation: u64,
) -> Result<Vec<Rotation>, Failure> {
    let rotates = (0..20).map(|_| login.rotate(generation, CLOSED));
    Ok(rotate_together(row, rotates).await?)
}
