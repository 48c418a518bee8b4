//! Cases of revocations that end more sessions than one step works on, and of the session that they
//! keep.

use std::collections::BTreeSet;

use handstamp::clock::UnixTime;
use handstamp::store::{AccountId, Admission, EndReason, SessionId, UserRevocation};

use super::login::{CLOSED, HOUR, Login, NEW, new_account, revoke_user};
use super::races::together;
use super::revoke_user::revoke;
use super::row::{Failure, Outcome, Row, a_moment};
use super::suite::Suite;

/// One case of many sessions after the other.
pub(super) async fn rows(suite: &mut Suite) {
    suite.row(
        "however many sessions there are, one call ends all of them, and each is returned once",
        |row| one_call(row, None),
    );
    suite.settle().await;
    suite.row(
        "however many sessions there are, one call ends all but one, and each is returned once",
        |row| one_call(row, Some(7)),
    );
    suite.settle().await;
    suite.row(
        "however many sessions there are, a log-in after a revocation is live and counts alone",
        log_in_before_all_are_recorded,
    );
    suite.settle().await;
    suite.row(
        "of many calls at once that record ends, each session is returned once",
        recorded_at_once,
    );
    suite.settle().await;
    suite.row(
        "a session whose end is not recorded yet is not revived by being kept",
        not_recorded_is_not_revived,
    );
    suite.settle().await;
    suite.row(
        "there is no end to record where nothing was revoked",
        nothing_to_record,
    );
    suite.row(
        "the session that was kept is refreshed, changed and revoked like any other",
        kept_is_like_any,
    );
    suite.row(
        "the session that was kept ends with the next revocation that means it",
        kept_ends_later,
    );
    suite.row(
        "the session that was kept stays after a revocation of what was created before it",
        kept_stays,
    );
    suite.row(
        "a session that had ended is not revived by being kept",
        not_revived,
    );
    suite.row(
        "a log-in right after a revocation of all but one is valid, every time",
        log_in_right_after,
    );
}

/// More than any store ends in one step.
const MANY: usize = 300;

async fn log_ins(row: &Row, account: &AccountId) -> Result<Vec<Login>, Failure> {
    let logins: Vec<Login> = (0..MANY).map(|_| Login::of(account)).collect();
    let made = together(logins.iter().cloned().map(|login| {
        let row = row.clone();
        async move { row.log_in(&login).await }
    }))
    .await;
    for made in made {
        made?;
    }
    Ok(logins)
}

fn ids(logins: &[Login]) -> BTreeSet<SessionId> {
    logins.iter().map(|login| login.session.clone()).collect()
}

async fn one_call(row: Row, kept: Option<usize>) -> Outcome {
    let account = new_account();
    let logins = log_ins(&row, &account).await?;
    let mut others = ids(&logins);
    let which = match kept.map(|kept| &logins[kept]) {
        None => UserRevocation::All,
        Some(kept) => {
            others.remove(&kept.session);
            UserRevocation::AllBut(kept.session.clone())
        }
    };
    let revoke = revoke_user(&account, which);
    let first = row.store().revoke_user(revoke).await?;
    row.equal("there are more", first.has_more, true);
    let listed = row.list(&account).await?;
    row.equal("sessions", listed.len(), MANY - others.len());
    for login in [&logins[0], &logins[MANY / 2], &logins[MANY - 1]] {
        row.is_dead("at once", login, 1).await?;
        let revoked = row.store().revoke_session(login.revoke()).await?;
        row.equal("revoked again", revoked, false);
    }
    let mut ended = first.ids;
    ended.extend(row.end_revoked(&account, EndReason::Revoked).await?);
    row.equal("how many were returned", ended.len(), others.len());
    row.equal("which", BTreeSet::from_iter(ended), others);
    if let Some(kept) = kept {
        row.show(&logins[kept], 1).await?;
    }
    Ok(())
}

async fn log_in_before_all_are_recorded(row: Row) -> Outcome {
    let account = new_account();
    log_ins(&row, &account).await?;
    let everything = revoke_user(&account, UserRevocation::All);
    row.store().revoke_user(everything).await?;
    let login = Login::of(&account);
    let mut new = login.new_session();
    new.at_most = Some(1);
    row.create(new).await?;
    row.show(&login, 1).await?;
    let ended = row.end_revoked(&account, EndReason::Revoked).await?;
    row.equal("it has ended", ended.contains(&login.session), false);
    row.show(&login, 1).await
}

async fn recorded_at_once(row: Row) -> Outcome {
    let account = new_account();
    let logins = log_ins(&row, &account).await?;
    let everything = revoke_user(&account, UserRevocation::All);
    let mut ended = row.store().revoke_user(everything).await?.ids;
    let more = together((0..10).map(|_| {
        let (row, account) = (row.clone(), account.clone());
        async move { row.end_revoked(&account, EndReason::Revoked).await }
    }))
    .await;
    for more in more {
        ended.extend(more?);
    }
    ended.extend(row.end_revoked(&account, EndReason::Revoked).await?);
    row.equal("how many were returned", ended.len(), logins.len());
    row.equal("which", BTreeSet::from_iter(ended), ids(&logins));
    Ok(())
}

async fn not_recorded_is_not_revived(row: Row) -> Outcome {
    let account = new_account();
    let logins = log_ins(&row, &account).await?;
    let everything = revoke_user(&account, UserRevocation::All);
    let first = row.store().revoke_user(everything).await?;
    let mut logins = logins.into_iter();
    let Some(ended) = logins.find(|login| !first.ids.contains(&login.session)) else {
        return Err(Failure("the first step recorded all".to_owned()));
    };
    let but_one = UserRevocation::AllBut(ended.session.clone());
    let but_one = revoke_user(&account, but_one);
    row.store().revoke_user(but_one).await?;
    row.is_dead("kept afterwards", &ended, 1).await
}

async fn nothing_to_record(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    for account in [login.account.clone(), new_account()] {
        let ended = row.end_revoked(&account, EndReason::Revoked).await?;
        row.equal("ended", ended, Vec::<SessionId>::new());
    }
    row.show(&login, 1).await
}

/// Logs in twice, and ends all sessions but the first.
async fn one_kept(row: &Row) -> Result<[Login; 2], Failure> {
    let account = new_account();
    let logins = [Login::of(&account), Login::of(&account)];
    for login in &logins {
        row.log_in_kept(login).await?;
        a_moment().await;
    }
    let which = UserRevocation::AllBut(logins[0].session.clone());
    let ended = revoke(row, &account, which).await?;
    row.equal("ended", ended, [logins[1].session.clone()].into());
    Ok(logins)
}

async fn kept_is_like_any(row: Row) -> Outcome {
    let [kept, _] = one_kept(&row).await?;
    let rotated = row.exchange(&kept, 1).await?;
    row.show(&kept, 2).await?;
    let refresh = kept.refresh(2, CLOSED);
    row.admits("refresh token", refresh, Admission::Admitted)
        .await?;
    let listed = row.only(&kept.account).await?;
    row.reads("kept", &kept, Some(&listed)).await?;
    let update = kept.update(&rotated.data, NEW);
    let updated = row.store().update_session(update).await?;
    row.equal("updated", updated.map(|row| row.data), Some(NEW.to_owned()));
    let revoked = row.store().revoke_session(kept.revoke()).await?;
    row.equal("revoked", revoked, true);
    row.is_dead("afterwards", &kept, 2).await
}

async fn kept_ends_later(row: Row) -> Outcome {
    for again in 0..4 {
        let [kept, _] = one_kept(&row).await?;
        let next = Login::of(&kept.account);
        row.log_in(&next).await?;
        let which = match again {
            0 => UserRevocation::All,
            1 => UserRevocation::AllBut(next.session.clone()),
            2 => UserRevocation::AllBut(SessionId::from("none")),
            _ => UserRevocation::Before(row.clock().await?.saturating_add(HOUR)),
        };
        let ended = revoke(&row, &kept.account, which).await?;
        row.equal("it has ended", ended.contains(&kept.session), true);
        row.is_dead("afterwards", &kept, 1).await?;
        if again == 1 {
            row.show(&next, 1).await?;
        }
    }
    Ok(())
}

async fn kept_stays(row: Row) -> Outcome {
    let [kept, _] = one_kept(&row).await?;
    let created_at = row.only(&kept.account).await?.created_at;
    let before = UnixTime::from_millis(created_at.as_millis() - 1);
    let ended = revoke(&row, &kept.account, UserRevocation::Before(before)).await?;
    row.equal("ended", ended, BTreeSet::new());
    row.show(&kept, 1).await?;
    let ended = revoke(&row, &kept.account, UserRevocation::Before(created_at)).await?;
    row.equal("ended", ended, [kept.session.clone()].into());
    row.is_dead("afterwards", &kept, 1).await
}

async fn not_revived(row: Row) -> Outcome {
    let [kept, gone] = one_kept(&row).await?;
    let which = UserRevocation::AllBut(gone.session.clone());
    let ended = revoke(&row, &kept.account, which).await?;
    row.equal("ended", ended, [kept.session.clone()].into());
    row.is_dead("the one that was kept first", &kept, 1).await?;
    row.is_dead("the one that had ended", &gone, 1).await
}

async fn log_in_right_after(row: Row) -> Outcome {
    for _ in 0..10 {
        let login = Login::new();
        row.log_in(&login).await?;
        let which = UserRevocation::AllBut(login.session.clone());
        let revoke = revoke_user(&login.account, which);
        row.store().revoke_user(revoke).await?;
        let next = Login::of(&login.account);
        row.log_in(&next).await?;
        row.show(&next, 1).await?;
        row.show(&login, 1).await?;
    }
    Ok(())
}
