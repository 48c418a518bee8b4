//! Measures handstamp, bare HMAC and the jar in turn, so that a disturbance affects all of them,
//! and prints the ratios and the goals. Fails if a goal is missed.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use handstamp_bench::jar::BACKEND;
use handstamp_bench::rows::{Job, Row, rows};

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
    let mut measured = Vec::new();
    for row in rows() {
        let times = Times::of(&row);
        println!(
            "| {:23} | {:>9} | {:>9.0} | {:>7} | {:>16} | {:>15} |",
            row.name,
            show(times.bare, 0),
            times.handstamp,
            show(times.jar, 0),
            show(times.over_bare(), 2),
            show(times.jar_over(), 2)
        );
        measured.push((row.name, times));
    }
    if judge(&measured) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Prints whether each goal is met of which there are figures, and returns whether all are.
fn judge(measured: &[(&'static str, Times)]) -> bool {
    println!("\n| goal | wanted | found | |\n|---|---:|---:|---|");
    let mut all_met = true;
    for goal in &GOALS {
        let times = measured.iter().find(|(name, _)| *name == goal.row);
        let Some(found) = times.and_then(|(_, times)| goal.figure.of(times)) else {
            continue;
        };
        let within = |wanted| match goal.figure {
            Figure::JarOver => found >= wanted,
            Figure::OverBare | Figure::OverJar | Figure::Nanoseconds => found <= wanted,
        };
        let is_met = within(goal.wanted);
        all_met &= is_met;
        let verdict = match goal.limit {
            _ if is_met => "met".to_owned(),
            Some(limit) if within(limit) => format!("MISSED, within the limit of {limit}"),
            Some(limit) => format!("MISSED, and the limit of {limit}"),
            None => "MISSED".to_owned(),
        };
        let Goal {
            row,
            figure,
            wanted,
            ..
        } = goal;
        println!(
            "| {row}, {} | {wanted} | {found:.2} | {verdict} |",
            figure.title()
        );
    }
    all_met
}

struct Goal {
    row: &'static str,
    figure: Figure,
    wanted: f64,
    /// What is not good enough, but not refused.
    limit: Option<f64>,
}

#[derive(Clone, Copy)]
enum Figure {
    OverBare,
    JarOver,
    OverJar,
    Nanoseconds,
}

impl Figure {
    fn of(self, times: &Times) -> Option<f64> {
        match self {
            Self::OverBare => times.over_bare(),
            Self::JarOver => times.jar_over(),
            Self::OverJar => times.jar_over().map(|ratio| 1.0 / ratio),
            Self::Nanoseconds => Some(times.handstamp),
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::OverBare => "handstamp / bare, at most",
            Self::JarOver => "jar / handstamp, at least",
            Self::OverJar => "handstamp / jar, at most",
            Self::Nanoseconds => "ns, at most",
        }
    }
}

#[rustfmt::skip]
const GOALS: [Goal; 9] = [
    Goal { row: "verify, 10 cookies", figure: Figure::OverBare, wanted: 2.7, limit: Some(3.0) },
    Goal { row: "verify, 10 cookies", figure: Figure::JarOver, wanted: 7.0, limit: None },
    Goal { row: "verify, 1 cookie", figure: Figure::JarOver, wanted: 5.0, limit: None },
    Goal { row: "refuse a bad signature", figure: Figure::OverBare, wanted: 1.6, limit: None },
    Goal { row: "issue", figure: Figure::OverJar, wanted: 0.6, limit: Some(0.75) },
    Goal { row: "set-cookie", figure: Figure::Nanoseconds, wanted: 150.0, limit: Some(250.0) },
    Goal { row: "RS256, remembered", figure: Figure::OverBare, wanted: 4.0, limit: None },
    Goal { row: "ES256, remembered", figure: Figure::OverBare, wanted: 4.0, limit: None },
    Goal { row: "EdDSA, remembered", figure: Figure::OverBare, wanted: 4.0, limit: None },
];

/// The times of one job, in ns.
struct Times {
    bare: Option<f64>,
    handstamp: f64,
    jar: Option<f64>,
}

impl Times {
    fn of(row: &Row) -> Self {
        let [bare, handstamp, jar] = medians(row);
        Self {
            bare,
            handstamp: handstamp.expect("handstamp does every job"),
            jar,
        }
    }

    fn over_bare(&self) -> Option<f64> {
        self.bare.map(|bare| self.handstamp / bare)
    }

    fn jar_over(&self) -> Option<f64> {
        self.jar.map(|jar| jar / self.handstamp)
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
