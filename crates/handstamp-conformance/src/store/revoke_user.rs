//! Cases of `revoke_user` with sessions.

use std::collections::BTreeSet;

use handstamp::clock::UnixTime;
use handstamp::store::{AccountId, EndReason, SessionId, SessionRow, UserRevocation};

use super::login::{HOUR, Login, new_account, revoke_user};
use super::races::together;
use super::row::{Failure, Outcome, Row, a_moment};
use super::suite::Suite;

pub(super) fn rows(suite: &mut Suite) {
    suite.row(
        "'all' revokes every live session, and returns their ids",
        all,
    );
    suite.row("'all' finds nothing the second time", all_twice);
    suite.row(
        "'all but one' revokes the others, and returns their ids",
        all_but,
    );
    suite.row(
        "'all but one' with an unknown or ended session revokes all",
        all_but_none,
    );
    suite.row(
        "'all but one' with a session of another account revokes all of this account",
        all_but_of_another,
    );
    suite.row("'before' revokes what was created then or earlier", before);
    suite.row(
        "'before' the first session revokes nothing",
        before_the_first,
    );
    suite.row("'before' now or later revokes all", before_the_future);
    suite.row("the reason is kept, and nothing else is written", reasons);
    suite.row("a revocation keeps its first reason", first_reason);
    suite.row("nothing is revoked for an unknown account", unknown);
    suite.row("the sessions of another account stay live", others);
    suite.row(
        "of many revocations of all sessions at once, each session is returned once",
        many_at_once,
    );
}

/// Revokes sessions, and returns their ids, sorted.
pub(super) async fn revoke(
    row: &Row,
    account: &AccountId,
    which: UserRevocation,
) -> Result<BTreeSet<SessionId>, Failure> {
    let revoke = revoke_user(account, which);
    let ended = row.revoke_user(revoke).await?;
    let count = ended.len();
    let ended = BTreeSet::from_iter(ended);
    row.equal("ids that were told, each once", ended.len(), count);
    Ok(ended)
}

/// Creates sessions of one account, one after the other.
async fn logins(row: &Row, count: usize) -> Result<(AccountId, Vec<(Login, SessionRow)>), Failure> {
    let account = new_account();
    let mut logins = Vec::new();
    for _ in 0..count {
        let login = Login::of(&account);
        let made = row.log_in_kept(&login).await?;
        logins.push((login, made));
        a_moment().await;
    }
    Ok((account, logins))
}

fn ids<'a>(logins: impl IntoIterator<Item = &'a (Login, SessionRow)>) -> BTreeSet<SessionId> {
    let id = |(login, _): &(Login, SessionRow)| login.session.clone();
    logins.into_iter().map(id).collect()
}

async fn all(row: Row) -> Outcome {
    let (account, live) = logins(&row, 3).await?;
    row.log_in_and_out(&Login::of(&account)).await?;
    row.log_in_and_expire(&Login::of(&account)).await?;
    let (rotated, _) = &live[0];
    row.exchange(rotated, 1).await?;
    let ended = revoke(&row, &account, UserRevocation::All).await?;
    row.equal("ended", ended, ids(&live));
    for (login, _) in &live {
        row.is_dead("afterwards", login, 2).await?;
    }
    row.lists("sessions", &account, &[]).await
}

async fn all_twice(row: Row) -> Outcome {
    let (account, _) = logins(&row, 2).await?;
    revoke(&row, &account, UserRevocation::All).await?;
    for which in [
        UserRevocation::All,
        UserRevocation::AllBut(SessionId::from("none")),
        UserRevocation::Before(row.clock().await?),
    ] {
        let ended = revoke(&row, &account, which).await?;
        row.equal("ended", ended, BTreeSet::new());
    }
    Ok(())
}

async fn all_but(row: Row) -> Outcome {
    let (account, logins) = logins(&row, 3).await?;
    row.log_in_and_out(&Login::of(&account)).await?;
    let [first, (kept, made), last] = &logins[..] else {
        unreachable!("three log-ins")
    };
    let which = || UserRevocation::AllBut(kept.session.clone());
    let ended = revoke(&row, &account, which()).await?;
    row.equal("ended", ended, ids([first, last]));
    row.lists("the one", &account, std::slice::from_ref(made))
        .await?;
    for (login, _) in [first, last] {
        row.is_dead("the others", login, 1).await?;
    }
    let ended = revoke(&row, &account, which()).await?;
    row.equal("ended the second time", ended, BTreeSet::new());
    row.show(kept, 1).await?;
    row.exchange(kept, 1).await?;
    Ok(())
}

async fn all_but_none(row: Row) -> Outcome {
    let unknown = Login::new();
    let (account, live) = logins(&row, 2).await?;
    let ended = revoke(&row, &account, UserRevocation::AllBut(unknown.session)).await?;
    row.equal("ended", ended, ids(&live));

    let (account, live) = logins(&row, 2).await?;
    let gone = Login::of(&account);
    row.log_in_and_out(&gone).await?;
    let ended = revoke(&row, &account, UserRevocation::AllBut(gone.session.clone())).await?;
    row.equal("ended", ended, ids(&live));
    row.is_dead("the one", &gone, 1).await?;
    row.lists("sessions", &account, &[]).await
}

async fn all_but_of_another(row: Row) -> Outcome {
    let (account, live) = logins(&row, 2).await?;
    let other = Login::new();
    let made = row.log_in(&other).await?;
    let which = UserRevocation::AllBut(other.session.clone());
    let ended = revoke(&row, &account, which).await?;
    row.equal("ended", ended, ids(&live));
    row.lists("sessions", &account, &[]).await?;
    row.lists("the other's", &other.account, &[made]).await
}

async fn before(row: Row) -> Outcome {
    let (account, logins) = logins(&row, 4).await?;
    let [first, second, third, fourth] = &logins[..] else {
        unreachable!("four log-ins")
    };
    // To the millisecond.
    let at = second.1.created_at;
    let ended = revoke(&row, &account, UserRevocation::Before(at)).await?;
    row.equal("ended", ended, ids([first, second]));
    row.lists("sessions", &account, &[fourth.1.clone(), third.1.clone()])
        .await?;
    let just_before = UnixTime::from_millis(third.1.created_at.as_millis() - 1);
    let ended = revoke(&row, &account, UserRevocation::Before(just_before)).await?;
    row.equal("ended", ended, BTreeSet::new());
    let ended = revoke(&row, &account, UserRevocation::Before(third.1.created_at)).await?;
    row.equal("ended", ended, ids([third]));
    for (login, _) in [first, second, third] {
        row.is_dead("afterwards", login, 1).await?;
    }
    row.lists("sessions", &account, std::slice::from_ref(&fourth.1))
        .await?;
    row.exchange(&fourth.0, 1).await?;
    Ok(())
}

async fn before_the_first(row: Row) -> Outcome {
    let (account, logins) = logins(&row, 1).await?;
    let (login, made) = &logins[0];
    for at in [0, 1, made.created_at.as_millis() - 1] {
        let which = UserRevocation::Before(UnixTime::from_millis(at));
        let ended = revoke(&row, &account, which).await?;
        row.equal("ended", ended, BTreeSet::new());
    }
    row.lists("sessions", &account, std::slice::from_ref(made))
        .await?;
    row.show(login, 1).await
}

async fn before_the_future(row: Row) -> Outcome {
    let now = row.clock().await?;
    for at in [
        now.saturating_add(HOUR),
        UnixTime::from_secs(100_000_000_000),
    ] {
        let (account, live) = logins(&row, 2).await?;
        let ended = revoke(&row, &account, UserRevocation::Before(at)).await?;
        row.equal("ended", ended, ids(&live));
        row.lists("sessions", &account, &[]).await?;
        let next = Login::of(&account);
        row.log_in(&next).await?;
        row.show(&next, 1).await?;
    }
    Ok(())
}

async fn reasons(row: Row) -> Outcome {
    for reason in [
        EndReason::LoggedOut,
        EndReason::Replaced,
        EndReason::Revoked,
        EndReason::Reused,
    ] {
        let now = row.clock().await?.saturating_add(HOUR);
        for which in [
            UserRevocation::All,
            UserRevocation::AllBut(SessionId::from("none")),
            UserRevocation::Before(now),
        ] {
            let (account, logins) = logins(&row, 1).await?;
            let (login, made) = &logins[0];
            let mut revoke = revoke_user(&account, which);
            revoke.reason = reason;
            row.revoke_user(revoke).await?;
            let remains = row.remains(login).await?;
            let revoked = remains.revoked;
            row.holds(
                "when and why",
                (revoked, reason),
                |_| matches!(revoked, Some((at, why)) if why == reason && at > made.created_at),
            );
            let expected = SessionRow {
                revoked,
                ..made.clone()
            };
            row.equal("what remains", remains, expected);
        }
    }
    Ok(())
}

async fn first_reason(row: Row) -> Outcome {
    let login = Login::new();
    let remains = row.log_in_and_out(&login).await?;
    let expired = Login::of(&login.account);
    row.log_in_and_expire(&expired).await?;
    for which in [
        UserRevocation::AllBut(SessionId::from("none")),
        UserRevocation::All,
    ] {
        let ended = revoke(&row, &login.account, which).await?;
        row.equal("ended", ended, BTreeSet::new());
        row.equal("revoked", &row.remains(&login).await?, &remains);
        row.is_dead("expired", &expired, 1).await?;
    }
    Ok(())
}

async fn unknown(row: Row) -> Outcome {
    for which in [
        UserRevocation::All,
        UserRevocation::AllBut(SessionId::from("none")),
        UserRevocation::Before(row.clock().await?),
    ] {
        let login = Login::new();
        let ended = revoke(&row, &login.account, which).await?;
        row.equal("ended", ended, BTreeSet::new());
        row.log_in(&login).await?;
        row.show(&login, 1).await?;
    }
    Ok(())
}

async fn others(row: Row) -> Outcome {
    let other = Login::new();
    let made = row.log_in(&other).await?;
    for which in [
        UserRevocation::All,
        UserRevocation::AllBut(other.session.clone()),
        UserRevocation::Before(row.clock().await?.saturating_add(HOUR)),
    ] {
        let (account, live) = logins(&row, 1).await?;
        let ended = revoke(&row, &account, which).await?;
        row.equal("ended", ended, ids(&live));
    }
    row.lists("the other's", &other.account, std::slice::from_ref(&made))
        .await?;
    row.exchange(&other, 1).await?;
    Ok(())
}

async fn many_at_once(row: Row) -> Outcome {
    let (account, live) = logins(&row, 5).await?;
    let ended = together((0..20).map(|_| {
        let (row, revoke) = (row.clone(), revoke_user(&account, UserRevocation::All));
        async move { row.revoke_user(revoke).await }
    }))
    .await;
    let mut told = Vec::new();
    for ended in ended {
        told.extend(ended?);
    }
    row.equal("how often one was told", told.len(), live.len());
    row.equal("which", BTreeSet::from_iter(told), ids(&live));
    Ok(())
}
