//! Cases of `revoke_token`.

use std::time::Duration;

use handstamp::clock::UnixTime;
use handstamp::store::Admission;

use super::login::{HOUR, Login, OPEN, revoke_token};
use super::row::{Outcome, Row, a_moment};
use super::suite::Suite;

pub(super) fn rows(suite: &mut Suite) {
    suite.row(
        "a revoked token is refused, and its session stays live",
        refused,
    );
    suite.row(
        "a token of another account with the same id is not revoked",
        of_another_user,
    );
    suite.row("an expired token need not be revoked", ended);
    suite.row("a revocation ends when the token has expired", over);
    suite.row("of two ends of a revocation the later counts", later_end);
    suite.row("a token may be revoked for a thousand years", millennium);
}

async fn refused(row: Row) -> Outcome {
    let login = Login::new();
    let made = row.log_in(&login).await?;
    let until = row.clock().await?.saturating_add(HOUR);
    for token in [login.access(1), login.refresh(1, OPEN)] {
        for _ in 0..2 {
            let revoke = revoke_token(&login.account, &token.token, until);
            row.store().revoke_token(revoke).await?;
            row.admits("token", token.clone(), Admission::Revoked)
                .await?;
        }
    }
    row.lists("session", &login.account, &[made]).await?;
    row.show(&login, 1).await
}

async fn of_another_user(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    let until = row.clock().await?.saturating_add(HOUR);
    for token in [login.access(1), login.refresh(1, OPEN)] {
        let revoke = revoke_token(&Login::new().account, &token.token, until);
        row.store().revoke_token(revoke).await?;
        row.admits("token", token, Admission::Admitted).await?;
    }
    row.exchange(&login, 1).await?;
    Ok(())
}

async fn ended(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    let now = row.clock().await?;
    for until in [
        now,
        UnixTime::from_secs(now.as_secs() - 60),
        UnixTime::from_secs(0),
    ] {
        let token = login.access(1);
        let revoke = revoke_token(&login.account, &token.token, until);
        row.store().revoke_token(revoke).await?;
        row.admits("token", token, Admission::Admitted).await?;
    }
    Ok(())
}

async fn over(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    let token = login.access(1);
    let until = row.clock().await?.saturating_add(Duration::from_millis(5));
    let revoke = revoke_token(&login.account, &token.token, until);
    row.store().revoke_token(revoke).await?;
    a_moment().await;
    row.admits("token", token, Admission::Admitted).await
}

async fn later_end(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    let now = row.clock().await?;
    let soon = now.saturating_add(Duration::from_millis(5));
    let later = now.saturating_add(HOUR);
    for ends in [[soon, later], [later, soon], [later, now]] {
        let token = login.access(1);
        for until in ends {
            let revoke = revoke_token(&login.account, &token.token, until);
            row.store().revoke_token(revoke).await?;
        }
        a_moment().await;
        row.admits("token", token, Admission::Revoked).await?;
    }
    Ok(())
}

async fn millennium(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    let token = login.access(1);
    let until = UnixTime::from_secs(row.clock().await?.as_secs() + 1_000 * 365 * 86_400);
    let revoke = revoke_token(&login.account, &token.token, until);
    row.store().revoke_token(revoke).await?;
    row.admits("token", token, Admission::Revoked).await
}
