//! Cases of `session`.

use handstamp::store::UserRevocation;

use super::login::{Login, OPEN, revoke_user};
use super::row::{Outcome, Row, a_moment};
use super::suite::Suite;

pub(super) fn rows(suite: &mut Suite) {
    suite.row("an unknown session is not read", unknown);
    suite.row(
        "a session of another account is not read",
        of_another_account,
    );
    suite.row("a session is read as it is now", as_it_is);
    suite.row("one session of several is read", one_of_several);
    suite.row("reading a session writes nothing", writes_nothing);
    suite.row("a session that was revoked is not read", revoked);
    suite.row("a session that has expired is not read", expired);
    suite.row(
        "a session from before the not-before of its account is not read",
        before_not_before,
    );
    suite.row("a session whose token was reused is not read", reused);
}

async fn unknown(row: Row) -> Outcome {
    let login = Login::new();
    row.reads("of an unknown account", &login, None).await?;
    let made = row.log_in(&login).await?;
    let other = Login::of(&login.account);
    row.reads("of an account with another session", &other, None)
        .await?;
    row.reads("the other", &login, Some(&made)).await
}

async fn of_another_account(row: Row) -> Outcome {
    let login = Login::new();
    let made = row.log_in(&login).await?;
    let mut thief = login.clone();
    thief.account = Login::new().account;
    row.reads("by an account without sessions", &thief, None)
        .await?;
    row.log_in(&Login::of(&thief.account)).await?;
    row.reads("by an account with one", &thief, None).await?;
    row.reads("by its own account", &login, Some(&made)).await
}

async fn as_it_is(row: Row) -> Outcome {
    let login = Login::new();
    let mut new = login.new_session();
    "data".clone_into(&mut new.data);
    let made = row.create(new).await?;
    row.reads("new", &login, Some(&made)).await?;
    let rotated = row.exchange(&login, 1).await?;
    row.reads("rotated", &login, Some(&rotated)).await?;
    row.show(&login, 2).await?;
    let shown = row.only(&login.account).await?;
    row.acknowledged(&shown, &rotated);
    row.reads("acknowledged", &login, Some(&shown)).await
}

async fn one_of_several(row: Row) -> Outcome {
    let account = Login::new().account;
    let logins: [Login; 3] = std::array::from_fn(|_| Login::of(&account));
    let mut made = Vec::new();
    for login in &logins {
        made.push(row.log_in(login).await?);
    }
    for (login, made) in logins.iter().zip(&made) {
        row.reads("each", login, Some(made)).await?;
    }
    row.store().revoke_session(logins[1].revoke()).await?;
    row.reads("the first", &logins[0], Some(&made[0])).await?;
    row.reads("the revoked one", &logins[1], None).await?;
    row.reads("the last", &logins[2], Some(&made[2])).await
}

async fn writes_nothing(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    let rotated = row.exchange(&login, 1).await?;
    row.equal("acknowledged", rotated.acknowledged, false);
    for _ in 0..3 {
        a_moment().await;
        row.reads("session", &login, Some(&rotated)).await?;
    }
    row.lists("session", &login.account, &[rotated]).await
}

async fn revoked(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in_and_out(&login).await?;
    row.reads("revoked alone", &login, None).await?;
    let login = Login::new();
    row.log_in_kept(&login).await?;
    let everything = revoke_user(&login.account, UserRevocation::All);
    row.revoke_user(everything).await?;
    row.reads("revoked with all others", &login, None).await
}

async fn expired(row: Row) -> Outcome {
    let login = Login::new();
    let made = row.log_in_and_expire(&login).await?;
    row.reads("expired", &login, None).await?;
    row.equal("what remains", row.remains(&login).await?, made);
    Ok(())
}

async fn before_not_before(row: Row) -> Outcome {
    let login = Login::new();
    let made = row.log_in_kept(&login).await?;
    let which = UserRevocation::Before(made.created_at);
    let revoke = revoke_user(&login.account, which);
    row.revoke_user(revoke).await?;
    row.reads("before the not-before", &login, None).await?;
    let later = Login::of(&login.account);
    let made = row.log_in(&later).await?;
    row.reads("after the not-before", &later, Some(&made)).await
}

async fn reused(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in_kept(&login).await?;
    row.exchange(&login, 1).await?;
    let before = row.exchange(&login, 2).await?;
    row.reads("before the reuse", &login, Some(&before)).await?;
    row.store().rotate(login.rotate(1, OPEN)).await?;
    row.reads("after the reuse", &login, None).await
}
