//! Does one job a thousand times, or as often as requested, for a profiler: `count handstamp
//! "verify, 10 cookies" 1000`.

use handstamp_bench::rows::{Job, TARGET, rows};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let who = arguments.next().unwrap_or("handstamp".to_owned());
    let what = arguments.next().unwrap_or(TARGET.to_owned());
    let times = arguments
        .next()
        .map_or(1000, |times| times.parse().unwrap());
    let rows = rows();
    let row = rows.iter().find(|row| row.name == what);
    let job = row.and_then(|row| row.contenders().find(|(name, _)| *name == who));
    let (_, job) = job.unwrap_or_else(|| panic!("no contender {who} in a row {what}"));
    repeat(job, times);
}

/// Not inlined, so that a profiler can be restricted to it.
#[inline(never)]
fn repeat(job: &Job, times: u32) {
    for _ in 0..times {
        job();
    }
}
