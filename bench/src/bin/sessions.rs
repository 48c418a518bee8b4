//! Measures the memory store with a million live sessions and 100,000 revoked tokens: bytes per
//! entry, and how long a look-up takes. Fails if a look-up of a token that is not revoked takes
//! 200 ns or more.

use std::pin::pin;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use handstamp::clock::{Clock, SystemClock};
use handstamp::store::{
    Admit, AdmitPurpose, MemoryStore, PresentedToken, RevokeToken, Rotate, SessionId, Store,
};
use handstamp_bench::numbered::{DAY, account, id, session, token};
use handstamp_bench::poll::now;

fn main() -> ExitCode {
    let store = MemoryStore::new();
    let empty = resident();
    let start = Instant::now();
    for n in 0..SESSIONS {
        now(store.create(session(n))).expect("memory answers");
    }
    println!(
        "{SESSIONS} log-ins in {:.1} s",
        start.elapsed().as_secs_f64()
    );
    let with_sessions = resident();
    let until = SystemClock::default().now().saturating_add(DAY);
    for n in 0..REVOKED {
        let revoke = RevokeToken::new(account(n), token("revoked", n), until);
        now(store.revoke_token(revoke)).expect("memory answers");
    }
    let with_all = resident();
    println!("| entry | bytes each, resident |\n|---|---:|");
    println!("| session | {} |", (with_sessions - empty) / SESSIONS);
    println!(
        "| revoked token | {} |",
        (with_all - with_sessions) / REVOKED
    );

    println!("\n| look | ns, median of {ROUNDS} rounds |\n|---|---:|");
    let issued_at = SystemClock::default().now();
    let access = || AdmitPurpose::Access { generation: 1 };
    let in_session = |n| {
        let of = Admit::new(account(n), token("access", n), issued_at, access());
        of.in_session(SessionId::from(&*id("session", n)))
    };
    let admit = |admit| drop(now(store.admit(admit)));
    row("a token of a live session", in_session, admit);
    let revoked = |n: usize| {
        Admit::new(
            account(n % REVOKED),
            token("revoked", n % REVOKED),
            issued_at,
            access(),
        )
    };
    row("a revoked token", revoked, admit);
    let none = |n| in_session(n + SESSIONS);
    row("a session that is not there", none, admit);
    let plain = |n| Admit::new(account(n), token("plain", n), issued_at, access());
    let miss = row("a token that is not revoked: a miss", plain, admit);
    let refresh = |n| {
        let session = SessionId::from(&*id("session", n));
        let presented = PresentedToken::new(&session, token("first", n), 1, DAY);
        Rotate::new(account(n), session, presented, DAY)
    };
    row("a refresh, within the window", refresh, |rotate| {
        drop(now(store.rotate(rotate)));
    });

    sweep();

    if miss < 200.0 {
        println!("\na miss takes {miss:.0} ns, under 200: met");
        ExitCode::SUCCESS
    } else {
        println!("\na miss takes {miss:.0} ns, under 200: MISSED");
        ExitCode::FAILURE
    }
}

/// Measures how long other callers wait while ended entries are removed.
fn sweep() {
    let store = MemoryStore::new();
    // Longer than it takes to create them, because each log-in removes some ended entries.
    let idle = Duration::from_secs(5);
    for n in 0..EXPIRED {
        let mut new = session(n);
        new.idle = idle;
        now(store.create(new)).expect("memory answers");
    }
    std::thread::sleep(idle);
    let done = AtomicBool::new(false);
    let issued_at = SystemClock::default().now();
    std::thread::scope(|scope| {
        let request = scope.spawn(|| {
            let mut longest = Duration::ZERO;
            for n in (0..).take_while(|_| !done.load(Ordering::Relaxed)) {
                let purpose = AdmitPurpose::Access { generation: 1 };
                let admit = Admit::new(account(n), token("plain", n), issued_at, purpose);
                let start = Instant::now();
                drop(now(store.admit(admit)));
                longest = longest.max(start.elapsed());
            }
            longest
        });
        let start = Instant::now();
        let mut purge = pin!(store.purge());
        let removed = loop {
            if let Poll::Ready(removed) =
                purge.as_mut().poll(&mut Context::from_waker(Waker::noop()))
            {
                break removed.expect("memory answers");
            }
        };
        let took = start.elapsed();
        done.store(true, Ordering::Relaxed);
        let longest = request.join().expect("no look fails");
        println!(
            "\n{removed} expired sessions removed in {took:.1?}; the longest look meanwhile took {longest:.1?}"
        );
    });
}

/// The arguments are created before the clock runs; they are dropped while it does.
fn row<A>(name: &str, argument: impl Fn(usize) -> A, look: impl Fn(A)) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|round| {
            // The stride is not a divisor: calls that follow each other do not touch adjacent
            // memory.
            let arguments: Vec<A> = (0..LOOKS as usize)
                .map(|n| argument((round * LOOKS as usize + n) * 7_919 % SESSIONS))
                .collect();
            let start = Instant::now();
            arguments.into_iter().for_each(&look);
            start.elapsed().as_secs_f64() * 1e9 / f64::from(LOOKS)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let median = times[ROUNDS / 2];
    println!("| {name} | {median:.0} |");
    median
}

/// Returns the resident memory of this process, in bytes.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux has /proc");
    let pages: usize = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse().ok())
        .expect("the second number of statm");
    pages * 4096
}

const SESSIONS: usize = 1_000_000;
const REVOKED: usize = 100_000;
const EXPIRED: usize = 100_000;
const ROUNDS: usize = 5_001;
/// So few that the arguments are still in the cache, as those of a request are.
const LOOKS: u32 = 50;
