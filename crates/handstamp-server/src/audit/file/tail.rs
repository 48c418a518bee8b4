//! The end of a file: its last whole line, and what stands after it.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

use super::error::Problem;
use crate::audit::chain::{Head, Line};

/// The last line of a file.
#[derive(Debug)]
pub(super) struct Tail {
    /// Without its line break; `None` if the file has no whole line.
    pub(super) line: Option<Vec<u8>>,
    /// Where the last whole line ends. A line that was not written to its end begins here.
    pub(super) end: u64,
    /// The first bytes of the file.
    begin: Vec<u8>,
}

impl Tail {
    /// Reads the end of a file of this length.
    pub(super) fn read(file: &File, len: u64) -> io::Result<Self> {
        let size = len.min(BEGIN.len() as u64);
        let mut begin = vec![0; usize::try_from(size).unwrap_or_default()];
        file.read_exact_at(&mut begin, 0)?;
        let Some(last_break) = find_break(file, len)? else {
            return Ok(Self {
                line: None,
                end: 0,
                begin,
            });
        };
        let start = find_break(file, last_break)?.map_or(0, |before| before + 1);
        // A line is as long as it may be; what is longer is no record.
        let start = start.max(last_break.saturating_sub(LONGEST_LINE));
        let mut line = vec![0; usize::try_from(last_break - start).unwrap_or_default()];
        file.read_exact_at(&mut line, start)?;
        Ok(Self {
            line: Some(line),
            end: last_break + 1,
            begin,
        })
    }

    /// Returns the head that the last line makes; `None` for a file without a whole line. Fails
    /// for a file of something else, which must not be cut off: the path may be one of another
    /// program, or a link that someone has put there for a command of root.
    pub(super) fn head(&self) -> Result<Option<Head>, Problem> {
        match &self.line {
            Some(line) => {
                let line = Line::read(line).ok_or(Problem::NoRecord)?;
                Ok(Some(line.head()))
            }
            None if BEGIN.starts_with(&self.begin) => Ok(None),
            None => Err(Problem::NoRecord),
        }
    }
}

/// Returns where the last line break before this place is.
fn find_break(file: &File, before: u64) -> io::Result<Option<u64>> {
    let mut buffer = [0; 8 * 1024];
    let mut end = before;
    while end > 0 {
        let start = end.saturating_sub(buffer.len() as u64);
        let size = usize::try_from(end - start).unwrap_or_default();
        let Some(piece) = buffer.get_mut(..size) else {
            break;
        };
        file.read_exact_at(piece, start)?;
        if let Some(index) = piece.iter().rposition(|byte| *byte == b'\n') {
            return Ok(Some(start + index as u64));
        }
        end = start;
    }
    Ok(None)
}

/// As each line begins.
const BEGIN: &[u8] = b"{\"sequence\":";

const LONGEST_LINE: u64 = 1024 * 1024;
