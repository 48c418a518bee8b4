//! Runs the program `count` under valgrind.

use std::fmt::Write as _;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, process};

use super::Trouble;
use super::committed::MadeBy;

pub struct Callgrind {
    count: PathBuf,
    made_by: MadeBy,
}

impl Callgrind {
    /// Has `count` built, as `Cargo.toml` says, and finds out what runs it.
    pub fn start() -> Result<Self, Trouble> {
        let valgrind = output(Command::new("valgrind").arg("--version"))?;
        let count = build()?;
        let compiler = env::var_os("RUSTC").unwrap_or("rustc".into());
        let processor = output(
            Command::new("valgrind")
                .args(["--quiet", "--tool=none"])
                .arg(&count)
                .arg("processor"),
        )?;
        let compiler = output(Command::new(compiler).arg("--version"))?;
        Ok(Self {
            count,
            made_by: MadeBy {
                compiler: compiler.trim().to_owned(),
                processor: processor.trim().to_owned(),
                valgrind: valgrind.trim().to_owned(),
            },
        })
    }

    pub fn made_by(&self) -> &MadeBy {
        &self.made_by
    }

    /// Returns the instructions of one call: the difference of two runs, so that the first calls,
    /// which find cold lists of free memory, do not count.
    pub fn per_call(&self, who: &str, job: &str) -> Result<u64, Trouble> {
        let few = total(&self.run(who, job, FEW)?)?;
        let many = total(&self.run(who, job, FEW + MORE)?)?;
        Ok(many.saturating_sub(few) / u64::from(MORE))
    }

    /// Returns a table of the functions that a job spends its instructions in, without what they
    /// call. What was inlined is under the function that it became a part of, once for each file.
    pub fn profile(&self, job: &str) -> Result<String, Trouble> {
        let counted = Counted::new("profile");
        self.collect("handstamp", job, MORE, &counted.0)?;
        let listed = output(
            Command::new("callgrind_annotate")
                .args(["--auto=no", "--show-percs=no", "--threshold=100"])
                .arg(&counted.0),
        )?;
        let mut functions: Vec<(u64, &str)> = listed.lines().filter_map(function).collect();
        functions.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        let sum: u64 = functions.iter().map(|(count, _)| count).sum();
        let mut table = format!(
            "{job}: {} instructions of a call\n\n\
             | of a call |    % | function |\n|----------:|-----:|----------|\n",
            sum / u64::from(MORE)
        );
        for (count, name) in functions.into_iter().take(LINES) {
            let permille = count * 1000 / sum.max(1);
            let (whole, tenth) = (permille / 10, permille % 10);
            let count = count / u64::from(MORE);
            writeln!(table, "| {count:>9} | {whole:>2}.{tenth} | {name} |")?;
        }
        Ok(table)
    }

    fn run(&self, who: &str, job: &str, times: u32) -> Result<String, Trouble> {
        let counted = Counted::new(who);
        self.collect(who, job, times, &counted.0)?;
        Ok(fs::read_to_string(&counted.0)?)
    }

    /// Counts what `count::repeat` does, and no start-up.
    fn collect(&self, who: &str, job: &str, times: u32, into: &Path) -> Result<(), Trouble> {
        let file = format!("--callgrind-out-file={}", into.display());
        let mut command = Command::new("valgrind");
        command
            .args(["--quiet", "--tool=callgrind", "--collect-atstart=no"])
            .args(["--toggle-collect=count::repeat", &file])
            .arg(&self.count)
            .args([who, job, &times.to_string()]);
        output(&mut command)?;
        Ok(())
    }
}

/// A file that is removed when it was read.
struct Counted(PathBuf);

impl Counted {
    fn new(name: &str) -> Self {
        let name = format!("handstamp-callgrind-{}-{name}", process::id());
        Self(env::temp_dir().join(name))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        // A file that stays in the temporary folder is no reason to fail.
        let _ = fs::remove_file(&self.0);
    }
}

/// Returns the program, which Cargo puts beside this one. Variables that change the profile would
/// change the counts.
fn build() -> Result<PathBuf, Trouble> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo
        .args(["build", "--release", "--quiet", "--bin", "count"])
        .args([
            "--manifest-path",
            concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
        ]);
    for (name, _) in env::vars_os() {
        let name_text = name.to_string_lossy();
        if name_text.starts_with("CARGO_PROFILE_") || name_text.ends_with("RUSTFLAGS") {
            cargo.env_remove(name);
        }
    }
    output(&mut cargo)?;
    Ok(env::current_exe()?.with_file_name("count"))
}

fn output(command: &mut Command) -> Result<String, Trouble> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| match error.kind() {
        ErrorKind::NotFound if name.ends_with("grind") || name == "callgrind_annotate" => {
            format!("{name} is missing: apt-get install valgrind")
        }
        _ => format!("{name}: {error}"),
    })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{command:?} failed:\n{said}").into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Returns the sum of a file of callgrind.
fn total(file: &str) -> Result<u64, Trouble> {
    let line = file.lines().find_map(|line| line.strip_prefix("totals: "));
    let total = line.ok_or("callgrind has written no totals")?;
    Ok(total.trim().parse()?)
}

/// Returns the count and the name of a line of `callgrind_annotate`, as in
/// `27,057,013  src/hmac.rs:hmac::sign [/path/of/count]`.
fn function(line: &str) -> Option<(u64, &str)> {
    let (count, name) = line.trim_start().split_once("  ")?;
    let count = count.replace(',', "").parse().ok()?;
    if name.contains("PROGRAM TOTALS") {
        return None;
    }
    let name = name.rsplit_once(" [").map_or(name, |(name, _)| name);
    Some((count, name.trim_start()))
}

const FEW: u32 = 100;
const MORE: u32 = 500;
/// How many functions a profile has.
const LINES: usize = 40;
