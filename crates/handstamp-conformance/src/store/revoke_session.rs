//! Cases of `revoke_session`.

use handstamp::store::{EndReason, RevokeSession, SessionRow};

use super::login::{Login, revoke_user};
use super::races::together;
use super::row::{Outcome, Row, a_moment};
use super::suite::Suite;

pub(super) fn rows(suite: &mut Suite) {
    suite.row("a revoked session has ended at once, for every token", live);
    suite.row(
        "the reason of a revocation is kept, and nothing else is written",
        reasons,
    );
    suite.row("a session is revoked once: the first reason stays", twice);
    suite.row("an unknown session is not revoked", unknown);
    suite.row("an expired session is not revoked", expired);
    suite.row(
        "a session from before the not-before is not revoked",
        before_not_before,
    );
    suite.row(
        "a session of another account is not revoked",
        of_another_user,
    );
    suite.row(
        "one session is revoked, and the others of the account stay live",
        others,
    );
    suite.row(
        "of many revocations of one session at once, one succeeds",
        many_at_once,
    );
}

async fn live(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    row.exchange(&login, 1).await?;
    row.show(&login, 2).await?;
    let revoked = row.store().revoke_session(login.revoke()).await?;
    row.equal("there was one", revoked, true);
    row.is_dead("afterwards", &login, 2).await
}

async fn reasons(row: Row) -> Outcome {
    for reason in [
        EndReason::LoggedOut,
        EndReason::Replaced,
        EndReason::Revoked,
        EndReason::Reused,
    ] {
        let login = Login::new();
        let made = row.log_in_kept(&login).await?;
        a_moment().await;
        let (account, session) = (login.account.clone(), login.session.clone());
        let revoke = RevokeSession::new(account, session, reason);
        row.store().revoke_session(revoke).await?;
        let remains = row.remains(&login).await?;
        let revoked = remains.revoked;
        row.holds(
            "when and why",
            (revoked, reason),
            |_| matches!(revoked, Some((at, why)) if why == reason && at > made.created_at),
        );
        row.equal("what remains", remains, SessionRow { revoked, ..made });
    }
    Ok(())
}

async fn twice(row: Row) -> Outcome {
    let login = Login::new();
    let remains = row.log_in_and_out(&login).await?;
    a_moment().await;
    let mut again = login.revoke();
    again.reason = EndReason::Replaced;
    for _ in 0..2 {
        let revoked = row.store().revoke_session(again.clone()).await?;
        row.equal("there was one", revoked, false);
    }
    row.equal("what remains", row.remains(&login).await?, remains);
    Ok(())
}

async fn unknown(row: Row) -> Outcome {
    let login = Login::new();
    let other = row.log_in(&Login::of(&login.account)).await?;
    let revoked = row.store().revoke_session(login.revoke()).await?;
    row.equal("there was one", revoked, false);
    row.lists("the other", &login.account, &[other]).await?;
    // Nothing stays that would revoke a later session.
    row.log_in(&login).await?;
    row.show(&login, 1).await
}

async fn expired(row: Row) -> Outcome {
    let login = Login::new();
    let expired = row.log_in_and_expire(&login).await?;
    let revoked = row.store().revoke_session(login.revoke()).await?;
    row.equal("there was one", revoked, false);
    row.equal("what remains", row.remains(&login).await?, expired);
    Ok(())
}

async fn before_not_before(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in_kept(&login).await?;
    let everything = revoke_user(&login.account, handstamp::store::UserRevocation::All);
    row.revoke_user(everything).await?;
    let remains = row.remains(&login).await?;
    let revoked = row.store().revoke_session(login.revoke()).await?;
    row.equal("there was one", revoked, false);
    row.equal("what remains", row.remains(&login).await?, remains);
    Ok(())
}

async fn of_another_user(row: Row) -> Outcome {
    let login = Login::new();
    let made = row.log_in(&login).await?;
    let mut thief = login.clone();
    thief.account = Login::new().account;
    // The same when the other account has a session.
    for _ in 0..2 {
        let revoked = row.store().revoke_session(thief.revoke()).await?;
        row.equal("there was one", revoked, false);
        row.log_in(&Login::of(&thief.account)).await?;
    }
    row.lists("the session", &login.account, &[made]).await
}

async fn others(row: Row) -> Outcome {
    let login = Login::new();
    let other = Login::of(&login.account);
    row.log_in(&login).await?;
    let made = row.log_in(&other).await?;
    row.store().revoke_session(login.revoke()).await?;
    row.lists("the other", &login.account, &[made]).await?;
    row.exchange(&other, 1).await?;
    Ok(())
}

async fn many_at_once(row: Row) -> Outcome {
    for _ in 0..5 {
        let login = Login::new();
        row.log_in(&login).await?;
        let revoked = together((0..20).map(|_| {
            let (row, revoke) = (row.clone(), login.revoke());
            async move { row.store().revoke_session(revoke).await }
        }))
        .await;
        let mut ended = 0;
        for revoked in revoked {
            ended += usize::from(revoked?);
        }
        row.equal("how many ended it", ended, 1);
    }
    Ok(())
}
