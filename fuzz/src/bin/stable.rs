//! Runs a target without libFuzzer: seeds of its corpus, changed at random, for some time.
//!
//! usage: stable TARGET SECONDS [SEED], in the folder `fuzz`. Ends with 1 if the property does not
//! hold for an input, which is then in `artifacts/TARGET/`, and if nothing was accepted or nothing
//! refused: then it has tried nothing.

#![forbid(unsafe_code)]

use std::env;
use std::fs;
use std::io;
use std::panic;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};

use handstamp_fuzz::{TARGETS, Target};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Some((target, time, seed)) = read(&arguments) else {
        let names = TARGETS.map(|(name, _)| name).join(", ");
        eprintln!("usage: stable TARGET SECONDS [SEED]; the targets are {names}");
        return ExitCode::from(2);
    };
    match run(target, time, seed) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{}: {error}", target.0);
            ExitCode::FAILURE
        }
    }
}

fn read(arguments: &[String]) -> Option<(Target, Duration, u64)> {
    let (name, seconds, seed) = match arguments {
        [name, seconds] => (name, seconds, None),
        [name, seconds, seed] => (name, seconds, Some(seed)),
        _ => return None,
    };
    let target = TARGETS.into_iter().find(|(known, _)| known == name)?;
    let seed = match seed {
        Some(seed) => seed.parse().ok()?,
        None => SystemTime::UNIX_EPOCH.elapsed().ok()?.as_secs(),
    };
    Some((target, Duration::from_secs(seconds.parse().ok()?), seed))
}

/// Whether the property held.
fn run((name, check): Target, time: Duration, seed: u64) -> io::Result<bool> {
    println!("{name}: seed {seed}");
    let mut random = Random(seed);
    let mut pool = corpus(name)?;
    let seeds = pool.len();
    let (start, mut inputs, mut accepted) = (Instant::now(), 0, 0);
    while start.elapsed() < time {
        // First the corpus as it is.
        let input = if inputs < seeds {
            pool[inputs].clone()
        } else {
            mutated(&pool, &mut random)
        };
        let Ok(is_accepted) = panic::catch_unwind(|| check(&input)) else {
            let folder = Path::new("artifacts").join(name);
            fs::create_dir_all(&folder)?;
            let file = folder.join(format!("seed-{seed}-input-{inputs}"));
            fs::write(&file, &input)?;
            println!(
                "{name}: the property does not hold for {}: {}",
                file.display(),
                input.escape_ascii()
            );
            return Ok(false);
        };
        inputs += 1;
        accepted += usize::from(is_accepted);
        // What is accepted is changed again: that finds more than changing the corpus only.
        if is_accepted && inputs > seeds {
            pool.push(input);
            if pool.len() > seeds + POOL {
                pool.swap_remove(seeds + random.below(POOL));
            }
        }
    }
    println!(
        "{name}: {inputs} inputs, {accepted} accepted, in {} s",
        time.as_secs()
    );
    let tried = accepted > 0 && accepted < inputs;
    if !tried {
        println!("{name}: of any input the same is said, so that nothing was tried");
    }
    Ok(tried)
}

fn corpus(name: &str) -> io::Result<Vec<Vec<u8>>> {
    let mut files: Vec<_> = fs::read_dir(Path::new("corpus").join(name))?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<_>>()?;
    files.sort();
    let corpus: Vec<Vec<u8>> = files.iter().map(fs::read).collect::<io::Result<_>>()?;
    if corpus.is_empty() {
        return Err(io::Error::other("the corpus is empty"));
    }
    Ok(corpus)
}

/// One of the pool, changed one to eight times.
fn mutated(pool: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut input = pool[random.below(pool.len())].clone();
    for _ in 0..=random.below(8) {
        let at = random.below(input.len() + 1);
        let end = (at + 1 + random.below(16)).min(input.len());
        match random.below(7) {
            0 if at < input.len() => input[at] ^= 1 << random.below(8),
            1 if at < input.len() => input[at] = random.byte(),
            2 => input.insert(at, random.byte()),
            3 if at < end => drop(input.drain(at..end)),
            4 if at < end => {
                let copy = input[at..end].to_vec();
                let to = random.below(input.len() + 1);
                input.splice(to..to, copy);
            }
            5 => {
                let word = WORDS[random.below(WORDS.len())];
                let overwritten = if random.below(2) == 0 {
                    at
                } else {
                    (at + word.len()).min(input.len())
                };
                input.splice(at..overwritten, word.bytes());
            }
            _ => {
                let other = &pool[random.below(pool.len())];
                let from = random.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
        }
    }
    input.truncate(LONGEST);
    input
}

/// `SplitMix64`: small, and the same for one seed everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("smaller than a usize")
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }
}

/// What the formats are made of.
const WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\\u0000",
    "\\ud800",
    "\\\"",
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1e9",
    "1.7e9",
    "1e400",
    "9007199254740993",
    "18446744073709551616",
    "\"sub\":",
    "\"jti\":",
    "\"type\":",
    "\"access\"",
    "\"refresh\"",
    "\"exp\":",
    "\"iat\":",
    "\"nbf\":",
    "\"aud\":",
    "\"scopes\":",
    "\"fresh\":",
    "\"csrf\":",
    "\"sid\":",
    "\"gen\":",
    "\"alg\":",
    "\"typ\":",
    "\"kid\":",
    "\"crit\":",
    "\"b64\":",
    "\"HS256\"",
    "\"none\"",
    "\"JWT\"",
    "access_token_cookie=",
    "; ",
    ";",
    "=",
    ",",
    " ",
    "\t",
    "\u{a0}",
    "\u{1}",
    "\u{2}",
    "\u{3}",
    "\u{4}",
    "\n",
    "\r\n",
    "\r",
    "--",
    "--b",
    "\r\n--b\r\n",
    "\r\n--b--\r\n",
    "Content-Disposition: form-data; name=\"a\"\r\n",
    "; filename=\"f\"",
    "; filename*=",
    "Content-Type: text/plain\r\n",
    "%22",
    "%0D%0A",
    "\\",
    "&",
    "\u{fffd}",
];

/// The longest input, in bytes.
const LONGEST: usize = 4096;

/// How many accepted inputs are kept.
const POOL: usize = 1024;
