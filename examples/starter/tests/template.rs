//! What `cargo generate` makes of this folder. In a copy by hand, remove this file.

#![allow(clippy::unwrap_used, reason = "a failing test panics")]

use std::path::Path;
use std::process::Command;

/// The manifest of a copy is that of the starter, but for the name, and where handstamp comes from.
#[test]
fn the_template_has_the_manifest_of_the_starter() {
    let template = include_str!("../Cargo.toml.liquid");
    let differ: Vec<&str> = lines(template)
        .filter(|line| !lines(include_str!("../Cargo.toml")).any(|ours| ours == *line))
        .collect();
    let git = r#"git = "https://github.com/handstamp/handstamp""#;
    let expected = [
        r#"name = "{{project-name}}""#.to_owned(),
        format!("handstamp-axum = {{ {git} }}"),
        format!(r#"handstamp-sqlx = {{ {git}, features = ["sqlite"] }}"#),
        format!(r#"handstamp-axum = {{ {git}, features = ["testing"] }}"#),
        "[profile.dev.package.argon2]".to_owned(),
        "opt-level = 3".to_owned(),
    ];
    assert_eq!(differ, expected);
}

/// Does what cargo-generate does, with this repository in the place of that on the internet.
#[test]
fn a_copy_has_all_that_it_needs() {
    let starter = Path::new(env!("CARGO_MANIFEST_DIR"));
    let crates = starter.join("../../crates").canonicalize().unwrap();
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join("my-app");
    copy_folder(starter, &copy);

    let manifest = include_str!("../Cargo.toml.liquid").replace("{{project-name}}", "my-app");
    let path = |crate_name: &str| format!("path = {:?}", crates.join(crate_name));
    let git = r#"git = "https://github.com/handstamp/handstamp""#;
    let manifest = lines(&manifest).map(|line| match line.split_once(" = ") {
        Some((name @ ("handstamp-axum" | "handstamp-sqlx"), _)) => line.replace(git, &path(name)),
        _ => line.to_owned(),
    });
    let manifest: Vec<String> = manifest.collect();
    // It lies in the folder of the workspace, to which it does not belong.
    let manifest = manifest.join("\n") + "\n[workspace]\n";
    std::fs::write(copy.join("Cargo.toml"), manifest).unwrap();
    std::fs::copy(starter.join("../../Cargo.lock"), copy.join("Cargo.lock")).unwrap();

    // Whether it compiles is shown by the starter: the files are the same. This shows that Cargo
    // takes the manifest outside of the workspace, with dependencies that are all in the lock.
    let mut cargo = Command::new(env!("CARGO"));
    let cargo = cargo.args(["tree", "--offline", "--depth=1"]);
    let output = cargo.current_dir(&copy).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let tree = String::from_utf8_lossy(&output.stdout);
    assert!(tree.starts_with("my-app v0.1.0"), "{tree}");
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in from.read_dir().unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}
