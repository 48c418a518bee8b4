//! Does one job a thousand times, for a profiler: `count handstamp "verify, 10 cookies"`.

use handstamp_bench::rows::{TARGET, rows};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let who = arguments.next().unwrap_or("handstamp".to_owned());
    let what = arguments.next().unwrap_or(TARGET.to_owned());
    for row in rows().iter().filter(|row| row.name == what) {
        for (_, job) in row.contenders().filter(|(name, _)| *name == who) {
            for _ in 0..1000 {
                job();
            }
            return;
        }
    }
    panic!("no contender {who} in a row {what}");
}
