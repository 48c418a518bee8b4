//! `update_session`.

use handstamp::store::{SessionRow, UserRevocation};

use super::login::{CLOSED, FIRST, Login, NEW, revoke_user};
use super::row::{Outcome, Row};
use super::suite::Suite;

pub(super) fn rows(suite: &mut Suite) {
    suite.row("an unknown session is not updated", unknown);
    suite.row(
        "a session of another account is not updated",
        of_another_account,
    );
    suite.row("an update replaces the data, and nothing else", data_alone);
    suite.row(
        "of two updates from one reading the second changes nothing",
        from_one_reading,
    );
    suite.row(
        "an update whose answer was lost is repeated without harm",
        repeated,
    );
    suite.row(
        "of updates from one reading at once one succeeds",
        at_once_from_one_reading,
    );
    suite.row("data of any characters comes back as it was", any_data);
    suite.row("an update outlives a rotation", outlives_a_rotation);
    suite.row("a session that was revoked is not updated", revoked);
    suite.row("a session that has expired is not updated", expired);
    suite.row(
        "a session from before the not-before of its account is not updated",
        before_not_before,
    );
    suite.row(
        "of an update and a rotation at once neither is lost",
        at_once_with_a_rotation,
    );
}

async fn unknown(row: Row) -> Outcome {
    let login = Login::new();
    row.updates("of an unknown account", &login, None).await?;
    let other = Login::of(&login.account);
    let made = row.log_in(&other).await?;
    row.updates("of an account with another session", &login, None)
        .await?;
    row.reads("the other", &other, Some(&made)).await
}

async fn of_another_account(row: Row) -> Outcome {
    let login = Login::new();
    let made = row.log_in(&login).await?;
    let mut thief = login.clone();
    thief.account = Login::new().account;
    row.log_in(&Login::of(&thief.account)).await?;
    row.updates("by another account", &thief, None).await?;
    row.reads("by its own account", &login, Some(&made)).await
}

async fn data_alone(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    let rotated = row.exchange(&login, 1).await?;
    let expected = with(NEW, &rotated);
    row.updates("once", &login, Some(&expected)).await?;
    row.reads("afterwards", &login, Some(&expected)).await?;
    row.lists("afterwards", &login.account, &[expected]).await
}

async fn from_one_reading(row: Row) -> Outcome {
    let login = Login::new();
    let made = row.log_in(&login).await?;
    let expected = with(NEW, &made);
    row.updates("the first", &login, Some(&expected)).await?;
    for (what, read, data) in [
        ("with the same reading", FIRST, "older data"),
        ("with a reading of another case", "NEW DATA", "older data"),
        ("with a longer reading", "new data ", "older data"),
        ("with what another wrote", "older data", FIRST),
    ] {
        let got = row.store().update_session(login.update(read, data)).await?;
        row.equal(what, got.as_ref(), Some(&expected));
        row.reads(what, &login, Some(&expected)).await?;
    }
    let next = row
        .store()
        .update_session(login.update(NEW, "next"))
        .await?;
    row.equal("with the newer reading", next, Some(with("next", &made)));
    Ok(())
}

async fn repeated(row: Row) -> Outcome {
    let login = Login::new();
    let made = row.log_in(&login).await?;
    let expected = with(NEW, &made);
    row.updates("once", &login, Some(&expected)).await?;
    row.updates("again", &login, Some(&expected)).await?;
    row.reads("afterwards", &login, Some(&expected)).await
}

async fn at_once_from_one_reading(row: Row) -> Outcome {
    for _ in 0..20 {
        let login = Login::new();
        row.log_in(&login).await?;
        let (store, other) = (row.store(), row.store());
        let (one, two) = tokio::join!(
            store.update_session(login.update(FIRST, "one")),
            other.update_session(login.update(FIRST, "two")),
        );
        let after = row.only(&login.account).await?;
        for (name, answer) in [("one", one?), ("two", two?)] {
            row.equal(name, answer.as_ref(), Some(&after));
        }
        row.equal("one of them", ["one", "two"].contains(&&*after.data), true);
    }
    Ok(())
}

async fn any_data(row: Row) -> Outcome {
    let login = Login::new();
    let mut made = row.log_in(&login).await?;
    let long = "x".repeat(16 * 1024);
    for data in ["", "\"'\\%$1?\n\r\t", "日本語 \u{1f600} \u{85}", &long] {
        let update = login.update(&made.data, data);
        made = with(data, &made);
        let updated = row.store().update_session(update).await?;
        row.equal("updated", updated.as_ref(), Some(&made));
        row.reads("read", &login, Some(&made)).await?;
    }
    Ok(())
}

async fn outlives_a_rotation(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    row.store().update_session(login.update(FIRST, NEW)).await?;
    let rotated = row.exchange(&login, 1).await?;
    row.equal("rotated", &*rotated.data, NEW);
    row.reads("rotated", &login, Some(&rotated)).await
}

async fn revoked(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in_and_out(&login).await?;
    row.updates("revoked alone", &login, None).await?;
    let login = Login::new();
    row.log_in_kept(&login).await?;
    let everything = revoke_user(&login.account, UserRevocation::All);
    row.revoke_user(everything).await?;
    row.updates("revoked with all others", &login, None).await?;
    row.is_dead("after the update", &login, 1).await
}

async fn expired(row: Row) -> Outcome {
    let login = Login::new();
    let made = row.log_in_and_expire(&login).await?;
    row.updates("expired", &login, None).await?;
    row.equal("what remains", row.remains(&login).await?, made);
    Ok(())
}

async fn before_not_before(row: Row) -> Outcome {
    let login = Login::new();
    let made = row.log_in_kept(&login).await?;
    let which = UserRevocation::Before(made.created_at);
    let revoke = revoke_user(&login.account, which);
    row.revoke_user(revoke).await?;
    row.updates("before the not-before", &login, None).await
}

async fn at_once_with_a_rotation(row: Row) -> Outcome {
    for _ in 0..20 {
        let login = Login::new();
        row.log_in(&login).await?;
        let (store, other) = (row.store(), row.store());
        let (rotation, updated) = tokio::join!(
            store.rotate(login.rotate(1, CLOSED)),
            other.update_session(login.update(FIRST, NEW)),
        );
        rotation?;
        row.equal("updated", updated?.map(|row| row.data), Some(NEW.into()));
        let after = row.only(&login.account).await?;
        row.equal("both", (&*after.data, after.generation), (NEW, 2));
    }
    Ok(())
}

fn with(data: &str, row: &SessionRow) -> SessionRow {
    let mut row = row.clone();
    data.clone_into(&mut row.data);
    row
}
