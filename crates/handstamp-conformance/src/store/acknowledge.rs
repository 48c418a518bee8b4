//! Cases of what acknowledges the current generation, and what does not.

use handstamp::store::rotation::{Continuation, MAX_LATE_GENERATIONS, Reuse};
use handstamp::store::{Admission, Admit, Rotation};

use super::login::{CLOSED, HOUR, Login, OPEN, revoke_token};
use super::row::{Outcome, Row, a_moment};
use super::suite::Suite;

pub(super) fn rows(suite: &mut Suite) {
    suite.row(
        "an access token of the current generation acknowledges it, and nothing else is written",
        current_access_token,
    );
    suite.row(
        "an access token of an older generation acknowledges nothing",
        |row| shows_nothing(row, |login| login.access(2), Admission::Admitted),
    );
    suite.row(
        "an access token of a later generation acknowledges nothing",
        |row| shows_nothing(row, |login| login.access(4), Admission::Admitted),
    );
    suite.row(
        "the current refresh token acknowledges nothing before it is rotated",
        |row| shows_nothing(row, |login| login.refresh(3, OPEN), Admission::Admitted),
    );
    suite.row("the previous refresh token acknowledges nothing", |row| {
        shows_nothing(row, |login| login.refresh(2, OPEN), Admission::Admitted)
    });
    suite.row(
        "an access token without a session acknowledges nothing",
        |row| shows_nothing(row, without_session, Admission::Admitted),
    );
    suite.row(
        "an access token of another session acknowledges nothing",
        |row| {
            let of_another = |login: &Login| Login::of(&login.account).access(3);
            shows_nothing(row, of_another, Admission::SessionEnded)
        },
    );
    suite.row(
        "an access token of another account acknowledges nothing",
        |row| {
            let of_another =
                |login: &Login| Login::with(&Login::new().account, login.session.clone()).access(3);
            shows_nothing(row, of_another, Admission::SessionEnded)
        },
    );
    suite.row(
        "a revoked access token acknowledges nothing",
        revoked_access_token,
    );
    suite.row("each generation is acknowledged anew", each_anew);
    suite.row(
        "a generation may be acknowledged from the start",
        from_the_start,
    );
}

async fn current_access_token(row: Row) -> Outcome {
    let login = Login::new();
    let mut row_is = row.log_in(&login).await?;
    for generation in 1..=3 {
        a_moment().await;
        for _ in 0..2 {
            row.show(&login, generation).await?;
            let shown = row.only(&login.account).await?;
            row.acknowledged(&shown, &row_is);
            row_is = shown;
        }
        row_is = row.exchange(&login, generation).await?;
        row.lists("session", &login.account, std::slice::from_ref(&row_is))
            .await?;
    }
    Ok(())
}

/// The row shows that the third generation is not acknowledged, and a late previous token is still
/// accepted.
async fn shows_nothing(row: Row, token: impl Fn(&Login) -> Admit, expected: Admission) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    row.exchange(&login, 1).await?;
    row.show(&login, 2).await?;
    let row_is = row.exchange(&login, 2).await?;
    for _ in 0..2 {
        row.admits("token", token(&login), expected).await?;
        row.lists("session", &login.account, std::slice::from_ref(&row_is))
            .await?;
    }
    a_moment().await;
    let late = login.rotate(2, CLOSED);
    row.continued(late, Continuation::ReissuedLate).await?;
    Ok(())
}

fn without_session(login: &Login) -> Admit {
    let mut access = login.access(3);
    access.session = None;
    access
}

async fn revoked_access_token(row: Row) -> Outcome {
    let login = Login::new();
    let row_is = row.log_in(&login).await?;
    let access = login.access(1);
    let until = row.clock().await?.saturating_add(HOUR);
    let revoke = revoke_token(&login.account, &access.token, until);
    row.store().revoke_token(revoke).await?;
    row.admits("token", access, Admission::Revoked).await?;
    row.lists("session", &login.account, &[row_is]).await
}

async fn each_anew(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    for generation in 1..=MAX_LATE_GENERATIONS {
        row.show(&login, generation).await?;
        row.exchange(&login, generation).await?;
        a_moment().await;
        let rotate = login.rotate(generation, CLOSED);
        row.continued(rotate, Continuation::ReissuedLate).await?;
    }
    row.equal(
        "acknowledged",
        row.only(&login.account).await?.acknowledged,
        false,
    );
    Ok(())
}

async fn from_the_start(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    let mut rotate = login.rotate(1, CLOSED);
    rotate.acknowledged = true;
    let rotated = row.continued(rotate, Continuation::Rotated).await?;
    row.equal("acknowledged", rotated.acknowledged, true);
    row.lists("session", &login.account, std::slice::from_ref(&rotated))
        .await?;
    let mut again = login.rotate(1, OPEN);
    again.acknowledged = true;
    let reissued = Rotation::Continued(Continuation::Reissued, rotated);
    row.rotates("previous token", again, reissued).await?;
    a_moment().await;
    let mut late = login.rotate(1, CLOSED);
    late.acknowledged = true;
    row.rotates("late previous token", late, Rotation::Reused(Reuse::Recent))
        .await?;
    row.is_dead("afterwards", &login, 2).await
}
