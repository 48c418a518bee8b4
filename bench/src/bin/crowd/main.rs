//! Measures what an account with 400,000 sessions costs others, on each store: how long its own
//! calls take, the longest step of Redis by its own log, and how long the requests of another user
//! take while it lists its sessions, logs in and revokes without pause.
//!
//! Ends with status 1 if a step of Redis takes longer than 10 ms, or if the 99th percentile of the
//! other user's requests more than doubles; panics if an answer is wrong. Arguments are the stores
//! to measure; without any, all four.

mod other;
mod stores;

use std::env;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use handstamp::session::ClientInfo;
use handstamp::store::{
    AccountId, EndExcess, EndReason, EndRevoked, ListSessions, RevokeUser, Store, UserRevocation,
};
use handstamp::{Auth, Config, Location};
use other::Other;
use stores::Crowded;

#[tokio::main]
async fn main() -> ExitCode {
    let chosen: Vec<String> = env::args().skip(1).collect();
    let mut all_met = true;
    for name in stores::NAMES {
        if chosen.is_empty() || chosen.iter().any(|store| store == name) {
            all_met &= measure(name).await;
        }
    }
    if all_met {
        println!("\nmet");
        ExitCode::SUCCESS
    } else {
        println!("\nMISSED");
        ExitCode::FAILURE
    }
}

/// Prints a table, and returns whether the targets are met.
async fn measure(name: &str) -> bool {
    let crowded = Crowded::start(name).await;
    let config = Config::builder()
        .secret_key([7; 32].as_slice())
        .token_locations([Location::Headers])
        // So that each refresh is a rotation.
        .refresh_grace(Duration::ZERO)
        .build();
    let auth = Auth::builder(config.expect("a configuration")).store(Arc::clone(&crowded.store));
    let auth = auth.build().expect("an Auth");
    crowded.fill("few", 0..AT_MOST).await;
    crowded.fill("crowd", 0..MANY).await;
    crowded.fill("everyone", 0..MANY).await;
    crowded.analyze().await;
    let mut other = Other::log_in("other", &auth).await;

    println!("\n| {name} | median, ms | p99, ms |\n|---|---:|---:|");
    let mut is_met = requests_of_the_other(&crowded, &auth, &mut other).await;
    small_calls(&crowded, &auth).await;
    end_the_others(&crowded, &auth, &mut other).await;
    end_all(&auth, &mut other).await;
    purge(&auth, &mut other).await;
    if let Some(longest) = crowded.longest_step().await {
        println!("| longest step, by SLOWLOG | | {:.2} |", millis(longest));
        is_met &= longest <= LONGEST_STEP;
    }
    is_met
}

/// Measures the requests of the other user: alone, next to another user like it, and next to an
/// account that works without pause and has as many sessions as it may have, or far too many.
/// Returns whether the last is at most double the first.
async fn requests_of_the_other(crowded: &Crowded, auth: &Auth, other: &mut Other) -> bool {
    let [
        mut alone,
        mut next_to_another,
        mut next_to_few,
        mut next_to_many,
    ] = [const { Vec::new() }; 4];
    let mut another = Other::log_in("another", auth).await;
    let mut filled = MANY;
    // In turns, so that what disturbs one disturbs all.
    for _ in 0..ROUNDS {
        for _ in 0..REQUESTS {
            alone.push(other.request(auth).await);
        }
        let (times, back) = other.next_to_another(another, auth).await;
        next_to_another.extend(times);
        another = back;
        next_to_few.extend(other.next_to("few", auth).await.0);
        let (times, log_ins) = other.next_to("crowd", auth).await;
        next_to_many.extend(times);
        // Each log-in ended 16 others, and the new session was revoked.
        let missing = filled..filled + 16 * log_ins;
        filled = missing.end;
        crowded.fill("crowd", missing).await;
    }
    let alone = row("other user, alone", alone);
    let next_to_another = row("other user, next to one like it", next_to_another);
    let next_to_few = row("other user, next to 100", next_to_few);
    let next_to_many = row("other user, next to 400,000", next_to_many);
    let ratio = |to: Duration| next_to_many.as_secs_f64() / to.as_secs_f64();
    println!("| ratio to alone | | {:.2} |", ratio(alone));
    println!(
        "| ratio to next to one like it | | {:.2} |",
        ratio(next_to_another)
    );
    println!("| ratio to next to 100 | | {:.2} |", ratio(next_to_few));
    ratio(alone) <= 2.0
}

/// Measures what the account itself waits for, and the steps of a purge.
async fn small_calls(crowded: &Crowded, auth: &Auth) {
    let store = &crowded.store;
    let [mut lists, mut log_ins, mut excess, mut searches] = [const { Vec::new() }; 4];
    for _ in 0..CALLS {
        // `Auth::sessions` waits for the turn of its user.
        let list = ListSessions::new(account("crowd"), AT_MOST);
        let (listed, took) = timed(async { store.list(list).await }).await;
        let listed = listed.expect("an answer");
        assert!(listed.rows.len() == AT_MOST && listed.has_more);
        lists.push(took);
        let (tokens, took) = timed(auth.log_in("crowd", ClientInfo::new())).await;
        drop(tokens.expect("an answer"));
        log_ins.push(took);
        let end = EndExcess::new(account("crowd"), AT_MOST);
        let (ended, took) = timed(async { store.end_excess(end).await }).await;
        assert_eq!(ended.expect("an answer").len(), 16);
        excess.push(took);
    }
    for _ in 0..SEARCHES {
        let (found, took) = timed(async { store.crowded_accounts(AT_MOST).await }).await;
        assert!(found.expect("an answer").contains(&account("crowd")));
        searches.push(took);
    }
    row("list", lists);
    row("log-in that ends 16", log_ins);
    row("purge: end 16 of too many", excess);
    row("purge: search for such accounts", searches);
}

/// Measures each step that ends all sessions but one, as `Auth::revoke_other_sessions` takes them.
async fn end_the_others(crowded: &Crowded, auth: &Auth, other: &mut Other) {
    let kept = auth.sessions("crowd").await.expect("an answer")[0]
        .id()
        .clone();
    let store = Arc::clone(&crowded.store);
    let which = UserRevocation::AllBut(kept);
    let work = tokio::spawn(async move {
        let revoke = RevokeUser::new(account("crowd"), which, EndReason::Revoked, DAY);
        let (ended, first) = timed(async { store.revoke_user(revoke).await }).await;
        let mut ended = ended.expect("an answer");
        let mut count = ended.ids.len();
        let mut steps = Vec::new();
        while ended.has_more {
            let end = EndRevoked::new(account("crowd"), EndReason::Revoked);
            let (answer, took) = timed(async { store.end_revoked(end).await }).await;
            ended = answer.expect("an answer");
            count += ended.ids.len();
            steps.push(took);
        }
        (first, steps, count)
    });
    let ((first, steps, count), times) = other.during(work, auth).await;
    // A log-in ended 16 and added one, a step of a purge ended 16.
    assert_eq!(count, MANY - CALLS * (16 - 1 + 16) - 1);
    row("end the others: not-before", vec![first]);
    row("end the others: a step", steps);
    row("other user meanwhile", times);
    let left = auth.sessions("crowd").await.expect("an answer");
    assert!(left.len() == 1 && !left.has_more());
}

async fn end_all(auth: &Auth, other: &mut Other) {
    let work = auth.clone();
    let work = tokio::spawn(async move { timed(work.revoke_all_sessions("everyone")).await });
    let ((ended, took), times) = other.during(work, auth).await;
    assert_eq!(ended.expect("an answer"), MANY);
    row("end all, 400,000", vec![took]);
    row("other user meanwhile", times);
    let left = auth.sessions("everyone").await.expect("an answer");
    assert!(left.is_empty() && !left.has_more());
}

/// Removes the rows of all that have ended.
async fn purge(auth: &Auth, other: &mut Other) {
    // Sessions that were revoked are kept for a minute.
    tokio::time::sleep(Duration::from_secs(61)).await;
    let work = auth.clone();
    let work = tokio::spawn(async move { timed(work.purge_sessions()).await });
    let ((removed, took), times) = other.during(work, auth).await;
    let removed = removed.expect("an answer");
    row(&format!("purge, {removed} entries"), vec![took]);
    row("other user meanwhile", times);
}

/// Prints a row, and returns the 99th percentile.
fn row(name: &str, mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    let [median, late] = [50, 99].map(|percent| times[times.len() * percent / 100]);
    println!("| {name} | {:.3} | {:.3} |", millis(median), millis(late));
    late
}

/// Measures a future that has not begun. Those of `MemoryStore` have, so they are wrapped.
async fn timed<T>(task: impl Future<Output = T>) -> (T, Duration) {
    let start = Instant::now();
    let answer = task.await;
    (answer, start.elapsed())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn account(user: &str) -> AccountId {
    AccountId::new(None, user)
}

const MANY: usize = 400_000;
/// As many as an account may have by default.
const AT_MOST: usize = 100;
const LONGEST_STEP: Duration = Duration::from_millis(10);
const ROUNDS: usize = 30;
const REQUESTS: usize = 100;
const CALLS: usize = 100;
const SEARCHES: usize = 5;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
