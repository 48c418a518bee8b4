//! Cases of `redeem`.

use std::time::Duration;

use handstamp::clock::UnixTime;
use handstamp::store::{AccountId, Admission, Redeem, Redemption, TokenId, UserRevocation};

use super::login::{HOUR, Login, new_account, revoke_token, revoke_user, unique};
use super::races::together;
use super::row::{Failure, Outcome, Row, a_moment};
use super::suite::Suite;

pub(super) fn rows(suite: &mut Suite) {
    suite.row("a one-time token is redeemed once, by any node", once);
    suite.row(
        "one-time tokens of other ids and other accounts are others",
        others,
    );
    suite.row(
        "that a one-time token was redeemed is kept until it has expired, whatever is purged",
        kept,
    );
    suite.row("an expired one-time token is not redeemed", expired);
    suite.row("a one-time token may live for a thousand years", millennium);
    suite.row("a revoked one-time token is not redeemed", revoked);
    suite.row(
        "a revocation of all sessions revokes one-time tokens that were issued then or before, and none from after it",
        all_revoked,
    );
    suite.row(
        "a revocation before a time revokes one-time tokens that were issued then or before",
        revoked_before,
    );
    suite.row(
        "a revocation of all other sessions revokes no one-time token",
        others_revoked,
    );
    suite.row(
        "a token that was redeemed is not revoked, and a session stays live",
        alongside_sessions,
    );
}

/// One race after the other.
pub(super) async fn races(suite: &mut Suite) {
    suite.row(
        "of two hundred callers at once with a one-time token, one is the first",
        |row| at_once(row, 200),
    );
    suite.settle().await;
    suite.row(
        "of two callers at once with a one-time token, one is the first, a hundred times",
        |row| async move {
            for _ in 0..100 {
                at_once(row.clone(), 2).await?;
            }
            Ok(())
        },
    );
    suite.settle().await;
}

/// A one-time token of this account, issued now, that lives an hour.
async fn token(row: &Row, account: &AccountId) -> Result<Redeem, Failure> {
    let now = row.clock().await?;
    Ok(issued(account, now, now.saturating_add(HOUR)))
}

fn issued(account: &AccountId, issued_at: UnixTime, until: UnixTime) -> Redeem {
    let token = TokenId::from(&*unique("one-time"));
    Redeem::new(account.clone(), token, issued_at, until)
}

async fn redeems(row: &Row, what: &str, redeem: &Redeem, expected: Redemption) -> Outcome {
    let got = row.store().redeem(redeem.clone()).await?;
    row.equal(what, got, expected);
    Ok(())
}

async fn once(row: Row) -> Outcome {
    let token = token(&row, &new_account()).await?;
    redeems(&row, "at first", &token, Redemption::First).await?;
    // Each node is asked.
    for _ in 0..4 {
        redeems(&row, "again", &token, Redemption::Again).await?;
    }
    Ok(())
}

async fn others(row: Row) -> Outcome {
    let account = new_account();
    let one = token(&row, &account).await?;
    let mut of_another = one.clone();
    of_another.account = new_account();
    let mut of_a_type = one.clone();
    of_a_type.account = AccountId::new(Some("admin"), &unique("user"));
    let another = token(&row, &account).await?;
    let all = [one, of_another, of_a_type, another];
    for (expected, what) in [(Redemption::First, "first"), (Redemption::Again, "again")] {
        for token in &all {
            redeems(&row, what, token, expected).await?;
        }
    }
    Ok(())
}

async fn kept(row: Row) -> Outcome {
    let account = new_account();
    let long = token(&row, &account).await?;
    let now = row.clock().await?;
    let short = issued(&account, now, now.saturating_add(Duration::from_millis(20)));
    redeems(&row, "one that lives long", &long, Redemption::First).await?;
    let first = row.store().redeem(short.clone()).await?;
    row.holds("one that lives 20 ms, on a slow machine", first, |first| {
        matches!(first, Redemption::First | Redemption::Expired)
    });
    tokio::time::sleep(Duration::from_millis(30)).await;
    for _ in 0..2 {
        row.store().purge().await?;
        redeems(&row, "after a purge", &long, Redemption::Again).await?;
        redeems(&row, "after its end", &short, Redemption::Expired).await?;
    }
    // An id may come again once the token has expired: nothing is left of it.
    let mut anew = short.clone();
    anew.until = long.until;
    redeems(&row, "its id, anew", &anew, Redemption::First).await
}

async fn expired(row: Row) -> Outcome {
    let now = row.clock().await?;
    for until in [
        now,
        UnixTime::from_secs(now.as_secs() - 60),
        UnixTime::from_secs(0),
    ] {
        let token = issued(&new_account(), now, until);
        for _ in 0..2 {
            redeems(&row, "expired", &token, Redemption::Expired).await?;
        }
    }
    Ok(())
}

async fn millennium(row: Row) -> Outcome {
    let now = row.clock().await?;
    let until = UnixTime::from_secs(now.as_secs() + 1_000 * 365 * 86_400);
    let token = issued(&new_account(), now, until);
    redeems(&row, "at first", &token, Redemption::First).await?;
    row.store().purge().await?;
    redeems(&row, "again", &token, Redemption::Again).await
}

async fn revoked(row: Row) -> Outcome {
    let account = new_account();
    let before = token(&row, &account).await?;
    let after = token(&row, &account).await?;
    redeems(&row, "redeemed before", &after, Redemption::First).await?;
    for token in [&before, &after] {
        let revoke = revoke_token(&account, &token.token, token.until);
        row.store().revoke_token(revoke).await?;
    }
    for token in [&before, &after] {
        redeems(&row, "revoked", token, Redemption::Revoked).await?;
    }
    let other = token(&row, &account).await?;
    redeems(&row, "another", &other, Redemption::First).await?;
    let mut of_another = before;
    of_another.account = new_account();
    redeems(&row, "of another account", &of_another, Redemption::First).await
}

async fn all_revoked(row: Row) -> Outcome {
    let account = new_account();
    let before = token(&row, &account).await?;
    let of_another = token(&row, &new_account()).await?;
    row.revoke_user(revoke_user(&account, UserRevocation::All))
        .await?;
    a_moment().await;
    redeems(&row, "from before", &before, Redemption::Revoked).await?;
    // To the millisecond: no user waits for a second mail.
    let after = token(&row, &account).await?;
    redeems(&row, "from after it", &after, Redemption::First).await?;
    redeems(&row, "from after it", &after, Redemption::Again).await?;
    redeems(&row, "of another", &of_another, Redemption::First).await
}

async fn revoked_before(row: Row) -> Outcome {
    let account = new_account();
    let now = row.clock().await?;
    let before = UserRevocation::Before(now);
    row.revoke_user(revoke_user(&account, before)).await?;
    let millisecond = Duration::from_millis(1);
    let until = now.saturating_add(HOUR);
    let earlier = UnixTime::from_millis(now.as_millis() - 1);
    for (what, at, expected) in [
        ("earlier", earlier, Redemption::Revoked),
        ("then", now, Redemption::Revoked),
        ("later", now.saturating_add(millisecond), Redemption::First),
    ] {
        redeems(&row, what, &issued(&account, at, until), expected).await?;
    }
    Ok(())
}

async fn others_revoked(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    let token = token(&row, &login.account).await?;
    let others = UserRevocation::AllBut(login.session.clone());
    row.revoke_user(revoke_user(&login.account, others)).await?;
    redeems(&row, "one-time token", &token, Redemption::First).await
}

async fn alongside_sessions(row: Row) -> Outcome {
    let login = Login::new();
    let made = row.log_in(&login).await?;
    let mut token = token(&row, &login.account).await?;
    let access = login.access(1);
    token.token = access.token.clone();
    redeems(&row, "one-time token", &token, Redemption::First).await?;
    row.admits("access token of its id", access, Admission::Admitted)
        .await?;
    row.lists("session", &login.account, &[made]).await
}

async fn at_once(row: Row, count: usize) -> Outcome {
    let token = token(&row, &new_account()).await?;
    let redeem = |_| {
        let (row, token) = (row.clone(), token.clone());
        async move { row.store().redeem(token).await }
    };
    let mut answers = Vec::new();
    for answer in together((0..count).map(redeem)).await {
        answers.push(answer?);
    }
    let firsts = |first| answers.iter().filter(|answer| **answer == first).count();
    row.equal("first", firsts(Redemption::First), 1);
    row.equal("again", firsts(Redemption::Again), count - 1);
    Ok(())
}
