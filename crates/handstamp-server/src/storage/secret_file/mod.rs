//! The file that keeps a generated signing key, so that a restart logs no user out.
//!
//! It reads the key, or creates the file with a random one. It refuses a file that other users of
//! the host can read, and never replaces one that exists.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use handstamp_axum::handstamp::secret::Secret;

use super::hex::hex;
use super::owner::{FileOfAnother, own_id};

/// Reads the key, or creates one if there is no file. Processes that start at the same time all
/// get the same key.
pub(crate) fn read_or_create(path: &Path) -> Result<SecretSource, SecretFileError> {
    let explain = |problem: Problem| SecretFileError {
        path: path.to_owned(),
        problem,
    };
    match read(path) {
        Err(Problem::Read(error)) if error.kind() == io::ErrorKind::NotFound => {}
        found => return found.map(SecretSource::Existing).map_err(explain),
    }
    let is_created = create(path).map_err(|error| explain(Problem::Create(error)))?;
    let secret = read(path).map_err(explain)?;
    Ok(if is_created {
        SecretSource::Created(secret)
    } else {
        SecretSource::Existing(secret)
    })
}

/// Reads the key, or returns one like that which would be created if there is no file.
pub(crate) fn read_or_imagine(path: &Path) -> Result<SecretSource, SecretFileError> {
    let secret = match read(path) {
        Err(Problem::Read(error)) if error.kind() == io::ErrorKind::NotFound => random_hex::<64>()
            .map(|secret| SecretSource::Created(secret.as_str().into()))
            .map_err(Problem::Create),
        found => found.map(SecretSource::Existing),
    };
    secret.map_err(|problem| SecretFileError {
        path: path.to_owned(),
        problem,
    })
}

/// Returns whether the file exists and has this key.
pub(crate) fn has(path: &Path, secret: &Secret) -> bool {
    // A file that cannot be read is reported where its key is needed.
    read(path).is_ok_and(|own| own.secret_bytes() == secret.secret_bytes())
}

/// Where the key comes from: a file that existed, or one that was created just now.
#[derive(Debug)]
pub(crate) enum SecretSource {
    Existing(Secret),
    Created(Secret),
}

fn read(path: &Path) -> Result<Secret, Problem> {
    let file = File::open(path).map_err(|error| match FileOfAnother::behind(&error, path) {
        Some(file) => Problem::OfAnother(file),
        None => Problem::Read(error),
    })?;
    // The metadata of the open file, because another file may have taken its path since.
    let metadata = file.metadata().map_err(Problem::Read)?;
    if !metadata.is_file() {
        return Err(Problem::NotAFile);
    }
    let own = own_id().map_err(Problem::Read)?;
    check(metadata.permissions().mode() & 0o777, metadata.uid(), own)?;
    Secret::read(file).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => Problem::Content(error),
        _ => Problem::Read(error),
    })
}

/// Refuses a file that another user can read. Root can read all of them.
fn check(mode: u32, owner: u32, own: u32) -> Result<(), Problem> {
    if owner != own && owner != 0 {
        return Err(Problem::Owner { owner, own });
    }
    if mode & 0o077 != 0 {
        return Err(Problem::Mode(mode));
    }
    Ok(())
}

/// Returns whether this call created the file. The link gives the file its name when it is
/// complete, and fails if the name is taken.
fn create(path: &Path) -> io::Result<bool> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}", random_hex::<8>()?));
    let temporary = PathBuf::from(name);
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&temporary)?;
    let created = random_hex::<64>().and_then(|secret| {
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
    created
}

/// Returns this many random bytes as two characters each.
fn random_hex<const BYTES: usize>() -> io::Result<String> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(hex(&bytes))
}

/// The file cannot be used. The message names the remedy.
#[derive(Debug)]
pub(crate) struct SecretFileError {
    path: PathBuf,
    problem: Problem,
}

#[derive(Debug)]
enum Problem {
    Read(io::Error),
    OfAnother(FileOfAnother),
    Create(io::Error),
    NotAFile,
    Mode(u32),
    Owner { owner: u32, own: u32 },
    Content(io::Error),
}

impl fmt::Display for SecretFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.problem {
            Problem::Read(error) => write!(f, "cannot read the signing key {path}: {error}"),
            Problem::OfAnother(file) => write!(f, "the signing key {file}"),
            Problem::Create(error) if error.kind() == io::ErrorKind::NotFound => {
                write!(
                    f,
                    "cannot create the signing key {path}: the folder does not exist"
                )
            }
            Problem::Create(error) => write!(
                f,
                "cannot create the signing key {path}: {error}. Set JWT_SECRET_KEY instead, for example to the output of \
                 `openssl rand -hex 32`"
            ),
            Problem::NotAFile => write!(
                f,
                "the signing key {path} is not a regular file. Remove it, and a new key is created"
            ),
            Problem::Mode(mode) => write!(
                f,
                "the signing key {path} has mode {mode:03o}: another user of this host who reads it can log in as any user. \
                 If none did, run `chmod 600 {path}`. Otherwise remove it: a new key is created, and all users have to log \
                 in again"
            ),
            Problem::Owner { owner, own } => write!(
                f,
                "the signing key {path} belongs to the user with the id {owner}, who can log in with it as any user, and \
                 this program runs as the one with the id {own}. Run it as {owner}, or run `chown {own} {path}`"
            ),
            Problem::Content(error) => write!(
                f,
                "the signing key {path} cannot be used: {error}. Remove it: a new key is created, and all users have to \
                 log in again"
            ),
        }
    }
}

impl std::error::Error for SecretFileError {}

#[cfg(test)]
mod tests;
