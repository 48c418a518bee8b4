//! Requests in a second on one thread and on two: without a store, and with sessions in memory, of
//! which there are few or a million.

use std::hint::black_box;
use std::sync::Arc;
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use handstamp::store::{MemoryStore, Store};
use handstamp_bench::bare::Bare;
use handstamp_bench::numbered::session;
use handstamp_bench::ours::Handstamp;
use handstamp_bench::poll::now;
use handstamp_bench::request::request;
use http::Request;

use super::median;

pub fn measure() {
    let cases = [
        bare(),
        without_store(),
        in_memory("memory, 10,000 sessions", 0),
        in_memory("memory, 1,000,000 sessions", 990_000),
    ];
    let mut rates = [const { [const { Vec::new() }; 2] }; 4];
    // In turns, so that what disturbs one disturbs all.
    for _ in 0..ROUNDS {
        for (case, rates) in cases.iter().zip(&mut rates) {
            for (threads, rates) in [1, 2].into_iter().zip(rates) {
                rates.push(case.per_second(threads));
            }
        }
    }
    println!(
        "| requests per second | 1 thread | 2 threads | ratio |\n\
         |---|---:|---:|---:|"
    );
    for (case, rates) in cases.iter().zip(rates) {
        let [one, two] = rates.map(|rates| median(rates, f64::total_cmp));
        println!("| {} | {one:.0} | {two:.0} | {:.2} |", case.name, two / one);
    }
}

struct Case {
    name: &'static str,
    /// Does one of the requests, by its number.
    job: Box<dyn Fn(usize) + Sync>,
}

impl Case {
    fn per_second(&self, threads: usize) -> f64 {
        let count: f64 = thread::scope(|scope| {
            let run = |thread| scope.spawn(move || self.run(thread * REQUESTS / 2));
            let all: Vec<_> = (0..threads).map(run).collect();
            let counts = all.into_iter().map(ScopedJoinHandle::join);
            counts.map(|count| count.expect("no request fails")).sum()
        });
        count / SLICE.as_secs_f64()
    }

    fn run(&self, first: usize) -> f64 {
        let start = Instant::now();
        let mut count = 0_u32;
        while start.elapsed() < SLICE {
            for _ in 0..BETWEEN_LOOKS {
                (self.job)((first + count as usize) % REQUESTS);
                count += 1;
            }
        }
        f64::from(count)
    }
}

/// What the machine itself has of its second core.
fn bare() -> Case {
    let (bare, token) = (Bare::new(), Handstamp::new().issue());
    let input = token.as_str().as_bytes()[..400].to_vec();
    Case {
        name: "bare HMAC",
        job: Box::new(move |_| {
            black_box(bare.sign(black_box(&input)));
        }),
    }
}

fn without_store() -> Case {
    let stamp = Handstamp::new();
    let requests: Vec<_> = (0..REQUESTS)
        .map(|_| request(stamp.issue().as_str(), 10))
        .collect();
    authenticate("no store", stamp, requests)
}

/// Each request is of a session of its own, between which lie as many of the others.
fn in_memory(name: &'static str, others: usize) -> Case {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let stamp = Handstamp::with_store(Arc::clone(&store));
    let between = others / REQUESTS;
    let mut requests = Vec::new();
    for n in 0..REQUESTS {
        // As long as the id of a user, and another for each: one user cannot have as many.
        let tokens = stamp.log_in(&format!("{n:036}"));
        requests.push(request(tokens.access().as_str(), 10));
        for other in n * between..(n + 1) * between {
            now(store.create(session(other))).expect("memory answers");
        }
    }
    authenticate(name, stamp, requests)
}

fn authenticate(name: &'static str, stamp: Handstamp, requests: Vec<Request<()>>) -> Case {
    for request in &requests {
        stamp.verify(request).expect("a live session");
    }
    Case {
        name,
        job: Box::new(move |n| {
            black_box(stamp.verify(black_box(&requests[n])).is_ok());
        }),
    }
}

const REQUESTS: usize = 10_000;
const ROUNDS: usize = 21;
const SLICE: Duration = Duration::from_millis(200);
/// A look at the clock costs as much as a tenth of a request.
const BETWEEN_LOOKS: u32 = 32;
