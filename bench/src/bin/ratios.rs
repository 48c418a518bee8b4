//! Measures handstamp, bare HMAC and the jar in turn, so that a disturbance affects all of them,
//! and prints the ratios. Fails if a target is missed.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use handstamp_bench::jar::BACKEND;
use handstamp_bench::rows::{Job, Row, TARGET, rows};

fn main() -> ExitCode {
    println!(
        "Medians of {ROUNDS} rounds, in ns. The jar: axum-extra's, with jsonwebtoken on {BACKEND}.\n"
    );
    println!(
        "|                         | bare HMAC | handstamp |     jar | handstamp / bare | jar / handstamp |"
    );
    println!(
        "|-------------------------|----------:|----------:|--------:|-----------------:|----------------:|"
    );
    let mut verdict = None;
    for row in rows() {
        let [bare, handstamp, jar] = medians(&row);
        let over_bare = bare.map(|bare| handstamp.unwrap_or(f64::NAN) / bare);
        let over_us = jar.zip(handstamp).map(|(jar, us)| jar / us);
        let [bare, handstamp, jar] = [bare, handstamp, jar].map(|median| show(median, 0));
        println!(
            "| {:23} | {bare:>9} | {handstamp:>9} | {jar:>7} | {:>16} | {:>15} |",
            row.name,
            show(over_bare, 2),
            show(over_us, 2)
        );
        if row.name == TARGET {
            verdict = over_bare.zip(over_us);
        }
    }
    match verdict {
        Some((over_bare, over_us)) => judge(over_bare, over_us),
        None => ExitCode::FAILURE,
    }
}

fn judge(over_bare: f64, over_us: f64) -> ExitCode {
    let near_bare = over_bare <= AT_MOST;
    let ahead = over_us >= AT_LEAST;
    let word = |met| if met { "met" } else { "MISSED" };
    println!("\n{TARGET}:");
    println!(
        "handstamp / bare HMAC {over_bare:.2}, at most {AT_MOST}: {}",
        word(near_bare)
    );
    println!(
        "axum-extra jar + jsonwebtoken / handstamp {over_us:.2}, at least {AT_LEAST}: {}",
        word(ahead)
    );
    if near_bare && ahead {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The times of one job each, in ns: bare, handstamp, jar. Every round starts with another of them.
fn medians(row: &Row) -> [Option<f64>; 3] {
    let jobs = [row.bare.as_ref(), Some(&row.handstamp), row.jar.as_ref()];
    let iterations = jobs.map(|job| job.map(iterations));
    let mut times = [const { Vec::new() }; 3];
    for round in 0..ROUNDS {
        for turn in 0..jobs.len() {
            let index = (round + turn) % jobs.len();
            if let (Some(job), Some(iterations)) = (jobs[index], iterations[index]) {
                times[index].push(run(job, iterations).as_secs_f64() * 1e9 / f64::from(iterations));
            }
        }
    }
    times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times.get(times.len() / 2).copied()
    })
}

/// Returns how many repetitions fill a slice. Slices are short, so that in many of them no other
/// process took the processor.
fn iterations(job: &Job) -> u32 {
    let mut iterations = 64;
    while run(job, iterations) < SLICE {
        iterations *= 2;
    }
    iterations
}

fn run(job: &Job, iterations: u32) -> Duration {
    let start = Instant::now();
    for _ in 0..iterations {
        job();
    }
    start.elapsed()
}

fn show(value: Option<f64>, digits: usize) -> String {
    value.map_or("-".to_owned(), |value| format!("{value:.digits$}"))
}

const ROUNDS: usize = 400;
const SLICE: Duration = Duration::from_micros(500);
const AT_MOST: f64 = 4.5;
const AT_LEAST: f64 = 3.0;
