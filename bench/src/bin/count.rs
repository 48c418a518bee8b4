//! Does one job a thousand times, or as often as requested, for a profiler: `count handstamp
//! "verify, 10 cookies" 1000`. `count processor` prints which of the instructions that matter here
//! the processor says it has.

use handstamp_bench::rows::{Job, TARGET, rows};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let who = arguments.next().unwrap_or("handstamp".to_owned());
    if who == "processor" {
        println!("{}", processor());
        return;
    }
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

/// Returns the architecture, and the extensions by which the hash, base64 and copies choose their
/// code.
fn processor() -> String {
    let (has, lacks): (Vec<_>, Vec<_>) = extensions().into_iter().partition(|(_, has)| *has);
    let names = |those: Vec<(&'static str, bool)>| {
        let names: Vec<&str> = those.into_iter().map(|(name, _)| name).collect();
        names.join(" ")
    };
    let architecture = std::env::consts::ARCH;
    format!(
        "{architecture} with {}; without {}",
        names(has),
        names(lacks)
    )
}

#[cfg(target_arch = "x86_64")]
fn extensions() -> Vec<(&'static str, bool)> {
    vec![
        ("ssse3", is_x86_feature_detected!("ssse3")),
        ("sse4.2", is_x86_feature_detected!("sse4.2")),
        ("avx2", is_x86_feature_detected!("avx2")),
        ("avx512f", is_x86_feature_detected!("avx512f")),
        ("sha", is_x86_feature_detected!("sha")),
    ]
}

#[cfg(target_arch = "aarch64")]
fn extensions() -> Vec<(&'static str, bool)> {
    use std::arch::is_aarch64_feature_detected;

    vec![
        ("neon", is_aarch64_feature_detected!("neon")),
        ("sha2", is_aarch64_feature_detected!("sha2")),
    ]
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn extensions() -> Vec<(&'static str, bool)> {
    Vec::new()
}
