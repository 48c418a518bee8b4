//! Counts the instructions of each job of handstamp under callgrind, and compares them with
//! `instructions.txt`. Ends with status 1 if one has grown by more than 3 %, without the HMAC, and
//! with status 2 if the counts cannot be compared.
//!
//! `--update` writes the file instead. `--profile "verify, 10 cookies"` prints the functions that
//! a job spends its instructions in.

mod callgrind;
mod committed;

use std::env;
use std::error::Error;
use std::process::ExitCode;

use callgrind::Callgrind;
use committed::{Committed, Count};
use handstamp_bench::rows::rows;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        [] => compare(),
        ["--update"] => update(),
        ["--profile", row] => profile(row),
        _ => Err("usage: instructions [--update | --profile ROW]".into()),
    };
    done.unwrap_or_else(|trouble| {
        eprintln!("{trouble}");
        ExitCode::from(2)
    })
}

/// A reason why nothing can be counted, for the reader of the terminal.
type Trouble = Box<dyn Error>;

fn compare() -> Result<ExitCode, Trouble> {
    let before = Committed::read()?;
    let callgrind = Callgrind::start()?;
    let [then, now] = [&before.made_by, callgrind.made_by()];
    if !then.is_comparable(now) {
        return Err(format!(
            "the counts in instructions.txt cannot be compared with those of this machine:\n\
             there {then}\nhere  {now}\n\
             Count the older commit here with --update, and compare with that file."
        )
        .into());
    }
    println!(
        "| instructions of a call  |    all | without HMAC | committed | growth |\n\
         |-------------------------|-------:|-------------:|----------:|-------:|"
    );
    let mut faults = Vec::new();
    for (name, has_bare) in names() {
        let count = measure(&callgrind, name, has_bare)?;
        let before = before.counts.iter().find(|count| count.name == name);
        let growth = before.map(|before| count.growth(before));
        if growth.is_none_or(|growth| growth > AT_MOST) {
            faults.push(
                growth.map_or(format!("{name}: not in instructions.txt"), |growth| {
                    format!("{name}: grown by {:.1} %", growth * 100.0)
                }),
            );
        }
        println!(
            "| {name:23} | {:>6} | {:>12} | {:>9} | {:>6} |",
            count.all,
            count.without_hmac,
            before.map_or("-".to_owned(), |before| before.without_hmac.to_string()),
            growth.map_or("-".to_owned(), |growth| format!("{:+.1} %", growth * 100.0)),
        );
    }
    println!();
    for fault in &faults {
        println!("{fault}");
    }
    if faults.is_empty() {
        println!("none has grown by more than {:.0} %", AT_MOST * 100.0);
        return Ok(ExitCode::SUCCESS);
    }
    println!("--profile ROW shows where; if it must be, --update writes the counts anew");
    Ok(ExitCode::FAILURE)
}

fn update() -> Result<ExitCode, Trouble> {
    let callgrind = Callgrind::start()?;
    let counts: Result<Vec<Count>, Trouble> = names()
        .map(|(name, has_bare)| measure(&callgrind, name, has_bare))
        .collect();
    let new = Committed {
        made_by: callgrind.made_by().clone(),
        counts: counts?,
    };
    new.write()?;
    print!("{new}");
    Ok(ExitCode::SUCCESS)
}

fn profile(name: &str) -> Result<ExitCode, Trouble> {
    if !names().any(|(known, _)| known == name) {
        let known: Vec<&str> = names().map(|(name, _)| name).collect();
        return Err(format!("no job {name}; they are: {}", known.join("; ")).into());
    }
    print!("{}", Callgrind::start()?.profile(name)?);
    Ok(ExitCode::SUCCESS)
}

/// Returns the names of all jobs, and whether the HMAC alone is a job as well.
fn names() -> impl Iterator<Item = (&'static str, bool)> {
    rows().into_iter().map(|row| (row.name, row.bare.is_some()))
}

fn measure(callgrind: &Callgrind, name: &'static str, has_bare: bool) -> Result<Count, Trouble> {
    let all = callgrind.per_call("handstamp", name)?;
    let hmac = if has_bare {
        callgrind.per_call("bare", name)?
    } else {
        0
    };
    Ok(Count {
        name: name.to_owned(),
        all,
        without_hmac: all.saturating_sub(hmac),
    })
}

const AT_MOST: f64 = 0.03;
