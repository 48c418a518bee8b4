//! What the command line says.

use std::env;

use crate::contenders::CONTENDERS;

pub enum Command {
    Measure(Options),
    /// Be the server of this name, with sessions there.
    Serve(String, Option<String>),
    Help,
}

pub struct Options {
    pub rounds: usize,
    /// All, if it is empty.
    pub only: Vec<String>,
    pub is_quick: bool,
}

impl Options {
    pub fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|wanted| wanted == name)
    }
}

impl Command {
    /// # Errors
    /// Says what cannot be read.
    pub fn read() -> Result<Self, String> {
        let mut arguments = env::args().skip(1);
        let mut rounds = None;
        let mut only = Vec::new();
        let mut is_quick = false;
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} wants a value"));
            match argument.as_str() {
                "--rounds" => rounds = Some(number(&value()?)?),
                "--only" => only.push(known(value()?)?),
                "--quick" => is_quick = true,
                "--help" | "-h" => return Ok(Self::Help),
                "serve" => return Ok(Self::Serve(value()?, arguments.next())),
                _ => return Err(format!("unknown argument {argument}")),
            }
        }
        let rounds = rounds.unwrap_or(if is_quick { 3 } else { 31 });
        Ok(Self::Measure(Options {
            rounds,
            only,
            is_quick,
        }))
    }
}

fn number(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(format!("not a number of rounds: {text}")),
    }
}

fn known(name: String) -> Result<String, String> {
    if CONTENDERS.iter().any(|contender| contender.name == name) {
        Ok(name)
    } else {
        Err(format!("no contender {name}"))
    }
}

/// What `--help` prints.
pub fn help() -> String {
    let names =
        CONTENDERS.map(|contender| format!("  {:24} {}\n", contender.name, contender.title));
    format!("{HELP}\nThe names:\n{}", names.concat())
}

const HELP: &str = "\
Measures what a login costs a server: CPU time of one request, latency and memory of each contender,
in alternation, the servers on one core and the load on another. Prints a table and the goals, and
ends with status 1 if a goal is missed. A run of all contenders writes pictures/speed.svg as well.

usage: http [--rounds N] [--only NAME]... [--quick]

  --rounds N   how often each contender has its turn; 31 if not said
  --only NAME  only this one; more than once for several. Goals that need others are not judged
  --quick      3 rounds of short turns, to see that everything runs: too few to judge by, so a missed
               goal is no failure, and no picture is written
";
