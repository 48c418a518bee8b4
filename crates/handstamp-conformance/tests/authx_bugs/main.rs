//! The bugs that were found in AuthX 1.7.1, each by its number: what AuthX does, and the cases that
//! say what is right here. `docs/parity.md` has a sentence for each.
//!
//! A case stands where its rule is at home: a row of the adapter suite, a test of a crate, a
//! program that must not compile. What only this list says is a test of this file.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod startup;
mod table;

use std::fs;
use std::path::{Path, PathBuf};

use table::{BUGS, Bug, Case};

#[test]
fn every_bug_has_a_case() {
    let numbers: Vec<u8> = BUGS.iter().map(|bug| bug.number).collect();
    assert_eq!(numbers, (1..=45).collect::<Vec<_>>());
    for Bug {
        number,
        authx,
        cases,
    } in BUGS
    {
        assert!(!authx.is_empty() && !cases.is_empty(), "bug {number}");
    }
}

#[test]
fn every_case_that_is_named_exists() {
    let named = BUGS
        .iter()
        .flat_map(|bug| bug.cases.iter().map(|case| (bug.number, case)));
    let missing: Vec<_> = named.filter(|(_, case)| !exists(case)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

/// A list in which everything exists would check nothing.
#[test]
fn a_case_that_does_not_exist_is_noticed() {
    for case in [
        Case::Row("adapter/cookies.rs", "three users"),
        // A row is a whole text.
        Case::Row("adapter/cookies.rs", "two user"),
        Case::Test("handstamp", "no_such_test"),
        // A function that is no test.
        Case::Test("handstamp", "builder"),
        Case::MustNotCompile("no_such_program"),
    ] {
        assert!(!exists(&case), "{case:?}");
    }
}

fn exists(case: &Case) -> bool {
    match case {
        Case::Row(file, row) => {
            let path = crates().join("handstamp-conformance/src").join(file);
            let text = fs::read_to_string(path).unwrap();
            text.contains(&format!("\"{row}\""))
        }
        Case::Test(package, name) => {
            let signature = format!("fn {name}()");
            rust_files(&crates().join(package)).iter().any(|file| {
                let text = fs::read_to_string(file).unwrap();
                text.match_indices(&signature).any(|(at, _)| {
                    // What stands between it and the former item.
                    let before = text.get(..at).unwrap();
                    let since = before.rfind(['}', ';', '{']).unwrap_or(0);
                    let attributes = before.get(since..).unwrap();
                    attributes.contains("test]")
                })
            })
        }
        Case::MustNotCompile(name) => {
            let programs = crates().join("must-not-compile/tests/cases");
            ["rs", "stderr"]
                .iter()
                .all(|extension| programs.join(format!("{name}.{extension}")).exists())
        }
    }
}

fn crates() -> PathBuf {
    let Some(folder) = Path::new(env!("CARGO_MANIFEST_DIR")).parent() else {
        panic!("this crate stands beside the others");
    };
    folder.to_owned()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found
}
