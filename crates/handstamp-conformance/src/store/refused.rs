//! Cases of refresh tokens that `rotate` refuses regardless of their place in the chain.

use std::time::Duration;

use handstamp::store::rotation::Continuation;
use handstamp::store::{Admission, Rotate, Rotation, SessionRow, UserRevocation};

use super::login::{CLOSED, HOUR, Login, OPEN, revoke_token, revoke_user};
use super::row::{Outcome, Row, a_moment};
use super::suite::Suite;

pub(super) fn rows(suite: &mut Suite) {
    suite.row("an unknown session is reported as ended", unknown);
    suite.row(
        "a session of another account is reported as ended, and stays live",
        of_another_user,
    );
    suite.row("a revoked session has ended, whatever the token", revoked);
    suite.row("an expired session has ended, whatever the token", expired);
    suite.row(
        "a session has ended after its idle timeout, within its lifetime",
        idle_too_long,
    );
    suite.row(
        "a session has ended after its lifetime, although it was refreshed",
        life_is_over,
    );
    suite.row(
        "a session from before the not-before of its account has ended, whatever the token",
        before_not_before,
    );
    suite.row(
        "a revoked token is refused, and nothing is written",
        revoked_token,
    );
    suite.row(
        "a revoked token that is replayed is refused, and the session stays live",
        revoked_copy,
    );
    suite.row(
        "a revoked token of an ended session is reported as revoked",
        revoked_token_of_a_dead_session,
    );
    suite.row(
        "a revoked token of a later generation is not recovered",
        revoked_later_token,
    );
}

/// The current, exchanged, later and foreign tokens, within the grace window and after it.
fn any_token(login: &Login) -> Vec<Rotate> {
    let tokens = |grace| {
        let of_the_line = (1..=4).map(move |generation| login.rotate(generation, grace));
        of_the_line.chain([login.rotate_foreign(1, grace)])
    };
    [OPEN, CLOSED].into_iter().flat_map(tokens).collect()
}

/// Every token reports an ended session, and nothing is written.
async fn ended(row: &Row, login: &Login, remains: &SessionRow) -> Outcome {
    for rotate in any_token(login) {
        let what = format!("generation {}", rotate.presented.generation);
        row.rotates(&what, rotate, Rotation::Ended).await?;
    }
    row.equal("what remains", &row.remains(login).await?, remains);
    row.lists("sessions", &login.account, &[]).await
}

async fn unknown(row: Row) -> Outcome {
    let login = Login::new();
    let other = row.log_in(&Login::of(&login.account)).await?;
    for rotate in any_token(&login) {
        row.rotates("token", rotate, Rotation::Ended).await?;
    }
    row.lists("sessions", &login.account, &[other]).await
}

async fn of_another_user(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    let row_is = row.exchange(&login, 1).await?;
    let mut thief = login.clone();
    thief.account = Login::new().account;
    for rotate in any_token(&thief) {
        row.rotates("token", rotate, Rotation::Ended).await?;
    }
    row.lists("the session", &login.account, std::slice::from_ref(&row_is))
        .await?;
    row.lists("the other's", &thief.account, &[]).await?;
    row.exchange(&login, 2).await?;
    Ok(())
}

async fn revoked(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in_kept(&login).await?;
    row.exchange(&login, 1).await?;
    row.exchange(&login, 2).await?;
    row.store().revoke_session(login.revoke()).await?;
    let remains = row.remains(&login).await?;
    ended(&row, &login, &remains).await
}

async fn expired(row: Row) -> Outcome {
    let login = Login::new();
    let expired = row.log_in_and_expire(&login).await?;
    ended(&row, &login, &expired).await
}

async fn idle_too_long(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in_kept(&login).await?;
    row.exchange(&login, 1).await?;
    row.show(&login, 2).await?;
    let mut rotate = login.rotate(2, CLOSED);
    rotate.idle = Duration::from_millis(1);
    let rotated = row.continued(rotate, Continuation::Rotated).await?;
    a_moment().await;
    ended(&row, &login, &rotated).await
}

async fn life_is_over(row: Row) -> Outcome {
    let login = Login::new();
    let mut new = login.new_session();
    new.absolute = Duration::from_millis(100);
    new.keep_until = Some(row.clock().await?.saturating_add(HOUR));
    let made = row.create(new).await?;
    // On a slow machine it has ended already.
    row.store().rotate(login.rotate(1, CLOSED)).await?;
    while row.clock().await? <= made.absolute_expires {
        a_moment().await;
    }
    let remains = row.remains(&login).await?;
    row.equal(
        "absolute_expires",
        remains.absolute_expires,
        made.absolute_expires,
    );
    ended(&row, &login, &remains).await
}

async fn before_not_before(row: Row) -> Outcome {
    let login = Login::new();
    let made = row.log_in_kept(&login).await?;
    row.exchange(&login, 1).await?;
    let which = UserRevocation::Before(made.created_at);
    row.store()
        .revoke_user(revoke_user(&login.account, which))
        .await?;
    let remains = row.remains(&login).await?;
    ended(&row, &login, &remains).await
}

async fn revoked_token(row: Row) -> Outcome {
    for (generation, grace) in [(1, OPEN), (1, CLOSED), (2, OPEN), (2, CLOSED)] {
        let login = Login::new();
        row.log_in(&login).await?;
        row.exchange(&login, 1).await?;
        row.show(&login, 2).await?;
        let row_is = row.only(&login.account).await?;
        revoke(&row, &login, generation).await?;
        a_moment().await;
        for _ in 0..2 {
            let rotate = login.rotate(generation, grace);
            row.rotates("token", rotate, Rotation::Revoked).await?;
        }
        row.lists("session", &login.account, std::slice::from_ref(&row_is))
            .await?;
        // The session itself is still live.
        let other = login.rotate(3 - generation, OPEN);
        let way = match generation {
            1 => Continuation::Debounced,
            _ => Continuation::Reissued,
        };
        let continued = Rotation::Continued(way, row_is);
        row.rotates("the other token", other, continued).await?;
    }
    Ok(())
}

async fn revoked_copy(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    row.exchange(&login, 1).await?;
    let row_is = row.exchange(&login, 2).await?;
    revoke(&row, &login, 1).await?;
    let rotate = login.rotate(1, OPEN);
    row.rotates("copy", rotate, Rotation::Revoked).await?;
    row.lists("session", &login.account, &[row_is]).await?;
    row.exchange(&login, 3).await?;
    Ok(())
}

async fn revoked_token_of_a_dead_session(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    revoke(&row, &login, 1).await?;
    row.store().revoke_session(login.revoke()).await?;
    let rotate = login.rotate(1, OPEN);
    row.rotates("dead session", rotate, Rotation::Revoked)
        .await?;
    let unknown = Login::of(&login.account);
    revoke(&row, &unknown, 1).await?;
    let rotate = unknown.rotate(1, OPEN);
    row.rotates("unknown session", rotate, Rotation::Revoked)
        .await
}

async fn revoked_later_token(row: Row) -> Outcome {
    let login = Login::new();
    let made = row.log_in(&login).await?;
    revoke(&row, &login, 3).await?;
    let rotate = login.rotate(3, OPEN);
    row.rotates("later token", rotate, Rotation::Revoked)
        .await?;
    let refresh = login.refresh(3, OPEN);
    row.admits("later token", refresh, Admission::Revoked)
        .await?;
    row.lists("session", &login.account, &[made]).await
}

/// Revokes the refresh token of this generation for an hour.
async fn revoke(row: &Row, login: &Login, generation: u64) -> Outcome {
    let until = row.clock().await?.saturating_add(HOUR);
    let token = login.token(generation);
    let revoke = revoke_token(&login.account, &token, until);
    row.store().revoke_token(revoke).await?;
    Ok(())
}
