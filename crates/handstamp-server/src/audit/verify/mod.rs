//! Verification of a log: that each line continues the one before it, and was not changed.
//!
//! It reads one line at a time, so it takes as much memory for a large file as for a small one. It
//! says where a chain breaks first: nothing that follows is sure.

mod problem;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use serde::Deserialize;

use super::chain::{Head, Line};
pub(crate) use problem::Broken;
use problem::Problem;

/// What an intact log holds.
#[derive(Debug)]
pub(crate) struct Intact {
    pub(crate) records: u64,
    /// The number of the first record, and the head. `None` if there are no records.
    pub(crate) ends: Option<(u64, Head)>,
    pub(crate) gaps: Gaps,
    pub(crate) torn: u64,
}

/// The gaps that the records tell of themselves.
#[derive(Debug, Default)]
pub(crate) struct Gaps {
    pub(crate) count: u64,
    pub(crate) missing: u64,
    pub(crate) refused_log_ins: u64,
}

/// Verifies files, each of which continues the one before it. A head that was noted earlier must be
/// among their records.
pub(crate) fn verify(files: &[PathBuf], noted: Option<&Head>) -> Result<Intact, Broken> {
    let mut chain = Chain {
        intact: Intact {
            records: 0,
            ends: None,
            gaps: Gaps::default(),
            torn: 0,
        },
        noted: noted.cloned(),
    };
    for path in files {
        chain.read(path)?;
    }
    match chain.noted {
        Some(noted) => {
            let head = chain.intact.ends.as_ref().map(|(_, head)| head.sequence);
            Err(Broken::at_end(Problem::Ended {
                noted: noted.sequence,
                head: head.unwrap_or_default(),
            }))
        }
        None => Ok(chain.intact),
    }
}

/// The chain up to the line that is read.
struct Chain {
    intact: Intact,
    /// Until its record was found.
    noted: Option<Head>,
}

impl Chain {
    fn read(&mut self, path: &Path) -> Result<(), Broken> {
        let at = |line, problem| Broken::at(path, line, problem);
        let lines = whole_lines(path);
        let mut lines = lines.map_err(|error| at(0, Problem::Unreadable(error)))?;
        let mut text = Vec::new();
        for number in 1.. {
            text.clear();
            let read = lines
                .by_ref()
                .take(LONGEST_LINE)
                .read_until(b'\n', &mut text);
            let read = read.map_err(|error| at(number, Problem::Unreadable(error)))?;
            if read == 0 {
                break;
            }
            let Some(line) = text.strip_suffix(b"\n") else {
                let is_last = (read as u64) < LONGEST_LINE;
                return Err(at(
                    number,
                    if is_last {
                        Problem::Torn(read)
                    } else {
                        Problem::NoRecord
                    },
                ));
            };
            self.add(line, number == 1)
                .map_err(|problem| at(number, problem))?;
        }
        Ok(())
    }

    fn add(&mut self, text: &[u8], is_first: bool) -> Result<(), Problem> {
        let line = Line::read(text).ok_or(Problem::NoRecord)?;
        if !line.is_unchanged() {
            return Err(Problem::Changed);
        }
        match &self.intact.ends {
            None => self.check_first(&line)?,
            Some((_, head)) => check_next(head, &line, is_first)?,
        }
        if let Some(noted) = self.noted.take_if(|noted| noted.sequence == line.sequence)
            && noted.hash != line.hash
        {
            return Err(Problem::Differs);
        }
        self.intact.records += 1;
        match line.event() {
            Some(b"torn") => self.intact.torn += 1,
            Some(b"gap") => self.intact.gaps.add(text),
            _ => {}
        }
        let head = line.head();
        match &mut self.intact.ends {
            Some((_, last)) => *last = head,
            ends => *ends = Some((line.sequence, head)),
        }
        Ok(())
    }

    /// Checks the first line of all. It may continue a file that is not given.
    fn check_first(&mut self, line: &Line<'_>) -> Result<(), Problem> {
        if line.sequence == 1 && line.previous != Head::NONE.hash {
            return Err(Problem::Unchained);
        }
        let Some(noted) = self.noted.take_if(|noted| noted.sequence < line.sequence) else {
            return Ok(());
        };
        // The record after the noted one has its hash.
        if noted.sequence + 1 == line.sequence && noted.hash == line.previous {
            Ok(())
        } else if noted.sequence + 1 == line.sequence {
            Err(Problem::Differs)
        } else {
            Err(Problem::Earlier {
                noted: noted.sequence,
                first: line.sequence,
            })
        }
    }
}

fn check_next(head: &Head, line: &Line<'_>, is_first: bool) -> Result<(), Problem> {
    let expected = head.sequence + 1;
    if line.sequence == 1 && is_first {
        Err(Problem::Begins { expected })
    } else if line.sequence > expected {
        let missing = line.sequence - expected;
        Err(Problem::Missing { missing, expected })
    } else if line.sequence < expected {
        let found = line.sequence;
        Err(Problem::Displaced { found, expected })
    } else if line.previous != head.hash {
        Err(Problem::Unchained)
    } else {
        Ok(())
    }
}

impl Gaps {
    fn add(&mut self, line: &[u8]) {
        #[derive(Deserialize)]
        struct Gap {
            count: u64,
            refused_log_ins: u64,
        }

        self.count += 1;
        if let Ok(gap) = serde_json::from_slice::<Gap>(line) {
            self.missing += gap.count;
            self.refused_log_ins += gap.refused_log_ins;
        }
    }
}

/// Opens a file as far as it is written now: lines that are being appended are left out.
fn whole_lines(path: &Path) -> io::Result<impl BufRead> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    let len = if metadata.is_file() {
        for _ in 0..LOCK_ATTEMPTS {
            // Where it stays locked, or the file system has no locks, it is read all the same.
            if file.try_lock_shared().is_ok() {
                break;
            }
            thread::sleep(Duration::from_millis(1));
        }
        let len = file.metadata()?.len();
        // An error of one that is not held.
        let _ = file.unlock();
        len
    } else {
        // A pipe, from a program that decompresses.
        u64::MAX
    };
    Ok(BufReader::with_capacity(BUFFER, file).take(len))
}

/// In bytes. A record has some hundred.
const LONGEST_LINE: u64 = 1024 * 1024;
const BUFFER: usize = 256 * 1024;
const LOCK_ATTEMPTS: usize = 1_000;

#[cfg(test)]
mod tests;
