//! What is wrong with a log, and in which line.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The first line that breaks the chain.
#[derive(Debug)]
pub(crate) struct Broken {
    /// The file and the number of the line; `None` if it is what should follow the last one.
    place: Option<(PathBuf, u64)>,
    problem: Problem,
}

impl Broken {
    pub(super) fn at(path: &Path, line: u64, problem: Problem) -> Self {
        let place = Some((path.to_owned(), line));
        Self { place, problem }
    }

    pub(super) fn at_end(problem: Problem) -> Self {
        Self {
            place: None,
            problem,
        }
    }
}

#[derive(Debug)]
pub(super) enum Problem {
    Unreadable(io::Error),
    /// The last line has no end.
    Torn(usize),
    NoRecord,
    Changed,
    Missing {
        missing: u64,
        expected: u64,
    },
    Displaced {
        found: u64,
        expected: u64,
    },
    /// The number follows, and the hash is that of another line.
    Unchained,
    /// A file that should continue another one does not.
    Begins {
        expected: u64,
    },
    /// The record of the noted head has another hash.
    Differs,
    /// The log ends before the noted head.
    Ended {
        noted: u64,
        head: u64,
    },
    /// The noted head is in an earlier file.
    Earlier {
        noted: u64,
        first: u64,
    },
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some((path, 0)) => write!(f, "{}: ", path.display())?,
            Some((path, line)) => write!(f, "{}, line {line}: ", path.display())?,
            None => {}
        }
        match &self.problem {
            Problem::Unreadable(error) => write!(f, "cannot be read: {error}"),
            Problem::Torn(bytes) => write!(
                f,
                "the last line was cut off after {bytes} bytes, by a crash or by hand. \
                 The next record of a service or a command removes it and tells of it"
            ),
            Problem::NoRecord => {
                f.write_str("it is no record: it was cut off, changed or inserted")
            }
            Problem::Changed => f.write_str("it was changed: it does not have its hash"),
            Problem::Missing { missing, expected } => {
                write!(
                    f,
                    "{missing} records are missing before it, from {expected} on"
                )
            }
            Problem::Displaced { found, expected } => write!(
                f,
                "record {found} stands where record {expected} belongs: it was inserted or moved"
            ),
            Problem::Unchained => {
                f.write_str("it does not continue the line before it: one of the two was replaced")
            }
            Problem::Begins { expected } => write!(
                f,
                "a new chain begins where record {expected} belongs: the files are not in \
                 order, or the file before this one was not found when it was made"
            ),
            Problem::Differs => {
                f.write_str("the hash of this record was another one when the head was noted")
            }
            Problem::Ended { noted, head } => write!(
                f,
                "the log ends with record {head}, and record {noted}, which was noted, is missing"
            ),
            Problem::Earlier { noted, first } => write!(
                f,
                "the log begins with record {first}, after record {noted}, which was noted: give \
                 the earlier files as well"
            ),
        }
    }
}

impl std::error::Error for Broken {}
