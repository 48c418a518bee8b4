//! Cases of the last activity of a session, as `admit` records it.

use std::time::Duration;

use handstamp::store::{Admission, SessionRow};

use super::admit::{foreign, revoke};
use super::login::{CLOSED, HOUR, Login, OPEN};
use super::row::{Failure, Outcome, Row, a_moment};
use super::suite::Suite;

pub(super) fn rows(suite: &mut Suite) {
    suite.row("activity is recorded only on request", never_touched);
    suite.row(
        "activity is recorded only after the requested time",
        not_touched_again,
    );
    suite.row(
        "activity is recorded after the requested time, and nothing else is written",
        touched,
    );
    suite.row(
        "activity of a refresh token is recorded too",
        touched_by_refresh,
    );
    suite.row("a refused token is no activity", refused_is_no_activity);
    suite.row(
        "one token acknowledges and is activity",
        acknowledged_and_touched,
    );
}

async fn never_touched(row: Row) -> Outcome {
    let login = Login::new();
    let made = row.log_in(&login).await?;
    a_moment().await;
    row.show(&login, 1).await?;
    let refresh = login.refresh(1, OPEN);
    row.admits("refresh token", refresh, Admission::Admitted)
        .await?;
    let now = row.only(&login.account).await?;
    row.equal("last_active", now.last_active, made.last_active);
    Ok(())
}

async fn not_touched_again(row: Row) -> Outcome {
    let login = Login::new();
    let made = row.log_in(&login).await?;
    a_moment().await;
    let mut access = login.access(2);
    access.touch_after = Some(HOUR);
    row.admits("access token", access, Admission::Admitted)
        .await?;
    row.lists("session", &login.account, &[made]).await
}

async fn touched(row: Row) -> Outcome {
    let login = Login::new();
    let mut before = row.log_in(&login).await?;
    for millis in [0, 1, 10, 0] {
        a_moment().await;
        let mut access = login.access(2);
        access.touch_after = Some(Duration::from_millis(millis));
        row.admits("access token", access, Admission::Admitted)
            .await?;
        before = active_since(&row, before).await?;
    }
    Ok(())
}

async fn touched_by_refresh(row: Row) -> Outcome {
    let login = Login::new();
    let made = row.log_in(&login).await?;
    a_moment().await;
    let mut refresh = login.refresh(1, OPEN);
    refresh.touch_after = Some(CLOSED);
    row.admits("refresh token", refresh, Admission::Admitted)
        .await?;
    active_since(&row, made).await?;
    Ok(())
}

async fn acknowledged_and_touched(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    let rotated = row.exchange(&login, 1).await?;
    a_moment().await;
    let mut access = login.access(2);
    access.touch_after = Some(CLOSED);
    row.admits("access token", access, Admission::Admitted)
        .await?;
    let shown = row.only(&login.account).await?;
    let expected = SessionRow {
        last_active: shown.last_active,
        ..rotated.clone()
    };
    row.acknowledged(&shown, &expected);
    row.holds(
        "active later",
        (shown.last_active, rotated.last_active),
        |(now, then)| now > then,
    );
    Ok(())
}

/// The session is as before, except that its last activity is later.
async fn active_since(row: &Row, before: SessionRow) -> Result<SessionRow, Failure> {
    let now = row.only(&before.account).await?;
    let last_active = now.last_active;
    row.holds("later", (last_active, before.last_active), |(now, then)| {
        now > then
    });
    row.equal(
        "session",
        &now,
        &SessionRow {
            last_active,
            ..before
        },
    );
    Ok(now)
}

async fn refused_is_no_activity(row: Row) -> Outcome {
    let login = Login::new();
    let made = row.log_in(&login).await?;
    let mut thief = login.clone();
    thief.account = Login::new().account;
    let revoked = login.access(1);
    revoke(&row, &revoked).await?;
    a_moment().await;
    for (mut access, expected) in [
        (thief.access(1), Admission::SessionEnded),
        (revoked, Admission::Revoked),
        (foreign(&login, 1, OPEN), Admission::Reused),
    ] {
        access.touch_after = Some(CLOSED);
        row.admits("token", access, expected).await?;
    }
    row.lists("session", &login.account, &[made]).await
}
