use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::sync::Barrier;
use std::thread;

use super::{Kept, read_or_make};
use crate::storage::testing::Folder;

fn bytes(kept: &Kept) -> Vec<u8> {
    let (Kept::Found(secret) | Kept::Made(secret)) = kept;
    secret.secret_bytes().to_vec()
}

fn put(path: &Path, content: &[u8], mode: u32) {
    fs::write(path, content).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_key_is_made_once_and_found_afterwards() {
    let folder = Folder::new();
    let path = folder.path().join("handstamp.db-secret");
    let made = read_or_make(&path).unwrap();
    assert!(matches!(made, Kept::Made(_)));
    assert_eq!(bytes(&made).len(), 128);
    let permissions = fs::metadata(&path).unwrap().permissions();
    assert_eq!(permissions.mode() & 0o777, 0o600);
    let found = read_or_make(&path).unwrap();
    assert!(matches!(found, Kept::Found(_)));
    assert_eq!(bytes(&found), bytes(&made));
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing else stays behind"
    );
}

#[test]
fn of_many_that_start_at_once_one_makes_the_key_of_all() {
    let folder = Folder::new();
    let path = folder.path().join("secret");
    let barrier = Barrier::new(16);
    let kept: Vec<Kept> = thread::scope(|scope| {
        let start = || {
            barrier.wait();
            read_or_make(&path).unwrap()
        };
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(start)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let makers = kept.iter().filter(|kept| matches!(kept, Kept::Made(_)));
    assert_eq!(makers.count(), 1);
    assert!(kept.iter().all(|other| bytes(other) == bytes(&kept[0])));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_is_no_good_key_is_refused_with_a_cure() {
    let folder = Folder::new();
    let path = folder.path().join("secret");
    let good = [b'k'; 64];
    let long = vec![b'k'; 70_000];
    for (name, content, mode, words) in [
        (
            "others may read it",
            &good[..],
            0o644,
            "has mode 644, so others on this machine can read it",
        ),
        (
            "a group may write it",
            &good,
            0o620,
            "If nobody did: chmod 600",
        ),
        (
            "too short",
            &good[..31],
            0o600,
            "has 31 bytes, and at least 32 are needed. Remove it",
        ),
        (
            "too short with a line break",
            b"0123456789012345678901234567890\n",
            0o600,
            "has 31 bytes",
        ),
        ("empty", b"", 0o600, "has 0 bytes"),
        ("too long", &long, 0o600, "has over 65536 bytes"),
    ] {
        put(&path, content, mode);
        let said = read_or_make(&path).unwrap_err().to_string();
        assert!(said.contains(words), "{name}: {said}");
        assert!(said.contains(&path.display().to_string()), "{name}: {said}");
        assert!(!said.contains("kkkk"), "{name}: {said}");
        assert_eq!(
            fs::read(&path).unwrap(),
            content,
            "{name}: it stays as it is"
        );
    }
}

#[test]
fn a_key_of_one_s_own_counts_without_its_line_break() {
    let folder = Folder::new();
    let path = folder.path().join("secret");
    put(
        &folder.path().join("elsewhere"),
        b"01234567890123456789012345678901\n",
        0o400,
    );
    symlink("elsewhere", &path).unwrap();
    let kept = read_or_make(&path).unwrap();
    assert_eq!(bytes(&kept), b"01234567890123456789012345678901");
}

#[test]
fn where_no_file_can_be_the_cure_is_another() {
    let folder = Folder::new();
    let nowhere = folder.path().join("nowhere/secret");
    let said = read_or_make(&nowhere).unwrap_err().to_string();
    assert!(said.ends_with("there is no such folder"), "{said}");
    let said = read_or_make(folder.path()).unwrap_err().to_string();
    assert!(said.contains("is no file"), "{said}");
}
