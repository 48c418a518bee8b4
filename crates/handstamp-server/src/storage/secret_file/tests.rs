use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::sync::Barrier;
use std::thread;

use super::{SecretFileError, SecretSource, check, read_or_create};
use crate::storage::testing::TempDir;

fn bytes(source: &SecretSource) -> Vec<u8> {
    let (SecretSource::Existing(secret) | SecretSource::Created(secret)) = source;
    secret.secret_bytes().to_vec()
}

fn write(path: &Path, content: &[u8], mode: u32) {
    fs::write(path, content).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_key_is_created_once_and_read_afterwards() {
    let dir = TempDir::new();
    let path = dir.path().join("handstamp.db-secret");
    let created = read_or_create(&path).unwrap();
    assert!(matches!(created, SecretSource::Created(_)));
    assert_eq!(bytes(&created).len(), 128);
    let permissions = fs::metadata(&path).unwrap().permissions();
    assert_eq!(permissions.mode() & 0o777, 0o600);
    let existing = read_or_create(&path).unwrap();
    assert!(matches!(existing, SecretSource::Existing(_)));
    assert_eq!(bytes(&existing), bytes(&created));
    assert_eq!(
        fs::read_dir(dir.path()).unwrap().count(),
        1,
        "no other file is left"
    );
}

#[test]
fn processes_that_start_at_once_get_the_same_key() {
    let dir = TempDir::new();
    let path = dir.path().join("secret");
    let barrier = Barrier::new(16);
    let sources: Vec<SecretSource> = thread::scope(|scope| {
        let start = || {
            barrier.wait();
            read_or_create(&path).unwrap()
        };
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(start)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let is_created = |source: &&SecretSource| matches!(source, SecretSource::Created(_));
    assert_eq!(sources.iter().filter(is_created).count(), 1);
    let first = bytes(&sources[0]);
    assert!(sources.iter().all(|source| bytes(source) == first));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn a_file_of_another_user_is_refused() {
    for (name, owner, own, is_refused) in [
        ("the own file", 1000, 1000, false),
        ("root's file", 0, 1000, false),
        ("another user's file", 1001, 1000, true),
        ("another user's file, for root", 1000, 0, true),
    ] {
        let problem = check(0o600, owner, own).err();
        let words = format!("belongs to the user with the id {owner}");
        let error = problem.map(|problem| SecretFileError {
            path: "secret".into(),
            problem,
        });
        let message = error.map(|error| error.to_string()).unwrap_or_default();
        assert_eq!(message.contains(&words), is_refused, "{name}: {message}");
    }
}

#[test]
fn an_unusable_file_is_refused_and_left_as_it_is() {
    let dir = TempDir::new();
    let path = dir.path().join("secret");
    let good = [b'k'; 64];
    let long = vec![b'k'; 70_000];
    for (name, content, mode, words) in [
        (
            "others may read it",
            &good[..],
            0o644,
            "has mode 644: another user of this host",
        ),
        (
            "a group may write it",
            &good,
            0o620,
            "If none did, run `chmod 600",
        ),
        ("empty", b"", 0o600, "the file is empty. Remove it"),
        (
            "nothing but a line break",
            b"\n",
            0o600,
            "the file is empty. Remove it",
        ),
        (
            "too long",
            &long,
            0o600,
            "the file is too large for a key. Remove it",
        ),
    ] {
        write(&path, content, mode);
        let message = read_or_create(&path).unwrap_err().to_string();
        assert!(message.contains(words), "{name}: {message}");
        assert!(
            message.contains(&path.display().to_string()),
            "{name}: {message}"
        );
        assert!(!message.contains("kkkk"), "{name}: {message}");
        assert_eq!(fs::read(&path).unwrap(), content, "{name}");
    }
}

#[test]
fn a_key_that_the_operator_wrote_counts_without_its_line_break() {
    let dir = TempDir::new();
    let path = dir.path().join("secret");
    symlink("elsewhere", &path).unwrap();
    let elsewhere = dir.path().join("elsewhere");
    for (name, content, mode) in [
        ("Unix", &b"01234567890123456789012345678901\n"[..], 0o600),
        (
            "Windows, as in JWT_SECRET_KEY_FILE",
            b"01234567890123456789012345678901\r\n",
            0o400,
        ),
    ] {
        write(&elsewhere, content, mode);
        let source = read_or_create(&path).unwrap();
        assert_eq!(
            bytes(&source),
            b"01234567890123456789012345678901",
            "{name}"
        );
    }
}

#[test]
fn a_path_without_a_file_is_explained() {
    let dir = TempDir::new();
    let nowhere = dir.path().join("nowhere/secret");
    let message = read_or_create(&nowhere).unwrap_err().to_string();
    assert!(message.ends_with("the folder does not exist"), "{message}");
    let message = read_or_create(dir.path()).unwrap_err().to_string();
    assert!(message.contains("is not a regular file"), "{message}");
}
