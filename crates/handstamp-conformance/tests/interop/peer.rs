//! The other library, and the cookies that it and handstamp set.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

/// A script of `scripts/interop` in a process of its own, which ends when its input is closed.
pub(crate) struct Peer {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Peer {
    pub(crate) fn start(script: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let python = env::var_os("INTEROP_PYTHON")
            .map_or_else(|| root.join("target/venv/bin/python"), PathBuf::from);
        assert!(
            python.exists(),
            "no {}: run scripts/test once, it makes the virtual environment",
            python.display()
        );
        let mut child = Command::new(python)
            .arg(root.join("scripts/interop").join(script))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (
            child.stdin.take(),
            BufReader::new(child.stdout.take().unwrap()),
        );
        Self {
            child,
            input,
            output,
        }
    }

    pub(crate) fn ask(&mut self, request: &Value) -> Value {
        writeln!(self.input.as_mut().unwrap(), "{request}").unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line).unwrap();
        assert!(answer["error"].is_null(), "{request}\n{answer}");
        answer
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.child.wait();
    }
}

/// Returns the lines of an answer, such as `set_cookie`.
pub(crate) fn lines(list: &Value) -> Vec<String> {
    let texts = list.as_array().unwrap().iter();
    texts
        .map(|line| line.as_str().unwrap().to_owned())
        .collect()
}

/// Returns the names and values of `Set-Cookie` lines.
pub(crate) fn cookies(lines: &[String]) -> BTreeMap<String, String> {
    let pair = |line: &String| {
        let (name, value) = line.split(';').next()?.split_once('=')?;
        Some((name.to_owned(), value.to_owned()))
    };
    lines.iter().map(|line| pair(line).unwrap()).collect()
}

/// What a browser keeps: each cookie by its name, `Domain` and `Path` (RFC 6265, section 5.3), with
/// its other attributes, in small letters.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct BrowserJar(BTreeMap<[String; 3], BTreeSet<String>>);

impl BrowserJar {
    pub(crate) fn store(mut self, lines: &[String]) -> Self {
        for line in lines {
            let mut parts = line.split(';').map(str::trim);
            let (name, _) = parts.next().unwrap().split_once('=').unwrap();
            let mut attributes: BTreeSet<String> = parts.map(str::to_ascii_lowercase).collect();
            let mut take = |attribute: &str| {
                let found = attributes.iter().find(|own| own.starts_with(attribute));
                let found = found.cloned().unwrap_or_default();
                attributes.remove(&found);
                found
            };
            let key = [name.to_owned(), take("domain="), take("path=")];
            let (age, end) = (take("max-age="), take("expires="));
            if age == "max-age=0" || end.contains(" 1970 ") {
                self.0.remove(&key);
                continue;
            }
            let is_persistent = !age.is_empty() || !end.is_empty();
            attributes.extend(is_persistent.then(|| "persistent".to_owned()));
            self.0.insert(key, attributes);
        }
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
