//! Cases of `create`.

use std::time::Duration;

use handstamp::clock::{Clock as _, SystemClock, UnixTime};
use handstamp::store::{Admission, Created, SessionRow, TokenId, UserRevocation};

use super::login::{DAY, HOUR, Login, revoke_user, unique};
use super::races::together;
use super::row::{Outcome, Row};
use super::suite::Suite;

pub(super) fn rows(suite: &mut Suite) {
    suite.row("a new session is as requested", as_asked_for);
    suite.row("a new session has times of the store's clock", times);
    suite.row(
        "a session whose idle timeout exceeds its lifetime ends with its lifetime",
        idle_beyond_life,
    );
    suite.row("a session may last a thousand years", millennium);
    suite.row(
        "a second session with the same id is the first one, and nothing is written: live",
        second_while_live,
    );
    suite.row(
        "a second session with the same id is the first one, and nothing is written: rotated",
        second_after_rotation,
    );
    suite.row(
        "a second session with the same id is the first one, and nothing is written: revoked",
        second_after_revocation,
    );
    suite.row(
        "a second session with the same id is the first one, and nothing is written: expired",
        second_after_expiry,
    );
    suite.row(
        "a second session with the same id is the first one, and nothing is written: before the not-before of its account",
        second_before_not_before,
    );
    suite.row(
        "of many sessions with one id at once, one is new",
        many_at_once,
    );
    suite.row(
        "a session with the id of another account's session leaves that one unchanged",
        id_of_another_user,
    );
    suite.row(
        "a log-in right after a revocation of all sessions is valid, every time",
        right_after_log_out_everywhere,
    );
}

async fn as_asked_for(row: Row) -> Outcome {
    let login = Login::new();
    let mut new = login.new_session();
    let data = r#"{"label":"phone"}"#.to_owned();
    new.data.clone_from(&data);
    let made = row.create(new).await?;
    let now = made.created_at;
    let expected = SessionRow {
        id: login.session.clone(),
        account: login.account.clone(),
        generation: 1,
        current: login.token(1),
        acknowledged: true,
        rotated_at: now,
        grace_started_at: now,
        late_generation: 0,
        late_in_a_row: 0,
        created_at: now,
        last_active: now,
        idle_expires: now.saturating_add(HOUR),
        absolute_expires: now.saturating_add(DAY),
        data,
        revoked: None,
    };
    row.equal("row", &made, &expected);
    row.lists("row", &login.account, &[expected]).await
}

async fn times(row: Row) -> Outcome {
    let first = row.clock().await?;
    let second = row.clock().await?;
    row.holds("time advances", (first, second), |(first, second)| {
        first <= second
    });
    // The clock of a server may be wrong; one that counts in other units is wrong by years.
    let here = SystemClock::default().now();
    row.holds(
        "the clock of the store is right to the day",
        (first, here),
        |_| first.saturating_since(here) < DAY && here.saturating_since(first) < DAY,
    );
    row.equal(
        "whole milliseconds",
        first,
        UnixTime::from_millis(first.as_millis()),
    );
    Ok(())
}

async fn idle_beyond_life(row: Row) -> Outcome {
    let login = Login::new();
    let mut new = login.new_session();
    (new.idle, new.absolute) = (DAY, HOUR);
    let made = row.create(new).await?;
    let end = made.created_at.saturating_add(HOUR);
    row.equal("absolute_expires", made.absolute_expires, end);
    row.equal("idle_expires", made.idle_expires, end);
    row.lists("row", &login.account, &[made]).await
}

async fn millennium(row: Row) -> Outcome {
    let millennium = Duration::from_secs(1_000 * 365 * 86_400);
    let login = Login::new();
    let mut new = login.new_session();
    (new.idle, new.absolute) = (millennium, millennium);
    let made = row.create(new).await?;
    let end = made.created_at.saturating_add(millennium);
    row.equal("ends_at", made.ends_at(), end);
    row.show(&login, 1).await?;
    row.exchange(&login, 1).await?;
    let now = row.only(&login.account).await?;
    row.equal("absolute_expires", now.absolute_expires, end);
    Ok(())
}

async fn second_while_live(row: Row) -> Outcome {
    let login = Login::new();
    let made = row.log_in(&login).await?;
    second(&row, &login, &made).await?;
    row.lists("the first", &login.account, &[made]).await?;
    row.show(&login, 1).await?;
    row.exchange(&login, 1).await?;
    Ok(())
}

async fn second_after_rotation(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    let rotated = row.exchange(&login, 1).await?;
    second(&row, &login, &rotated).await?;
    row.lists("the first", &login.account, &[rotated]).await
}

async fn second_after_revocation(row: Row) -> Outcome {
    let login = Login::new();
    let revoked = row.log_in_and_out(&login).await?;
    second(&row, &login, &revoked).await?;
    row.is_dead("afterwards", &login, 1).await
}

async fn second_after_expiry(row: Row) -> Outcome {
    let login = Login::new();
    let expired = row.log_in_and_expire(&login).await?;
    second(&row, &login, &expired).await?;
    row.is_dead("afterwards", &login, 1).await
}

async fn second_before_not_before(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in_kept(&login).await?;
    let everything = revoke_user(&login.account, UserRevocation::All);
    row.revoke_user(everything).await?;
    let revoked = row.remains(&login).await?;
    second(&row, &login, &revoked).await?;
    row.is_dead("afterwards", &login, 1).await
}

/// Creates a session with other values, and gets `first`, on both nodes.
async fn second(row: &Row, login: &Login, first: &SessionRow) -> Outcome {
    for _ in 0..2 {
        let mut new = login.new_session();
        new.token = TokenId::from(&*unique("second"));
        new.data = format!("not {}", first.data);
        (new.idle, new.absolute) = (2 * HOUR, 2 * DAY);
        let got = match row.store().create(new).await? {
            Created::New { row, .. } => ("new", row),
            Created::AlreadyExists(row) => ("existing", row),
        };
        row.equal("second session", got, ("existing", first.clone()));
    }
    Ok(())
}

async fn many_at_once(row: Row) -> Outcome {
    let login = Login::new();
    let created = together((0..50).map(|n| {
        let (row, mut new) = (row.clone(), login.new_session());
        new.token = TokenId::from(&*unique("token"));
        new.data = format!("session {n}");
        async move { row.store().create(new).await }
    }))
    .await;
    let (mut new, mut existing) = (Vec::new(), Vec::new());
    for created in created {
        match created? {
            Created::New { row, .. } => new.push(row),
            Created::AlreadyExists(row) => existing.push(row),
        }
    }
    row.equal("new ones", new.len(), 1);
    for found in existing {
        row.equal("what the others found", Some(&found), new.first());
    }
    row.lists("the new one", &login.account, &new).await
}

/// The other account gets a session or none: stores differ, and ids are random.
async fn id_of_another_user(row: Row) -> Outcome {
    let login = Login::new();
    let other = Login::with(&Login::new().account, login.session.clone());
    let made = row.log_in(&login).await?;
    row.store().create(other.new_session()).await?;
    row.lists("the first", &login.account, std::slice::from_ref(&made))
        .await?;
    row.store().revoke_session(other.revoke()).await?;
    let everything = revoke_user(&other.account, UserRevocation::All);
    row.revoke_user(everything).await?;
    row.lists("the first", &login.account, &[made]).await
}

async fn right_after_log_out_everywhere(row: Row) -> Outcome {
    let account = Login::new().account;
    let mut former = None;
    for _ in 0..30 {
        let everything = revoke_user(&account, UserRevocation::All);
        row.revoke_user(everything).await?;
        let login = Login::of(&account);
        let made = row.log_in(&login).await?;
        row.show(&login, 1).await?;
        row.lists("the new one alone", &account, &[made]).await?;
        if let Some(former) = former.replace(login) {
            let access = Login::access(&former, 1);
            row.admits("the former", access, Admission::SessionEnded)
                .await?;
        }
    }
    Ok(())
}
