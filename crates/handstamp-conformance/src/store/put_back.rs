//! Cases of a clock that was ahead of the time and is put back, as NTP does after a start.

use std::time::Duration;

use handstamp::clock::UnixTime;
use handstamp::store::{Admission, EndReason, SessionRow, UserRevocation};

use super::login::Login;
use super::not_before::tokens;
use super::revoke_user::revoke;
use super::row::{Outcome, Row};

/// One revocation of all sessions by the clock that is ahead, then the life of the account by the
/// right one.
pub(super) async fn after(
    row: &Row,
    ahead: Duration,
    put_back: &impl AsyncFn(Duration),
) -> Outcome {
    let former = Login::new();
    let account = &former.account;
    row.log_in(&former).await?;
    revoke(row, account, UserRevocation::All).await?;
    put_back(ahead).await;

    let next = Login::of(account);
    let made = row.log_in(&next).await?;
    let now = row.clock().await?;
    is_of_the_right_clock(row, &made, now);
    row.reads("the next log-in", &next, Some(&made)).await?;
    row.lists("the next log-in alone", account, &[made]).await?;
    let recorded = row.end_revoked(account, EndReason::Revoked).await?;
    row.equal("ended by it", recorded.contains(&next.session), false);
    row.show(&next, 1).await?;
    row.exchange(&next, 1).await?;
    row.is_dead("the former log-in", &former, 1).await?;
    let issued_before = now.saturating_add(ahead.saturating_sub(Duration::from_secs(2)));
    for token in tokens(account, issued_before) {
        let what = "a token without a session, from before the revocation";
        row.admits(what, token, Admission::Revoked).await?;
    }

    for (what, which) in [
        ("log-out everywhere", UserRevocation::All),
        ("revocation of what was made by now", {
            let next = row.clock().await?.saturating_add(Duration::from_secs(10));
            UserRevocation::Before(next)
        }),
    ] {
        let live = Login::of(account);
        row.log_in(&live).await?;
        revoke(row, account, which).await?;
        row.is_dead(what, &live, 1).await?;
        row.is_dead(what, &next, 2).await?;
        row.lists(what, account, &[]).await?;
        let later = Login::of(account);
        let made = row.log_in(&later).await?;
        row.lists(what, account, &[made]).await?;
        row.show(&later, 1).await?;
        row.exchange(&later, 1).await?;
    }
    Ok(())
}

/// The times of a session go into tokens, which every node refuses if they lie in the future.
fn is_of_the_right_clock(row: &Row, made: &SessionRow, now: UnixTime) {
    for (what, at) in [
        ("created_at", made.created_at),
        ("rotated_at", made.rotated_at),
        ("grace_started_at", made.grace_started_at),
        ("last_active", made.last_active),
    ] {
        row.holds(
            &format!("{what} of the next log-in is not in the future"),
            (at, now),
            |(at, now)| at <= now,
        );
    }
}
