//! A thousand tabs of one session that refresh at one moment, on two threads, after their access
//! token has expired.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use handstamp::clock::{Clock, SystemClock, UnixTime};
use handstamp::session::{ClientInfo, EventKind};
use handstamp::store::MemoryStore;
use handstamp::{Auth, Require, minutes};
use handstamp_bench::facts::{ORIGIN, SUBJECT};
use handstamp_bench::ours::{config, new_token};
use handstamp_bench::poll::now;
use handstamp_bench::refreshing::refresh_cookies;
use handstamp_bench::request::{post, request};
use handstamp_tower::{Head, append_cookies};
use http::{Request, Response};

use super::median;

pub fn measure() {
    let storms: Vec<Outcome> = (0..STORMS).map(|_| storm()).collect();
    let mut tabs: Vec<Duration> = storms.iter().flat_map(|storm| storm.tabs.clone()).collect();
    tabs.sort_unstable();
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    let whole = median(storms.iter().map(|storm| storm.whole).collect(), Ord::cmp);
    let rotations: Vec<u64> = storms.iter().map(|storm| storm.rotations).collect();
    println!(
        "| {TABS} tabs refresh at once, {STORMS} times | |\n|---|---:|\n\
         | until all have tokens, median | {:.1} ms |\n\
         | the longest storm | {:.1} ms |\n\
         | one tab, median | {:.1} µs |\n\
         | one tab, p99 | {:.1} µs |\n\
         | one tab, longest | {:.0} µs |\n\
         | rotations in each storm | {} to {} |\n\
         | tabs that were rejected | 0 |",
        micros(whole) / 1e3,
        micros(
            storms
                .iter()
                .map(|storm| storm.whole)
                .max()
                .unwrap_or_default()
        ) / 1e3,
        micros(tabs[tabs.len() / 2]),
        micros(tabs[tabs.len() * 99 / 100]),
        micros(tabs[tabs.len() - 1]),
        rotations.iter().min().unwrap_or(&0),
        rotations.iter().max().unwrap_or(&0),
    );
}

struct Outcome {
    /// From the start of the first tab to the end of the last.
    whole: Duration,
    tabs: Vec<Duration>,
    rotations: u64,
}

/// # Panics
/// Panics if a tab is rejected, gets another refresh token than the others, or gets an access
/// token that does not hold.
fn storm() -> Outcome {
    let clock = Moved::default();
    let rotations = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&rotations);
    let auth = Auth::builder(
        config()
            .public_origin(ORIGIN)
            .build()
            .expect("a configuration"),
    )
    .store(MemoryStore::with_clock(clock.clone()))
    .with_clock(clock.clone())
    .on_session_event(move |event| {
        if event.kind == EventKind::Rotated {
            counted.fetch_add(1, Ordering::Relaxed);
        }
    });
    let auth: Auth = auth.build().expect("an Auth");
    let tokens = now(auth.log_in(new_token(SUBJECT), ClientInfo::new())).expect("an answer");
    accept(&auth, tokens.access().as_str());
    clock.advance(minutes(61));

    let request = post(
        &refresh_cookies(&tokens),
        tokens.csrf().expect("cookies are guarded"),
    );
    let start = Barrier::new(THREADS);
    let begun = Instant::now();
    let answers = thread::scope(|scope| {
        let threads = [(); THREADS].map(|()| {
            scope.spawn(|| {
                start.wait();
                (0..TABS / THREADS)
                    .map(|_| tab(&auth, &request))
                    .collect::<Vec<Tab>>()
            })
        });
        threads
            .map(|thread| thread.join().expect("no tab is rejected"))
            .concat()
    });
    let first = answers.iter().map(|tab| tab.began).min().unwrap_or(begun);
    let last = answers.iter().map(|tab| tab.ended).max().unwrap_or(begun);
    for tab in &answers {
        assert_eq!(tab.refresh, answers[0].refresh, "one successor for all");
        accept(&auth, &tab.access);
    }
    assert_eq!(now(auth.sessions(SUBJECT)).expect("an answer").len(), 1);
    Outcome {
        whole: last - first,
        tabs: answers.iter().map(|tab| tab.ended - tab.began).collect(),
        rotations: rotations.load(Ordering::Relaxed),
    }
}

/// What a tab has after its refresh.
#[derive(Clone)]
struct Tab {
    began: Instant,
    ended: Instant,
    access: String,
    refresh: String,
}

fn tab(auth: &Auth, request: &Request<()>) -> Tab {
    let began = Instant::now();
    let token = now(auth.authenticate(&Head::from(request), &Require::refresh()));
    let tokens = now(auth.refresh(&token.expect("a live session"))).expect("a live session");
    let mut response = Response::new(());
    let cookies = auth.set_cookies(&tokens).expect("they fit");
    append_cookies(cookies, response.headers_mut());
    black_box(response);
    Tab {
        began,
        ended: Instant::now(),
        access: tokens.access().as_str().to_owned(),
        refresh: tokens.refresh().as_str().to_owned(),
    }
}

fn accept(auth: &Auth, access: &str) {
    let request = request(access, 10);
    let accepted = now(auth.authenticate(&Head::from(&request), &Require::access()));
    accepted.expect("a token that was just issued");
}

/// The clock of the system, moved.
#[derive(Debug, Clone, Default)]
struct Moved(Arc<AtomicU64>);

impl Moved {
    fn advance(&self, by: Duration) {
        self.0.fetch_add(by.as_secs(), Ordering::Relaxed);
    }
}

impl Clock for Moved {
    fn now(&self) -> UnixTime {
        let by = Duration::from_secs(self.0.load(Ordering::Relaxed));
        SystemClock::default().now().saturating_add(by)
    }
}

const TABS: usize = 1_000;
const THREADS: usize = 2;
const STORMS: usize = 51;
