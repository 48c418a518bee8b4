//! The signing key of whoever sets none, kept so that a restart logs nobody out.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use handstamp_axum::handstamp::secret::Secret;

use crate::storage::hex::hex;

/// Reads the key, or makes one if there is no file. Of servers that start at the same time all end with the same one.
pub(crate) fn read_or_make(path: &Path) -> Result<Kept, SecretFileError> {
    let explain = |problem: Problem| SecretFileError {
        path: path.to_owned(),
        problem,
    };
    match read(path) {
        Err(Problem::Io(error)) if error.kind() == io::ErrorKind::NotFound => {}
        found => return found.map(Kept::Found).map_err(explain),
    }
    let is_made = make(path).map_err(|error| explain(Problem::Make(error)))?;
    let secret = read(path).map_err(explain)?;
    Ok(if is_made {
        Kept::Made(secret)
    } else {
        Kept::Found(secret)
    })
}

/// Where the key came from.
#[derive(Debug)]
pub(crate) enum Kept {
    Found(Secret),
    Made(Secret),
}

fn read(path: &Path) -> Result<Secret, Problem> {
    let file = File::open(path).map_err(Problem::Io)?;
    // Of the file that is open, not of what may stand in its place by now.
    let metadata = file.metadata().map_err(Problem::Io)?;
    if !metadata.is_file() {
        return Err(Problem::NoFile);
    }
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(Problem::Mode(mode));
    }
    let mut secret = Vec::new();
    file.take(LARGEST + 1)
        .read_to_end(&mut secret)
        .map_err(Problem::Io)?;
    // As JWT_SECRET_KEY_FILE reads the same file.
    if secret.ends_with(b"\n") {
        secret.pop();
    }
    match secret.len() {
        length if length < SHORTEST => Err(Problem::Short(length)),
        length if length as u64 > LARGEST => Err(Problem::Long),
        _ => Ok(Secret::from(secret)),
    }
}

/// Whether it was this call that made the file. It is complete as soon as it has its name, and it never gets it twice.
fn make(path: &Path) -> io::Result<bool> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}", random_text::<8>()?));
    let temporary = PathBuf::from(name);
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&temporary)?;
    let made = random_text::<64>().and_then(|secret| {
        writeln!(file, "{secret}")?;
        file.sync_all()?;
        match fs::hard_link(&temporary, path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error),
        }
    });
    fs::remove_file(&temporary)?;
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        File::open(folder)?.sync_all()?;
    }
    made
}

/// So many random bytes, two characters each.
fn random_text<const BYTES: usize>() -> io::Result<String> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(hex(&bytes))
}

/// The file cannot be used. The message has the cure.
#[derive(Debug)]
pub(crate) struct SecretFileError {
    path: PathBuf,
    problem: Problem,
}

#[derive(Debug)]
enum Problem {
    Io(io::Error),
    Make(io::Error),
    NoFile,
    Mode(u32),
    Short(usize),
    Long,
}

impl fmt::Display for SecretFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.problem {
            Problem::Io(error) => write!(f, "cannot read the signing key {path}: {error}"),
            Problem::Make(error) if error.kind() == io::ErrorKind::NotFound => {
                write!(
                    f,
                    "cannot keep a signing key in {path}: there is no such folder"
                )
            }
            Problem::Make(error) => write!(
                f,
                "cannot keep a signing key in {path}: {error}. Set JWT_SECRET_KEY instead, for example to what `openssl \
                 rand -hex 32` prints"
            ),
            Problem::NoFile => write!(
                f,
                "the signing key {path} is no file. Remove it, and a new one is made"
            ),
            Problem::Mode(mode) => write!(
                f,
                "the signing key {path} has mode {mode:03o}, so others on this machine can read it, and log in as \
                 anybody. If nobody did: chmod 600 {path}. Else remove it: a new one is made, and everybody logs in again"
            ),
            Problem::Short(length) => write!(
                f,
                "the signing key {path} has {length} bytes, and at least {SHORTEST} are needed. Remove it: a new one is \
                 made, and everybody logs in again"
            ),
            Problem::Long => write!(
                f,
                "the signing key {path} has over {LARGEST} bytes. Remove it, and a new one is made"
            ),
        }
    }
}

impl std::error::Error for SecretFileError {}

/// The least that any algorithm takes (RFC 7518, section 3.2).
const SHORTEST: usize = 32;
const LARGEST: u64 = 64 * 1024;

#[cfg(test)]
mod tests;
