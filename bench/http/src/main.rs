//! What a login costs a server: handstamp and others behind the same two routes, in alternation.
//!
//! `http --help` says how to use it. README.md of the benchmarks says what the figures mean.

mod arguments;
mod contenders;
mod goals;
mod install;
mod load;
mod measure;
mod picture;
mod requests;
mod running;
mod server;
mod servers;
mod table;

use std::error::Error;
use std::fs;
use std::process::ExitCode;
use std::time::Duration;

use handstamp_bench::facts::ACCESS_COOKIE;
use handstamp_bench::jar::Jar;
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;
use tokio::signal::unix::{SignalKind, signal};

use arguments::{Command, Options};
use contenders::CONTENDERS;
use measure::Measured;
use requests::Requests;
use running::Running;

fn main() -> ExitCode {
    let command = Command::read();
    let done = match command {
        Ok(Command::Help) => {
            print!("{}", arguments::help());
            Ok(ExitCode::SUCCESS)
        }
        Ok(Command::Serve(name, store)) => {
            servers::serve(&name, store.as_deref());
            Ok(ExitCode::SUCCESS)
        }
        Ok(Command::Measure(options)) => start(&options),
        Err(reason) => {
            eprintln!("{reason}\n\n{}", arguments::help());
            return ExitCode::from(2);
        }
    };
    done.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::FAILURE
    })
}

fn start(options: &Options) -> Result<ExitCode, Box<dyn Error>> {
    let (servers, load) = two_cores()?;
    let mut own = CpuSet::new();
    own.set(load)?;
    sched_setaffinity(Pid::from_raw(0), &own)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut interrupted = signal(SignalKind::interrupt())?;
        let mut terminated = signal(SignalKind::terminate())?;
        tokio::select! {
            biased;
            _ = interrupted.recv() => Ok(INTERRUPTED.into()),
            _ = terminated.recv() => Ok(INTERRUPTED.into()),
            done = measure(options, servers) => done,
        }
    })
}

/// Returns the core of the servers, and that of the load.
fn two_cores() -> Result<(usize, usize), Box<dyn Error>> {
    let allowed = sched_getaffinity(Pid::from_raw(0))?;
    let mut cores = (0..CpuSet::count()).filter(|core| allowed.is_set(*core) == Ok(true));
    let cores = cores.next().zip(cores.next());
    cores.ok_or("two cores are needed: one for the servers, one for the load".into())
}

async fn measure(options: &Options, core: usize) -> Result<ExitCode, Box<dyn Error>> {
    let anyone = Jar::new().issue();
    let anyone = Requests::new(&format!("{ACCESS_COOKIE}={}", anyone.token), &anyone.csrf);
    let mut running = Vec::new();
    let mut absent = Vec::new();
    for contender in CONTENDERS.iter().filter(|one| options.wants(one.name)) {
        match Running::start(contender, core, &anyone).await {
            Ok(one) => running.push(one),
            Err(reason) if contender.must_start() => return Err(reason.into()),
            Err(reason) => absent.push((contender.name, reason)),
        }
    }
    let turn = if options.is_quick { QUICK_TURN } else { TURN };
    for one in &mut running {
        one.warm_up(turn).await?;
    }
    let measured = Measured::by(&running, options.rounds).await?;
    println!("{} rounds on {}\n", options.rounds, processor());
    println!("{}", table::table(&measured, &running, &absent));
    let (goals, all_met) = goals::judge(&measured);
    println!("{goals}");
    if options.is_quick {
        return Ok(ExitCode::SUCCESS);
    }
    if options.only.is_empty() && absent.is_empty() {
        let file = install::folder().join("../../pictures/speed.svg");
        fs::write(file, picture::picture(&measured))?;
    }
    Ok(if all_met {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let name = name.map_or("a processor without a name", |name| {
        name.trim_start_matches([' ', '\t', ':'])
    });
    name.to_owned()
}

/// Short, so that what disturbs one contender disturbs its neighbours too.
const TURN: Duration = Duration::from_millis(200);
const QUICK_TURN: Duration = Duration::from_millis(50);
/// As shells say it of a program that was interrupted.
const INTERRUPTED: u8 = 130;
