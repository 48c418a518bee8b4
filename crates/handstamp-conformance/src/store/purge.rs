//! Cases of `purge`: what it removes, and what it must keep.

use std::time::Duration;

use handstamp::store::{Admission, Created, UserRevocation};

use super::login::{HOUR, Login, OPEN, revoke_token, revoke_user};
use super::row::{Outcome, Row, a_moment};
use super::suite::Suite;

pub(super) fn rows(suite: &mut Suite) {
    suite.row("an ended session is removed", ended);
    suite.row("an ended session is kept for as long as it must be", kept);
    suite.row(
        "a session is kept no longer than it must be",
        kept_no_longer,
    );
    suite.row("a live session is not removed", live);
    suite.row(
        "the other sessions of an account are not removed",
        others_of_the_user,
    );
    suite.row(
        "a revocation that still applies is not removed",
        revocations,
    );
}

async fn purge(row: &Row) -> Outcome {
    // Whatever a concurrent purge is doing is done after the second.
    for _ in 0..2 {
        row.store().purge().await?;
    }
    Ok(())
}

async fn ended(row: Row) -> Outcome {
    let login = Login::new();
    let mut new = login.new_session();
    new.idle = Duration::from_millis(1);
    row.create(new).await?;
    a_moment().await;
    purge(&row).await?;
    let again = row.store().create(login.new_session()).await?;
    row.holds("its id is free", again, |again| {
        matches!(again, Created::New { .. })
    });
    row.show(&login, 1).await
}

async fn kept(row: Row) -> Outcome {
    let login = Login::new();
    let expired = row.log_in_and_expire(&login).await?;
    let other = Login::new();
    let revoked = row.log_in_and_out(&other).await?;
    for _ in 0..2 {
        purge(&row).await?;
        row.equal("expired", &row.remains(&login).await?, &expired);
        row.equal("revoked", &row.remains(&other).await?, &revoked);
        a_moment().await;
    }
    row.is_dead("afterwards", &login, 1).await?;
    row.is_dead("afterwards", &other, 1).await
}

async fn kept_no_longer(row: Row) -> Outcome {
    let login = Login::new();
    let mut new = login.new_session();
    new.idle = Duration::from_millis(1);
    let soon = Duration::from_millis(5);
    new.keep_until = Some(row.clock().await?.saturating_add(soon));
    row.create(new).await?;
    a_moment().await;
    purge(&row).await?;
    row.log_in(&login).await?;
    row.show(&login, 1).await
}

async fn live(row: Row) -> Outcome {
    let login = Login::new();
    let mut new = login.new_session();
    // The session lives longer than its row must be kept.
    new.keep_until = Some(row.clock().await?);
    row.create(new).await?;
    let rotated = row.exchange(&login, 1).await?;
    a_moment().await;
    purge(&row).await?;
    row.lists("session", &login.account, &[rotated]).await?;
    row.show(&login, 2).await
}

async fn others_of_the_user(row: Row) -> Outcome {
    let login = Login::new();
    let live = row.log_in(&login).await?;
    let mut ended = Login::of(&login.account).new_session();
    ended.idle = Duration::from_millis(1);
    row.create(ended).await?;
    a_moment().await;
    purge(&row).await?;
    row.lists("the live one", &login.account, &[live]).await?;
    let everything = revoke_user(&login.account, UserRevocation::All);
    let ended = row.revoke_user(everything).await?;
    row.equal("ended", ended, [login.session]);
    Ok(())
}

async fn revocations(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    let now = row.clock().await?;
    let token = login.refresh(1, OPEN);
    let revoke = revoke_token(&login.account, &token.token, now.saturating_add(HOUR));
    row.store().revoke_token(revoke).await?;
    let everything = revoke_user(&login.account, UserRevocation::All);
    row.revoke_user(everything).await?;
    a_moment().await;
    purge(&row).await?;
    row.admits("revoked token", token, Admission::Revoked)
        .await?;
    let mut without_session = login.access(1);
    without_session.session = None;
    without_session.issued_at = now;
    row.admits("token from before", without_session, Admission::Revoked)
        .await
}
