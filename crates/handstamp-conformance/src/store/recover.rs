//! Cases of a store that has lost its last writes, and takes them from the token.

use std::time::Duration;

use handstamp::store::rotation::{Continuation, Reuse};
use handstamp::store::{Admission, PresentedToken, Rotation, SessionRow, TokenId};

use super::login::{CLOSED, HOUR, Login, OPEN, unique};
use super::row::{Outcome, Row, a_moment};
use super::suite::Suite;

pub(super) fn rows(suite: &mut Suite) {
    suite.row(
        "a token of a later generation is recovered, within the grace window and after it",
        later_generation,
    );
    suite.row(
        "a generation may be the largest number that JSON represents exactly",
        far_later,
    );
    suite.row("a recovered token is the current one", is_current);
    suite.row(
        "the predecessor of a recovered token is the previous one",
        predecessor,
    );
    suite.row(
        "a recovered token is acknowledged: its late predecessor is a replay",
        late_predecessor,
    );
    suite.row(
        "no idle end is after the end of the lifetime, even after a recovery",
        idle_beyond_life,
    );
    suite.row(
        "a refresh token of a later generation is admitted, and nothing is written",
        admitted,
    );
}

async fn later_generation(row: Row) -> Outcome {
    for grace in [OPEN, CLOSED] {
        for later in [2, 3, 9] {
            let login = Login::new();
            let before = row.log_in(&login).await?;
            a_moment().await;
            let rotate = login.rotate(later, grace);
            let recovered = row.continued(rotate, Continuation::Recovered).await?;
            let expected = taken_over(&before, later, login.token(later), &recovered);
            row.equal("row", &recovered, &expected);
            row.holds(
                "it was recovered later",
                (recovered.rotated_at, before.rotated_at),
                |(now, then)| now > then,
            );
            row.lists("row", &login.account, &[recovered]).await?;
        }
    }
    Ok(())
}

/// Returns the row with the time of `recovered`, which is the store's.
fn taken_over(
    before: &SessionRow,
    generation: u64,
    token: TokenId,
    recovered: &SessionRow,
) -> SessionRow {
    SessionRow {
        generation,
        current: token,
        acknowledged: true,
        rotated_at: recovered.rotated_at,
        grace_started_at: recovered.rotated_at,
        idle_expires: recovered.rotated_at.saturating_add(HOUR),
        ..before.clone()
    }
}

async fn far_later(row: Row) -> Outcome {
    let login = Login::new();
    let before = row.log_in(&login).await?;
    let token = TokenId::from(&*unique("far"));
    let present = |grace| {
        let presented = PresentedToken::new(&login.session, token.clone(), LARGEST - 1, grace);
        login.rotate_presented(presented)
    };
    let recovered = row
        .continued(present(OPEN), Continuation::Recovered)
        .await?;
    let expected = taken_over(&before, LARGEST - 1, token.clone(), &recovered);
    row.equal("row", &recovered, &expected);
    row.lists("row", &login.account, &[recovered]).await?;
    let rotated = row
        .continued(present(CLOSED), Continuation::Rotated)
        .await?;
    row.equal("generation", rotated.generation, LARGEST);
    let successor = token.successor(&login.session);
    row.equal("token", &rotated.current, &successor);
    row.lists("row", &login.account, &[rotated]).await?;
    row.show(&login, LARGEST).await?;
    let shown = row.only(&login.account).await?;
    row.equal("acknowledged", shown.acknowledged, true);
    Ok(())
}

async fn is_current(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    let rotate = login.rotate(5, OPEN);
    let recovered = row.continued(rotate, Continuation::Recovered).await?;
    let debounced = Rotation::Continued(Continuation::Debounced, recovered.clone());
    row.rotates("again", login.rotate(5, OPEN), debounced)
        .await?;
    row.lists("session", &login.account, &[recovered]).await?;
    let rotated = row.exchange(&login, 5).await?;
    row.equal(
        "next",
        (rotated.generation, rotated.current, rotated.acknowledged),
        (6, login.token(6), false),
    );
    Ok(())
}

async fn predecessor(row: Row) -> Outcome {
    let login = Login::new();
    row.log_in(&login).await?;
    let rotate = login.rotate(5, OPEN);
    let recovered = row.continued(rotate, Continuation::Recovered).await?;
    let reissued = Rotation::Continued(Continuation::Reissued, recovered);
    row.rotates("predecessor", login.rotate(4, OPEN), reissued)
        .await
}

async fn late_predecessor(row: Row) -> Outcome {
    for (generation, reuse) in [(4, Reuse::Recent), (3, Reuse::Stale), (1, Reuse::Stale)] {
        let login = Login::new();
        row.log_in(&login).await?;
        let rotate = login.rotate(5, OPEN);
        row.continued(rotate, Continuation::Recovered).await?;
        a_moment().await;
        let rotate = login.rotate(generation, CLOSED);
        row.rotates("former token", rotate, Rotation::Reused(reuse))
            .await?;
        row.is_dead("afterwards", &login, 5).await?;
    }
    Ok(())
}

async fn idle_beyond_life(row: Row) -> Outcome {
    let login = Login::new();
    let mut new = login.new_session();
    new.absolute = 2 * HOUR;
    let made = row.create(new).await?;
    let mut rotate = login.rotate(2, OPEN);
    rotate.idle = Duration::from_secs(u32::MAX.into());
    let recovered = row.continued(rotate, Continuation::Recovered).await?;
    row.equal(
        "idle_expires",
        recovered.idle_expires,
        made.absolute_expires,
    );
    row.lists("row", &login.account, &[recovered]).await
}

async fn admitted(row: Row) -> Outcome {
    let login = Login::new();
    let made = row.log_in(&login).await?;
    for grace in [OPEN, CLOSED] {
        let refresh = login.refresh(7, grace);
        row.admits("refresh token", refresh, Admission::Admitted)
            .await?;
    }
    row.lists("session", &login.account, &[made]).await
}

/// RFC 8259, section 6.
const LARGEST: u64 = (1 << 53) - 1;
