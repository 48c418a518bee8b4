//! What a request costs against the number of its cookies, and of the scopes and claims of its
//! token.

use std::hint::black_box;
use std::time::{Duration, Instant};

use handstamp::{Auth, Require};
use handstamp_bench::bare::Bare;
use handstamp_bench::facts::SUBJECT;
use handstamp_bench::ours::{Handstamp, config, new_token};
use handstamp_bench::request::request;

use super::median;
use super::plot::{self, Line};

pub fn measure() {
    let points: Vec<Point> = CONTENTS.into_iter().flat_map(Point::all).collect();
    let mut times = vec![[const { Vec::new() }; 2]; points.len()];
    // In turns, so that what disturbs one disturbs all.
    for _ in 0..ROUNDS {
        for (point, times) in points.iter().zip(&mut times) {
            for (job, times) in point.jobs.iter().zip(times) {
                times.push(nanoseconds(job));
            }
        }
    }
    let measured: Vec<(&Point, [f64; 2])> = points
        .iter()
        .zip(times)
        .map(|(point, times)| (point, times.map(|times| median(times, f64::total_cmp))))
        .collect();
    print_table(&measured);
    let lines: Vec<Line> = CONTENTS.map(|content| line(content, &measured)).into();
    plot::write(&lines);
}

/// What there are many of.
#[derive(Clone, Copy, PartialEq)]
enum Content {
    Cookies,
    Scopes,
    Claims,
}

const CONTENTS: [Content; 3] = [Content::Cookies, Content::Scopes, Content::Claims];

impl Content {
    fn name(self) -> &'static str {
        match self {
            Self::Cookies => "other cookies",
            Self::Scopes => "scopes",
            Self::Claims => "custom claims",
        }
    }

    fn most(self) -> usize {
        match self {
            Self::Cookies => 50,
            Self::Scopes => 64,
            Self::Claims => 32,
        }
    }
}

/// One request: 10 cookies, 2 scopes and no custom claims, but for the one that it has many of.
struct Point {
    content: Content,
    number: usize,
    /// handstamp, and the HMAC alone.
    jobs: [Box<dyn Fn()>; 2],
}

impl Point {
    fn all(content: Content) -> Vec<Self> {
        let numbers = NUMBERS
            .into_iter()
            .filter(|number| *number < content.most());
        let all = numbers.chain([content.most()]);
        all.map(|number| Self::new(content, number)).collect()
    }

    fn new(content: Content, number: usize) -> Self {
        let mut token = new_token(SUBJECT);
        let (mut cookies, mut require) = (10, Require::access());
        match content {
            Content::Cookies => cookies = number + 1,
            Content::Scopes => {
                let scopes: Vec<String> =
                    (1..=number).map(|n| format!("posts{n:02}:read")).collect();
                // A route demands the last of them.
                require = require.all_scopes(scopes.last().cloned());
                token = token.scopes(scopes);
            }
            Content::Claims => {
                token = (1..=number).fold(token, |token, n| {
                    token.claim(format!("claim{n:02}"), format!("value {n:04}"))
                });
            }
        }
        let auth = Auth::new(config().build().expect("a configuration")).expect("an Auth");
        let token = auth.create_access_token(token).expect("a short token");
        let request = request(token.as_str(), cookies);
        let stamp = Handstamp::requiring(require);
        stamp.verify(&request).expect("a good token");
        let (input, _) = token.as_str().rsplit_once('.').expect("three parts");
        let (bare, input) = (Bare::new(), input.as_bytes().to_vec());
        Self {
            content,
            number,
            jobs: [
                Box::new(move || {
                    black_box(stamp.verify(black_box(&request)).is_ok());
                }),
                Box::new(move || {
                    black_box(bare.sign(black_box(&input)));
                }),
            ],
        }
    }
}

fn nanoseconds(job: &dyn Fn()) -> f64 {
    let start = Instant::now();
    let mut count = 0_u32;
    while start.elapsed() < SLICE {
        for _ in 0..BETWEEN_LOOKS {
            job();
        }
        count += BETWEEN_LOOKS;
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(count)
}

fn print_table(measured: &[(&Point, [f64; 2])]) {
    println!("| ns, of which the HMAC alone | none | each one more | most |\n|---|---:|---:|---:|");
    for content in CONTENTS {
        let of_content: Vec<_> = measured
            .iter()
            .filter(|(point, _)| point.content == content)
            .collect();
        let [(_, none), .., (most, times)] = of_content[..] else {
            unreachable!("each has several points");
        };
        let each = [0, 1].map(|job| (times[job] - none[job]) / as_f64(most.number));
        println!(
            "| {} | {:.0}, {:.0} | {:.1}, {:.1} | {}: {:.0}, {:.0} |",
            content.name(),
            none[0],
            none[1],
            each[0],
            each[1],
            most.number,
            times[0],
            times[1]
        );
    }
    println!("\n| ns, at | {} |", CONTENTS.map(Content::name).join(" | "));
    println!("|---:|---:|---:|---:|");
    let mut numbers: Vec<usize> = measured.iter().map(|(point, _)| point.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    for number in numbers {
        let cells = CONTENTS.map(|content| {
            let is_meant = |point: &Point| point.content == content && point.number == number;
            let found = measured.iter().find(|(point, _)| is_meant(point));
            found.map_or(String::new(), |(_, times)| format!("{:.0}", times[0]))
        });
        println!("| {number} | {} |", cells.join(" | "));
    }
}

fn line(content: Content, measured: &[(&Point, [f64; 2])]) -> Line {
    let points = measured
        .iter()
        .filter(|(point, _)| point.content == content)
        .map(|(point, times)| (as_f64(point.number), times[0]));
    Line {
        name: content.name(),
        points: points.collect(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "64 at most")]
fn as_f64(number: usize) -> f64 {
    number as f64
}

const NUMBERS: [usize; 8] = [0, 8, 16, 24, 32, 40, 48, 56];
const ROUNDS: usize = 201;
/// Short, so that in many of them no other process took the processor.
const SLICE: Duration = Duration::from_micros(500);
const BETWEEN_LOOKS: u32 = 16;
