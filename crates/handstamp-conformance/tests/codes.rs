//! Every code that the core, the adapters and the binary can answer with is in `codes.json`, with
//! what the table of all codes needs.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use serde_json::Value;

#[test]
fn every_code_that_is_written_in_a_source_is_listed() {
    for (whose, crates) in [
        (
            None,
            &[
                "handstamp",
                "handstamp-tower",
                "handstamp-axum",
                "handstamp-actix",
            ][..],
        ),
        (Some("the binary"), &["handstamp-server"]),
    ] {
        let sources = crates
            .iter()
            .flat_map(|name| sources(&root().join(name).join("src")));
        let written: BTreeSet<String> = sources.flat_map(|file| codes_in(&file)).collect();
        let listed = listed();
        let listed = listed.iter().filter(|entry| entry["of"].as_str() == whose);
        let listed: BTreeSet<String> = listed.map(|entry| text(entry, "code")).collect();
        assert_eq!(written, listed, "codes of {whose:?}: written, and listed");
    }
}

#[test]
fn every_code_is_explained() {
    for entry in listed() {
        for member in ["meaning", "client_does", "operator_does"] {
            let sentence = text(&entry, member);
            assert!(sentence.ends_with('.'), "{member} of {}", entry["code"]);
        }
    }
}

/// Returns the codes that a source makes: the first text of each row of `RejectionKind`, of each
/// arm of `BodyError::code`, and the second argument of each call of `refuse`.
fn codes_in(file: &Path) -> Vec<String> {
    let source = fs::read_to_string(file).unwrap();
    let source = source.split("#[cfg(test)]").next().unwrap();
    let lines = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let code: String = lines.map(|line| line.trim().to_owned() + "\n").collect();
    let first_text = |after: &str| Some(after.split('"').nth(1)?.to_owned());
    let after =
        |call: &str| -> Vec<String> { code.split(call).skip(1).filter_map(first_text).collect() };
    let mut codes = after(".refuse(");
    if file.ends_with("error/reason.rs") {
        codes.extend(after("row("));
    }
    if file.ends_with("error/body.rs") {
        let function = code.split("pub fn code").nth(1).unwrap();
        let function = function.split(" fn ").next().unwrap();
        codes.extend(function.split('"').skip(1).step_by(2).map(str::to_owned));
    }
    codes
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    let is_test = |file: &PathBuf| {
        let mut parts = file.components().map(Component::as_os_str);
        parts.any(|part| part == "tests" || part == "tests.rs")
    };
    files.retain(|file| !is_test(file));
    files
}

fn listed() -> Vec<Value> {
    let list = fs::read_to_string(root().join("handstamp/codes.json")).unwrap();
    let list: Value = serde_json::from_str(&list).unwrap();
    list.get("codes").and_then(Value::as_array).unwrap().clone()
}

fn text(entry: &Value, member: &str) -> String {
    entry
        .get(member)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
