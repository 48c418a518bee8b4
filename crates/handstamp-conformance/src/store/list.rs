//! Cases of `list`.

use std::collections::BTreeSet;

use handstamp::store::{SessionId, SessionRow, UserRevocation};

use super::login::{CLOSED, Login, new_account, revoke_user};
use super::races::together;
use super::revoke_user::revoke;
use super::row::{Outcome, Row, a_moment};
use super::suite::Suite;

pub(super) fn rows(suite: &mut Suite) {
    suite.row("an unknown account has no sessions", unknown);
    suite.row(
        "the latest session is listed first, even after others were used",
        latest_first,
    );
    suite.row("only live sessions are listed", live_only);
    suite.row("only the sessions of the account are listed", own_only);
    suite.row("sessions are listed as they are now", as_they_are);
    suite.row(
        "300 sessions of an account are listed and revoked like three",
        many_sessions,
    );
}

async fn unknown(row: Row) -> Outcome {
    row.lists("sessions", &new_account(), &[]).await
}

async fn latest_first(row: Row) -> Outcome {
    let account = new_account();
    let logins: [Login; 5] = std::array::from_fn(|_| Login::of(&account));
    let mut expected = Vec::new();
    for login in &logins {
        expected.insert(0, row.log_in(login).await?);
        row.lists("sessions", &account, &expected).await?;
        a_moment().await;
    }
    // The first is used last.
    expected[4] = row.exchange(&logins[0], 1).await?;
    row.show(&logins[0], 2).await?;
    let listed = row.list(&account).await?;
    row.acknowledged(&listed[4], &expected[4]);
    expected[4] = listed[4].clone();
    row.lists("sessions", &account, &expected).await
}

async fn live_only(row: Row) -> Outcome {
    let account = new_account();
    row.log_in(&Login::of(&account)).await?;
    let everything = revoke_user(&account, UserRevocation::All);
    row.revoke_user(everything).await?;
    let first = row.log_in(&Login::of(&account)).await?;
    row.log_in_and_out(&Login::of(&account)).await?;
    row.log_in_and_expire(&Login::of(&account)).await?;
    let last = row.log_in(&Login::of(&account)).await?;
    row.lists("sessions", &account, &[last, first]).await
}

async fn own_only(row: Row) -> Outcome {
    let logins: [Login; 3] = std::array::from_fn(|_| Login::new());
    let mut made = Vec::new();
    for login in &logins {
        made.push(row.log_in(login).await?);
    }
    for (login, made) in logins.iter().zip(&made) {
        row.lists("own", &login.account, std::slice::from_ref(made))
            .await?;
    }
    Ok(())
}

async fn as_they_are(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    let rotated = row.exchange(&login, 1).await?;
    row.lists("rotated", &login.account, std::slice::from_ref(&rotated))
        .await?;
    a_moment().await;
    let mut access = login.access(2);
    access.touch_after = Some(CLOSED);
    row.store().admit(access).await?;
    let used = row.only(&login.account).await?;
    let expected = SessionRow {
        last_active: used.last_active,
        ..rotated.clone()
    };
    row.acknowledged(&used, &expected);
    row.holds(
        "active later",
        (used.last_active, rotated.last_active),
        |(now, then)| now > then,
    );
    Ok(())
}

async fn many_sessions(row: Row) -> Outcome {
    let account = new_account();
    let logins: Vec<Login> = (0..300).map(|_| Login::of(&account)).collect();
    let made = together(logins.iter().cloned().map(|login| {
        let row = row.clone();
        async move { row.log_in(&login).await }
    }))
    .await;
    let made: Vec<SessionRow> = made.into_iter().collect::<Result<_, _>>()?;
    let all: BTreeSet<SessionId> = logins.iter().map(|login| login.session.clone()).collect();

    let listed = row.list(&account).await?;
    row.equal("how many are listed", listed.len(), made.len());
    row.equal(
        "the latest first",
        listed.is_sorted_by(|a, b| a.created_at >= b.created_at),
        true,
    );
    let listed = listed
        .into_iter()
        .map(|row| row.id)
        .collect::<BTreeSet<_>>();
    row.equal("listed", &listed, &all);

    let kept = &logins[150];
    let which = UserRevocation::AllBut(kept.session.clone());
    let ended = revoke(&row, &account, which).await?;
    let others = all.iter().filter(|id| **id != kept.session).cloned();
    row.equal("ended", ended, others.collect::<BTreeSet<_>>());
    row.lists("the one", &account, std::slice::from_ref(&made[150]))
        .await?;
    let ended = revoke(&row, &account, UserRevocation::All).await?;
    row.equal("ended", ended, BTreeSet::from([kept.session.clone()]));
    for login in [&logins[0], kept, &logins[299]] {
        row.is_dead("afterwards", login, 1).await?;
    }
    Ok(())
}
