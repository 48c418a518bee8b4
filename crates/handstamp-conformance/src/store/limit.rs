//! Cases of the number of sessions that an account may have.

use std::time::Duration;

use handstamp::store::{
    AccountId, Created, EndExcess, EndReason, ListSessions, MOST_ENDED_BY_LIMIT, NewSession,
    SessionId, SessionRow, UserRevocation,
};

use super::login::{CLOSED, HOUR, Login, new_account, revoke_user};
use super::races::together;
use super::row::{Failure, Outcome, Row, a_moment};
use super::suite::Suite;

pub(super) fn rows(suite: &mut Suite) {
    suite.row(
        "a log-in within the limit ends no session",
        within_the_limit,
    );
    suite.row(
        "a log-in beyond the limit ends the session that was used least recently, whether by a log-in, a refresh or a request",
        least_recently_used,
    );
    suite.row(
        "what a log-in ends by the limit is dead, has the reason, and has lost its data",
        is_ended,
    );
    suite.row(
        "a log-in of an account that has far too many sessions ends sixteen of them",
        sixteen_at_once,
    );
    suite.row("a limit of one leaves the new session alone", one_session);
    suite.row(
        "sessions that have ended do not count, whatever ended them",
        ended_do_not_count,
    );
    suite.row(
        "a revocation of many sessions that was not recorded to its end does not lift the limit",
        not_recorded,
    );
    suite.row("a second log-in with the same id ends no session", same_id);
    suite.row(
        "the excess of an account with far too many sessions ends in steps, the least recently used first",
        excess,
    );
    suite.row("the limit applies to each account", each_account);
    suite.row(
        "after many log-ins at once the next log-in restores the limit",
        many_at_once,
    );
    suite.row(
        "a list has at most as many sessions as requested, the latest log-ins, and says whether there are more",
        list_at_most,
    );
    suite.row(
        "a session that is revoked loses its data at once",
        revoked_loses_data,
    );
}

fn limited(login: &Login, at_most: usize) -> NewSession {
    let mut new = login.new_session();
    new.at_most = Some(at_most);
    new
}

/// Logs in with a limit, and returns the session and the ids of those that ended.
async fn log_in(
    row: &Row,
    login: &Login,
    at_most: usize,
) -> Result<(SessionRow, Vec<SessionId>), Failure> {
    match row.store().create(limited(login, at_most)).await? {
        Created::New { row, ended } => Ok((row, ended)),
        Created::AlreadyExists(row) => Err(Failure(format!("create: there was {row:?}"))),
    }
}

/// Logs in several times, each at another millisecond.
async fn log_ins<const N: usize>(row: &Row, account: &AccountId) -> Result<[Login; N], Failure> {
    let logins: [Login; N] = std::array::from_fn(|_| Login::of(account));
    for login in &logins {
        row.log_in_kept(login).await?;
        a_moment().await;
    }
    Ok(logins)
}

async fn ids(row: &Row, account: &AccountId) -> Result<Vec<SessionId>, Failure> {
    let listed = row.list(account).await?;
    Ok(listed.into_iter().map(|session| session.id).collect())
}

async fn within_the_limit(row: Row) -> Outcome {
    let account = new_account();
    for number in 1..=3 {
        let (_, ended) = log_in(&row, &Login::of(&account), 3).await?;
        row.equal("ended", ended, Vec::<SessionId>::new());
        row.equal("sessions", ids(&row, &account).await?.len(), number);
    }
    Ok(())
}

async fn least_recently_used(row: Row) -> Outcome {
    let account = new_account();
    let [refreshed, idle, used, last] = log_ins(&row, &account).await?;
    row.exchange(&refreshed, 1).await?;
    a_moment().await;
    let mut access = used.access(1);
    access.touch_after = Some(CLOSED);
    row.store().admit(access).await?;
    a_moment().await;
    for expected in [&idle, &last, &refreshed, &used] {
        let (_, ended) = log_in(&row, &Login::of(&account), 4).await?;
        row.equal("ended", ended, vec![expected.session.clone()]);
        a_moment().await;
    }
    row.equal("sessions", ids(&row, &account).await?.len(), 4);
    Ok(())
}

async fn is_ended(row: Row) -> Outcome {
    let account = new_account();
    let first = Login::of(&account);
    let mut new = first.new_session();
    new.keep_until = Some(row.clock().await?.saturating_add(HOUR));
    new.data.push_str("of a client");
    let created_at = row.create(new).await?.created_at;
    a_moment().await;
    let (_, ended) = log_in(&row, &Login::of(&account), 1).await?;
    row.equal("ended", ended, vec![first.session.clone()]);
    row.is_dead("afterwards", &first, 1).await?;
    let remains = row.remains(&first).await?;
    row.equal(
        "when and why",
        remains.revoked.map(|(at, why)| (at > created_at, why)),
        Some((true, EndReason::Limit)),
    );
    row.equal("data", remains.data, "");
    Ok(())
}

async fn sixteen_at_once(row: Row) -> Outcome {
    let account = new_account();
    let mut oldest = Vec::new();
    for _ in 0..40 {
        let login = Login::of(&account);
        row.log_in(&login).await?;
        oldest.push(login.session);
    }
    for left in [25, 10, 3, 3] {
        let (made, ended) = log_in(&row, &Login::of(&account), 3).await?;
        row.holds("at most so many", ended.len(), |ended| {
            *ended <= MOST_ENDED_BY_LIMIT
        });
        row.holds("not the new one", ended, |ended| !ended.contains(&made.id));
        row.equal("left", ids(&row, &account).await?.len(), left);
    }
    Ok(())
}

async fn excess(row: Row) -> Outcome {
    let account = new_account();
    let mut logins = Vec::new();
    for _ in 0..40 {
        let login = Login::of(&account);
        row.log_in(&login).await?;
        logins.push(login);
    }
    a_moment().await;
    row.exchange(&logins[0], 1).await?;
    // Others of the same cases have as many sessions; a store may also find no account.
    let crowded = row.store().crowded_accounts(39).await?;
    let found = crowded.len();
    row.holds("some of them", found, |found| *found < 1_000);
    let mut steps = Vec::new();
    loop {
        let end = EndExcess::new(account.clone(), 5);
        let ended = row.store().end_excess(end).await?;
        if ended.is_empty() {
            break;
        }
        row.equal("the first", ended.contains(&logins[0].session), false);
        steps.push(ended.len());
    }
    row.equal("steps", steps, vec![16, 16, 3]);
    row.equal("left", ids(&row, &account).await?.len(), 5);
    row.show(&logins[0], 2).await?;
    let crowded = row.store().crowded_accounts(5).await?;
    row.equal("is crowded", crowded.contains(&account), false);
    Ok(())
}

async fn one_session(row: Row) -> Outcome {
    let account = new_account();
    for _ in 0..3 {
        let (made, _) = log_in(&row, &Login::of(&account), 1).await?;
        row.lists("the new one", &account, &[made]).await?;
    }
    Ok(())
}

async fn ended_do_not_count(row: Row) -> Outcome {
    let account = new_account();
    row.log_in(&Login::of(&account)).await?;
    let everything = revoke_user(&account, UserRevocation::All);
    row.revoke_user(everything).await?;
    row.log_in_and_out(&Login::of(&account)).await?;
    row.log_in_and_expire(&Login::of(&account)).await?;
    let first = row.log_in(&Login::of(&account)).await?;
    a_moment().await;
    let (second, ended) = log_in(&row, &Login::of(&account), 2).await?;
    row.equal("ended", ended, Vec::<SessionId>::new());
    row.lists("sessions", &account, &[second, first]).await
}

/// Revokes many sessions. The caller goes away after the first step, and never asks to record the
/// rest.
async fn revoked_by_one_step(row: &Row) -> Result<AccountId, Failure> {
    let account = new_account();
    for _ in 0..100 {
        row.log_in(&Login::of(&account)).await?;
    }
    let everything = revoke_user(&account, UserRevocation::All);
    row.store().revoke_user(everything).await?;
    Ok(account)
}

async fn not_recorded(row: Row) -> Outcome {
    let account = revoked_by_one_step(&row).await?;
    for _ in 0..30 {
        log_in(&row, &Login::of(&account), 5).await?;
    }
    row.equal("left", ids(&row, &account).await?.len(), 5);

    // The same for what ends them later.
    let account = revoked_by_one_step(&row).await?;
    for _ in 0..30 {
        row.log_in(&Login::of(&account)).await?;
    }
    loop {
        let end = EndExcess::new(account.clone(), 5);
        if row.store().end_excess(end).await?.is_empty() {
            break;
        }
    }
    row.equal("left of the excess", ids(&row, &account).await?.len(), 5);
    Ok(())
}

async fn same_id(row: Row) -> Outcome {
    let account = new_account();
    let [first, second] = log_ins(&row, &account).await?;
    let again = row.store().create(limited(&second, 1)).await?;
    row.holds("it exists", again, |again| {
        matches!(again, Created::AlreadyExists(_))
    });
    row.show(&first, 1).await?;
    row.show(&second, 1).await
}

async fn each_account(row: Row) -> Outcome {
    let (one, other) = (Login::new(), Login::new());
    row.log_in(&one).await?;
    let (_, ended) = log_in(&row, &other, 1).await?;
    row.equal("ended", ended, Vec::<SessionId>::new());
    row.show(&one, 1).await
}

async fn many_at_once(row: Row) -> Outcome {
    let account = new_account();
    for _ in 0..5 {
        log_in(&row, &Login::of(&account), 5).await?;
    }
    let made = together((0..10).map(|_| {
        let (row, login) = (row.clone(), Login::of(&account));
        async move { log_in(&row, &login, 5).await }
    }))
    .await;
    let mut ended = Vec::new();
    for made in made {
        ended.extend(made?.1);
    }
    let count = ended.len();
    ended.sort_unstable();
    ended.dedup();
    row.equal("each is reported once", ended.len(), count);
    let (_, more) = log_in(&row, &Login::of(&account), 5).await?;
    let listed = ids(&row, &account).await?;
    row.equal("sessions", listed.len(), 5);
    row.equal("all that ended were reported", count + more.len(), 11);
    Ok(())
}

async fn list_at_most(row: Row) -> Outcome {
    let account = new_account();
    let logins: [Login; 4] = log_ins(&row, &account).await?;
    // The first expires last.
    row.exchange(&logins[0], 1).await?;
    let latest: Vec<SessionId> = logins.iter().rev().map(|one| one.session.clone()).collect();
    for (at_most, has_more) in [(0, true), (1, true), (3, true), (4, false), (5, false)] {
        let list = ListSessions::new(account.clone(), at_most);
        let listed = row.store().list(list).await?;
        let ids: Vec<&SessionId> = listed.rows.iter().map(|session| &session.id).collect();
        let expected: Vec<&SessionId> = latest.iter().take(at_most).collect();
        row.equal(&format!("at most {at_most}"), ids, expected);
        row.equal("there are more", listed.has_more, has_more);
    }
    Ok(())
}

async fn revoked_loses_data(row: Row) -> Outcome {
    let account = new_account();
    let keep_until = Some(row.clock().await?.saturating_add(HOUR));
    let create = async |login: &Login| {
        let mut new = login.new_session();
        new.keep_until = keep_until;
        new.data.push_str("of a client");
        row.create(new).await
    };
    let [out, reused, revoked] = std::array::from_fn(|_| Login::of(&account));
    for login in [&out, &reused, &revoked] {
        create(login).await?;
    }
    row.store().revoke_session(out.revoke()).await?;
    row.store()
        .rotate(reused.rotate_foreign(1, Duration::ZERO))
        .await?;
    let everything = revoke_user(&account, UserRevocation::All);
    row.revoke_user(everything).await?;
    for (what, login) in [("logged out", out), ("reused", reused), ("all", revoked)] {
        let remains = row.remains(&login).await?;
        row.equal(what, remains.revoked.is_some(), true);
        row.equal(what, remains.data, "");
    }
    Ok(())
}
