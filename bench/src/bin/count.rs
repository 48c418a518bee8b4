//! Does one job a thousand times, or as often as asked, for a profiler: `count handstamp "verify, 10 cookies" 1000`.

use handstamp_bench::rows::{Job, TARGET, rows};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let who = arguments.next().unwrap_or("handstamp".to_owned());
    let what = arguments.next().unwrap_or(TARGET.to_owned());
    let times = arguments
        .next()
        .map_or(1000, |times| times.parse().unwrap());
    for row in rows().iter().filter(|row| row.name == what) {
        for (_, job) in row.contenders().filter(|(name, _)| *name == who) {
            repeat(job, times);
            return;
        }
    }
    panic!("no contender {who} in a row {what}");
}

/// Not inlined, so that a profiler can be told to look here only.
#[inline(never)]
fn repeat(job: &Job, times: u32) {
    for _ in 0..times {
        job();
    }
}
