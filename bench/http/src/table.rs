//! The table of all contenders, in Markdown.

use std::fmt::Write as _;

use crate::contenders::CONTENDERS;
use crate::measure::{Measured, Spread};
use crate::running::{Route, Running, Turn};

/// `absent` are the names of those that could not be started, with the reason.
pub fn table(measured: &Measured, running: &[Running], absent: &[(&str, String)]) -> String {
    let mut lines = String::from(HEAD);
    for contender in &CONTENDERS {
        let absent = absent.iter().find(|(name, _)| *name == contender.name);
        let running = running
            .iter()
            .find(|running| running.contender.name == contender.name);
        if let Some(running) = running {
            lines += &row(measured, running);
        } else if let Some((_, reason)) = absent {
            // Writing to a text cannot fail.
            let _ = writeln!(
                lines,
                "| {} | not here: {reason} | | | | | |",
                contender.title
            );
        }
    }
    lines
}

fn row(measured: &Measured, running: &Running) -> String {
    let contender = running.contender;
    let mut cells = vec![contender.title.to_owned()];
    for route in [Route::Get, Route::Post] {
        let turns = measured.turns(contender.name, route);
        let base = contender.base;
        let above = base.and_then(|base| measured.above(contender.name, base, route));
        cells.push(cpu(turns, above));
        cells.push(latency(turns));
    }
    cells.push(mebibytes(running.memory_idle));
    cells.push(mebibytes(running.memory()));
    format!("| {} |\n", cells.join(" | "))
}

fn cpu(turns: &[Turn], above: Option<Spread>) -> String {
    let Some(cpu) = Spread::median(turns, |turn| turn.cpu) else {
        return NONE.to_owned();
    };
    match above {
        Some(above) => format!("{cpu:.1}, {:+.0} %", above.median * 100.0),
        None => format!("{cpu:.1}"),
    }
}

fn latency(turns: &[Turn]) -> String {
    let p50 = Spread::median(turns, |turn| turn.p50);
    let p99 = Spread::median(turns, |turn| turn.p99);
    p50.zip(p99)
        .map_or(NONE.to_owned(), |(p50, p99)| format!("{p50:.2} / {p99:.2}"))
}

fn mebibytes(bytes: u64) -> String {
    format!("{}", bytes.div_ceil(1024 * 1024))
}

const NONE: &str = "-";

const HEAD: &str = "\
| server | GET: CPU, µs | p50 / p99, ms | POST with CSRF: CPU, µs | p50 / p99, ms | MiB idle | MiB after |
|---|---:|---:|---:|---:|---:|---:|
";
