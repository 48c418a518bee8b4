//! The file of counts, and what it says of the machine that made them.

use std::fmt;
use std::fs;

use super::Trouble;

/// The contents of `instructions.txt`.
pub struct Committed {
    pub made_by: MadeBy,
    pub counts: Vec<Count>,
}

/// On what the counts depend.
#[derive(Clone)]
pub struct MadeBy {
    pub compiler: String,
    /// As programs under valgrind see it.
    pub processor: String,
    pub valgrind: String,
}

/// The instructions of one call of a job.
pub struct Count {
    pub name: String,
    pub all: u64,
    /// Without those that the HMAC alone takes: valgrind has no SHA instructions, so that it would
    /// hide the rest.
    pub without_hmac: u64,
}

impl Committed {
    pub fn read() -> Result<Self, Trouble> {
        let text = fs::read_to_string(PATH)
            .map_err(|error| format!("{PATH}: {error}; `--update` writes it"))?;
        let fact = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            let value = line.and_then(|line| line.strip_prefix(": "));
            value
                .map(str::to_owned)
                .ok_or_else(|| format!("{PATH} has no line `{name}: …`"))
        };
        Ok(Self {
            made_by: MadeBy {
                compiler: fact("compiler")?,
                processor: fact("processor")?,
                valgrind: fact("valgrind")?,
            },
            counts: text.lines().filter_map(Count::parse).collect(),
        })
    }

    pub fn write(&self) -> Result<(), Trouble> {
        fs::write(PATH, self.to_string()).map_err(|error| format!("{PATH}: {error}").into())
    }
}

impl fmt::Display for Committed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MadeBy {
            compiler,
            processor,
            valgrind,
        } = &self.made_by;
        write!(
            f,
            "{HEADER}\ncompiler: {compiler}\nprocessor: {processor}\nvalgrind: {valgrind}\n\n\
             {:>8}  {:>12}  job\n",
            "all", "without HMAC"
        )?;
        for Count {
            name,
            all,
            without_hmac,
        } in &self.counts
        {
            writeln!(f, "{all:>8}  {without_hmac:>12}  {name}")?;
        }
        Ok(())
    }
}

impl MadeBy {
    /// Counts of another compiler, or of code for another processor, say nothing about a change.
    pub fn is_comparable(&self, other: &Self) -> bool {
        self.compiler == other.compiler && self.processor == other.processor
    }
}

impl fmt::Display for MadeBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.compiler, self.processor)
    }
}

impl Count {
    pub fn growth(&self, before: &Self) -> f64 {
        as_f64(self.without_hmac) / as_f64(before.without_hmac) - 1.0
    }

    /// Returns `None` for a line that is no count.
    fn parse(line: &str) -> Option<Self> {
        let (all, rest) = line.trim_start().split_once(' ')?;
        let (without_hmac, name) = rest.trim_start().split_once(' ')?;
        Some(Self {
            name: name.trim().to_owned(),
            all: all.parse().ok()?,
            without_hmac: without_hmac.parse().ok()?,
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "thousands of instructions")]
fn as_f64(count: u64) -> f64 {
    count as f64
}

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/instructions.txt");
const HEADER: &str = "\
# Instructions of one call, by callgrind. Compare a build with them, or write them anew (--update):
#     cargo run --release --manifest-path bench/Cargo.toml --bin instructions
# The processor is as valgrind shows it to programs. It has no SHA instructions, so the hash is
# counted as software.";
