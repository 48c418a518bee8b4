//! Cases of `admit` with a session: each of its rules, and their order.

use std::time::Duration;

use handstamp::clock::UnixTime;
use handstamp::store::{
    Admission, Admit, AdmitPurpose, PresentedToken, SessionRow, TokenId, UserRevocation,
};

use super::login::{CLOSED, HOUR, Login, OPEN, revoke_token, revoke_user, unique};
use super::row::{Outcome, Row, a_moment};
use super::suite::Suite;

pub(super) fn rows(suite: &mut Suite) {
    suite.row("tokens of a live session are admitted", live);
    suite.row(
        "admission writes nothing unless it is asked to",
        writes_nothing,
    );
    suite.row(
        "a revoked token is reported first: its session has ended",
        revoked_and_ended,
    );
    suite.row(
        "a revoked token is reported first: it is a replay",
        revoked_and_reused,
    );
    suite.row("tokens of an unknown session are refused", unknown);
    suite.row(
        "tokens of a session of another account are refused",
        of_another_user,
    );
    suite.row("tokens of a revoked session are refused", revoked);
    suite.row("tokens of an expired session are refused", expired);
    suite.row(
        "a replay in an ended session is reported as an ended session",
        reused_and_ended,
    );
    suite.row(
        "tokens of a session from before the not-before of its account are refused, to the millisecond",
        not_before,
    );
    suite.row(
        "a session is not judged by when its tokens were issued",
        issued_before_not_before,
    );
    suite.row(
        "the previous refresh token is admitted within the grace window",
        previous_within,
    );
    suite.row(
        "the previous refresh token is admitted after the grace window while the current one is not acknowledged",
        previous_unacknowledged,
    );
    suite.row(
        "the previous refresh token after the grace window is a replay once the current one is acknowledged, and nothing is written",
        previous_acknowledged,
    );
    suite.row(
        "any other refresh token is a replay, and nothing is written",
        others,
    );
}

async fn live(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    for generation in 1..=3 {
        for access in 1..=generation + 1 {
            let what = format!("access token of generation {access} in {generation}");
            let access = login.access(access);
            row.admits(&what, access, Admission::Admitted).await?;
        }
        for grace in [OPEN, CLOSED] {
            let what = format!("refresh token of generation {generation}");
            let refresh = login.refresh(generation, grace);
            row.admits(&what, refresh, Admission::Admitted).await?;
        }
        row.exchange(&login, generation).await?;
    }
    Ok(())
}

async fn writes_nothing(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    row.exchange(&login, 1).await?;
    row.show(&login, 2).await?;
    let before = row.only(&login.account).await?;
    a_moment().await;
    for generation in 1..=3 {
        row.show(&login, generation).await?;
    }
    for generation in 1..=2 {
        let refresh = login.refresh(generation, OPEN);
        row.admits("refresh token", refresh, Admission::Admitted)
            .await?;
    }
    row.lists("session", &login.account, &[before]).await
}

async fn revoked_and_ended(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    row.store().revoke_session(login.revoke()).await?;
    let unknown = Login::of(&login.account);
    for login in [login, unknown] {
        for token in [login.access(1), login.refresh(1, OPEN)] {
            revoke(&row, &token).await?;
            row.admits("token", token, Admission::Revoked).await?;
        }
    }
    Ok(())
}

async fn revoked_and_reused(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    row.exchange(&login, 1).await?;
    row.exchange(&login, 2).await?;
    let copy = login.refresh(1, OPEN);
    row.admits("copy", copy.clone(), Admission::Reused).await?;
    revoke(&row, &copy).await?;
    row.admits("revoked copy", copy, Admission::Revoked).await
}

pub(super) async fn revoke(row: &Row, admit: &Admit) -> Outcome {
    let until = row.clock().await?.saturating_add(HOUR);
    let revoke = revoke_token(&admit.account, &admit.token, until);
    row.store().revoke_token(revoke).await?;
    Ok(())
}

async fn unknown(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&Login::of(&login.account)).await?;
    for token in any_token(&login) {
        row.admits("token", token, Admission::SessionEnded).await?;
    }
    Ok(())
}

async fn of_another_user(row: Row) -> Outcome {
    let login = Login::new();
    let made = row.log_in(&login).await?;
    let mut thief = login.clone();
    thief.account = Login::new().account;
    // The same when the other account has a session.
    for _ in 0..2 {
        for token in any_token(&thief) {
            row.admits("token", token, Admission::SessionEnded).await?;
        }
        row.log_in(&Login::of(&thief.account)).await?;
    }
    row.lists("the session", &login.account, &[made]).await
}

async fn revoked(row: Row) -> Outcome {
    let login = Login::new();
    let remains = row.log_in_and_out(&login).await?;
    ended(&row, &login, &remains).await
}

async fn expired(row: Row) -> Outcome {
    let login = Login::new();
    let remains = row.log_in_and_expire(&login).await?;
    ended(&row, &login, &remains).await
}

async fn ended(row: &Row, login: &Login, remains: &SessionRow) -> Outcome {
    for mut token in any_token(login) {
        token.touch_after = Some(CLOSED);
        row.admits("token", token, Admission::SessionEnded).await?;
    }
    row.equal("what remains", &row.remains(login).await?, remains);
    Ok(())
}

async fn reused_and_ended(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    row.exchange(&login, 1).await?;
    row.exchange(&login, 2).await?;
    row.store().revoke_session(login.revoke()).await?;
    for token in any_token(&login) {
        row.admits("token", token, Admission::SessionEnded).await?;
    }
    Ok(())
}

/// Tokens in the chain and others, within the grace window and after it.
fn any_token(login: &Login) -> Vec<Admit> {
    let mut tokens = Vec::new();
    for generation in 1..=4 {
        tokens.push(login.access(generation));
        for grace in [OPEN, CLOSED] {
            tokens.push(login.refresh(generation, grace));
            tokens.push(foreign(login, generation, grace));
        }
    }
    tokens
}

pub(super) fn foreign(login: &Login, generation: u64, grace: Duration) -> Admit {
    let token = TokenId::from(&*unique("foreign"));
    let presented = PresentedToken::new(&login.session, token.clone(), generation, grace);
    login.admit(token, AdmitPurpose::Refresh(presented))
}

async fn not_before(row: Row) -> Outcome {
    let login = Login::new();
    let made = row.log_in_kept(&login).await?;
    for (not_before, expected) in [
        (made.created_at.as_millis() - 1, Admission::Admitted),
        (made.created_at.as_millis(), Admission::SessionEnded),
    ] {
        let which = UserRevocation::Before(UnixTime::from_millis(not_before));
        row.store()
            .revoke_user(revoke_user(&login.account, which))
            .await?;
        for token in [login.access(1), login.refresh(1, OPEN)] {
            row.admits("token", token, expected).await?;
        }
    }
    Ok(())
}

async fn issued_before_not_before(row: Row) -> Outcome {
    let login = Login::new();
    let everything = revoke_user(&login.account, UserRevocation::All);
    row.revoke_user(everything).await?;
    row.log_in(&login).await?;
    for mut token in [login.access(1), login.refresh(1, OPEN)] {
        token.issued_at = UnixTime::from_secs(1_000_000_000);
        row.admits("token", token, Admission::Admitted).await?;
    }
    Ok(())
}

async fn previous_within(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    row.exchange(&login, 1).await?;
    row.show(&login, 2).await?;
    a_moment().await;
    let refresh = login.refresh(1, OPEN);
    row.admits("refresh token", refresh, Admission::Admitted)
        .await
}

async fn previous_unacknowledged(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    row.show(&login, 1).await?;
    row.exchange(&login, 1).await?;
    a_moment().await;
    let refresh = login.refresh(1, CLOSED);
    row.admits("refresh token", refresh, Admission::Admitted)
        .await
}

async fn previous_acknowledged(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    row.exchange(&login, 1).await?;
    row.show(&login, 2).await?;
    a_moment().await;
    copy(&row, &login, login.refresh(1, CLOSED)).await
}

async fn others(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    row.exchange(&login, 1).await?;
    row.exchange(&login, 2).await?;
    copy(&row, &login, login.refresh(1, OPEN)).await?;
    for generation in 0..=3 {
        copy(&row, &login, foreign(&login, generation, OPEN)).await?;
    }
    Ok(())
}

/// Every call reports it, and the session is as before.
async fn copy(row: &Row, login: &Login, mut refresh: Admit) -> Outcome {
    refresh.touch_after = Some(CLOSED);
    let before = row.only(&login.account).await?;
    for _ in 0..2 {
        row.admits("copy", refresh.clone(), Admission::Reused)
            .await?;
    }
    row.lists("session", &login.account, std::slice::from_ref(&before))
        .await?;
    let current = login.refresh(before.generation, OPEN);
    row.admits("current refresh token", current, Admission::Admitted)
        .await
}
