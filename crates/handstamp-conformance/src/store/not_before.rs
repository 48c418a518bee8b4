//! Cases of the not-before of an account, and of `admit` without a session, which it decides.

use std::time::Duration;

use handstamp::clock::UnixTime;
use handstamp::store::{
    AccountId, Admission, Admit, AdmitPurpose, PresentedToken, SessionId, TokenId, UserRevocation,
};

use super::login::{HOUR, Login, OPEN, new_account, revoke_token, revoke_user, unique};
use super::revoke_user::revoke;
use super::row::{Outcome, Row, a_moment};
use super::suite::Suite;

pub(super) fn rows(suite: &mut Suite) {
    suite.row("a token without a session is admitted", without_anything);
    suite.row(
        "a token without a session is admitted whatever happens to the sessions of its account",
        alongside_sessions,
    );
    suite.row(
        "a token without a session is refused if it was issued within 30 seconds of the not-before, or earlier",
        to_the_second,
    );
    suite.row(
        "a revocation of all sessions refuses tokens without a session from before it, and none from after it",
        everything,
    );
    suite.row("a not-before applies to one account", of_one_user);
    suite.row("a not-before never moves back", never_back);
    suite.row("a not-before moves forward", moves_on);
    suite.row("a not-before never lies in the future", never_ahead);
    suite.row(
        "a not-before is kept for the longest of the requested times",
        kept_longest,
    );
    suite.row("a revoked token without a session is refused", revoked);
}

/// How far any two clocks may be apart, in seconds.
const SKEW: u64 = 30;

/// An access and a refresh token without a session.
pub(super) fn tokens(account: &AccountId, issued_at: UnixTime) -> [Admit; 2] {
    let token = || TokenId::from(&*unique("token"));
    let presented = PresentedToken::new(&SessionId::from("none"), token(), 0, OPEN);
    [
        AdmitPurpose::Access { generation: 0 },
        AdmitPurpose::Refresh(presented),
    ]
    .map(|purpose| {
        let token = match &purpose {
            AdmitPurpose::Access { .. } => token(),
            AdmitPurpose::Refresh(presented) => presented.token.clone(),
        };
        Admit::new(account.clone(), token, issued_at, purpose)
    })
}

async fn admits(
    row: &Row,
    what: &str,
    account: &AccountId,
    issued_at: UnixTime,
    expected: Admission,
) -> Outcome {
    for mut token in tokens(account, issued_at) {
        row.admits(what, token.clone(), expected).await?;
        token.touch_after = Some(Duration::ZERO);
        row.admits(what, token, expected).await?;
    }
    Ok(())
}

async fn without_anything(row: Row) -> Outcome {
    let now = row.clock().await?;
    let account = new_account();
    for issued_at in [UnixTime::from_secs(0), now, now.saturating_add(HOUR)] {
        admits(&row, "token", &account, issued_at, Admission::Admitted).await?;
    }
    row.lists("sessions", &account, &[]).await
}

async fn alongside_sessions(row: Row) -> Outcome {
    let login = Login::new();
    let kept = Login::of(&login.account);
    let made = row.log_in(&login).await?;
    row.log_in(&kept).await?;
    row.store().revoke_session(login.revoke()).await?;
    let ended = revoke(&row, &login.account, UserRevocation::AllBut(kept.session)).await?;
    row.equal("ended", ended.len(), 0);
    let (account, at) = (&login.account, made.created_at);
    admits(&row, "token", account, at, Admission::Admitted).await?;
    let ended = revoke(&row, account, UserRevocation::AllBut(login.session.clone())).await?;
    row.equal("ended", ended.len(), 1);
    admits(&row, "token", account, at, Admission::Admitted).await
}

async fn to_the_second(row: Row) -> Outcome {
    let second = row.clock().await?.as_secs() - 100;
    for millis in [0, 1, 500, 999] {
        let account = new_account();
        let not_before = UnixTime::from_millis(second * 1_000 + millis);
        revoke(&row, &account, UserRevocation::Before(not_before)).await?;
        for (issued_at, expected) in [
            (UnixTime::from_secs(0), Admission::Revoked),
            (UnixTime::from_secs(second - 1), Admission::Revoked),
            (UnixTime::from_secs(second), Admission::Revoked),
            (UnixTime::from_secs(second + SKEW - 1), Admission::Revoked),
            (UnixTime::from_secs(second + SKEW), Admission::Revoked),
            (
                UnixTime::from_millis((second + SKEW) * 1_000 + 999),
                Admission::Revoked,
            ),
            (UnixTime::from_secs(second + SKEW + 1), Admission::Admitted),
        ] {
            let what = format!("not-before at {millis} ms, issued at {issued_at:?}");
            admits(&row, &what, &account, issued_at, expected).await?;
        }
    }
    Ok(())
}

async fn everything(row: Row) -> Outcome {
    let account = new_account();
    let before = row.clock().await?;
    revoke(&row, &account, UserRevocation::All).await?;
    let after = row.clock().await?;
    admits(&row, "before", &account, before, Admission::Revoked).await?;
    let later = UnixTime::from_secs(after.as_secs() + SKEW + 1);
    admits(&row, "after", &account, later, Admission::Admitted).await
}

async fn of_one_user(row: Row) -> Outcome {
    let (account, other) = (new_account(), new_account());
    let now = row.clock().await?;
    revoke(&row, &account, UserRevocation::All).await?;
    admits(&row, "the user", &account, now, Admission::Revoked).await?;
    admits(&row, "another", &other, now, Admission::Admitted).await
}

async fn never_back(row: Row) -> Outcome {
    let account = new_account();
    let now = row.clock().await?;
    let ago = |secs| UnixTime::from_secs(now.as_secs() - secs);
    revoke(&row, &account, UserRevocation::Before(ago(60))).await?;
    revoke(&row, &account, UserRevocation::Before(ago(3_600))).await?;
    admits(&row, "between", &account, ago(1_800), Admission::Revoked).await?;
    admits(&row, "after", &account, ago(29), Admission::Admitted).await?;
    revoke(&row, &account, UserRevocation::All).await?;
    revoke(&row, &account, UserRevocation::Before(ago(60))).await?;
    admits(&row, "before all", &account, ago(30), Admission::Revoked).await?;
    revoke(
        &row,
        &account,
        UserRevocation::AllBut(SessionId::from("none")),
    )
    .await?;
    admits(&row, "before all", &account, ago(30), Admission::Revoked).await
}

async fn moves_on(row: Row) -> Outcome {
    let account = new_account();
    let now = row.clock().await?;
    let ago = |secs| UnixTime::from_secs(now.as_secs() - secs);
    for secs in [3_600, 60, 40] {
        revoke(&row, &account, UserRevocation::Before(ago(secs))).await?;
        let at = ago(secs - SKEW);
        admits(&row, "in its tolerance", &account, at, Admission::Revoked).await?;
        let at = ago(secs - SKEW - 1);
        admits(&row, "after", &account, at, Admission::Admitted).await?;
    }
    Ok(())
}

async fn never_ahead(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    a_moment().await;
    let ahead = row.clock().await?.saturating_add(HOUR);
    let ended = revoke(&row, &login.account, UserRevocation::Before(ahead)).await?;
    row.equal("ended", ended, [login.session.clone()].into());
    let after = row.clock().await?;
    let later = UnixTime::from_secs(after.as_secs() + SKEW + 1);
    admits(&row, "token", &login.account, later, Admission::Admitted).await?;
    let next = Login::of(&login.account);
    let made = row.log_in(&next).await?;
    row.holds(
        "a session created after it is not created in the future",
        (made.created_at, ahead),
        |(made, ahead)| made < ahead,
    );
    row.show(&next, 1).await
}

async fn kept_longest(row: Row) -> Outcome {
    let account = new_account();
    let now = row.clock().await?;
    let ago = |secs| UnixTime::from_secs(now.as_secs() - secs);
    let before = |secs, keep| {
        let mut revoke = revoke_user(&account, UserRevocation::Before(ago(secs)));
        revoke.keep = keep;
        revoke
    };
    for (secs, keep) in [
        (60, HOUR),
        (3_600, Duration::from_millis(1)),
        (60, Duration::from_millis(1)),
        (30, Duration::from_millis(1)),
    ] {
        row.revoke_user(before(secs, keep)).await?;
        a_moment().await;
        row.store().purge().await?;
        admits(&row, "before it", &account, ago(60), Admission::Revoked).await?;
    }
    Ok(())
}

async fn revoked(row: Row) -> Outcome {
    let account = new_account();
    let now = row.clock().await?;
    for token in tokens(&account, now) {
        let revoke = revoke_token(&account, &token.token, now.saturating_add(HOUR));
        row.store().revoke_token(revoke).await?;
        row.admits("token", token, Admission::Revoked).await?;
    }
    Ok(())
}
