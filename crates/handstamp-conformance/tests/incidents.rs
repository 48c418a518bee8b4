//! Tests that `docs/incidents.md` of the core has a row for every incident, and that every test it
//! names exists.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing test panics"
)]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The folder `crates`.
fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(crates().join(path)).unwrap()
}

/// Returns the rows of the tables of incidents, without their heads.
fn rows(page: &str) -> Vec<&str> {
    let (incidents, _) = page.split_once("\n## In ordinary use\n").unwrap();
    incidents
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| incident |"))
        .collect()
}

#[test]
fn every_incident_has_a_row_that_says_what_covers_it() {
    let incidents: Vec<Value> =
        serde_json::from_str(&read("handstamp-conformance/vectors/incidents.json")).unwrap();
    assert_eq!(incidents.len(), 65);
    let page = read("handstamp/docs/incidents.md");
    let rows = rows(&page);
    assert_eq!(rows.len(), incidents.len());
    for incident in &incidents {
        let id = incident["id"].as_str().unwrap();
        let mut of_it = rows
            .iter()
            .filter(|row| row.starts_with(&format!("| {id}")));
        let (Some(row), None) = (of_it.next(), of_it.next()) else {
            panic!("not one row for {id}");
        };
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        assert_eq!(cells.len(), 3, "{row}");
        let covered = !tests_in(row).is_empty();
        let excused = row.contains("Does not apply: ") || row.contains("Not yet: ");
        assert!(covered || excused, "{row}");
    }
}

#[test]
fn every_test_that_is_named_exists() {
    let page = read("handstamp/docs/incidents.md");
    let sources = sources();
    let named = tests_in(&page);
    assert!(named.len() > 60, "{named:?}");
    for name in named {
        let mut path: Vec<&str> = name.split("::").collect();
        let function = path.pop().unwrap();
        let package = match path[0] {
            other if other.starts_with("handstamp_") => path.remove(0).replace('_', "-"),
            _ => "handstamp".to_owned(),
        };
        let exists = sources.iter().any(|(file, text)| {
            file.starts_with(&format!("{package}/"))
                && text.contains(&format!("fn {function}("))
                // A module is a file, a folder, or inline.
                && path.iter().all(|module| {
                    let mut parts = file.split(['/', '.']);
                    parts.any(|part| part == *module) || text.contains(&format!("mod {module} {{"))
                })
        });
        assert!(exists, "{name}");
    }
}

/// In the tables of ordinary use each kind names its cases in every column, or says why there are
/// none. A case is `path: words in that file`.
#[test]
fn every_kind_of_ordinary_use_has_its_cases() {
    let page = read("handstamp/docs/incidents.md");
    let (_, page) = page.split_once("\n## In ordinary use\n").unwrap();
    let (kinds, cases) = page.split_once("\n### The cases of each kind\n").unwrap();
    let first_cells = |table: &str| -> Vec<String> {
        let rows = table.lines().filter(|line| line.starts_with("| ")).skip(1);
        rows.map(|row| cells(row)[0].to_owned()).collect()
    };
    assert_eq!(first_cells(kinds), first_cells(cases));
    for row in cases.lines().filter(|line| line.starts_with("| ")).skip(1) {
        let cells = cells(row);
        assert_eq!(cells.len(), 6, "{row}");
        for cell in &cells[1..] {
            let named = cases_in(cell);
            assert!(!named.is_empty() || cell.starts_with("none: "), "{cell}");
            for (path, words) in named {
                let text = read(&format!("../{path}"));
                assert!(text.contains(words), "{path} has no {words:?}");
            }
        }
    }
}

fn cells(row: &str) -> Vec<&str> {
    row.trim_matches('|').split('|').map(str::trim).collect()
}

/// Returns path and words of each case.
fn cases_in(cell: &str) -> Vec<(&str, &str)> {
    let code = cell.split('`').skip(1).step_by(2);
    code.filter_map(|code| code.split_once(": ")).collect()
}

#[test]
fn the_crate_rsa_is_not_used() {
    let lock = read("../Cargo.lock");
    assert!(lock.contains("name = \"handstamp\""));
    assert!(!lock.contains("name = \"rsa\""));
}

/// Returns what stands in backticks and is a path.
fn tests_in(text: &str) -> Vec<&str> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter(|code| code.contains("::"))
        .collect()
}

/// Returns every Rust file below `crates`, with its path from there.
fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![crates()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(crates()).unwrap().to_str().unwrap();
                found.push((name.replace('\\', "/"), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}
