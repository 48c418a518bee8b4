//! Installs the contenders that are not written in Rust, in the versions of their lock files.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Installs AuthX into an environment in the target folder, and returns its Python.
///
/// # Errors
/// Says what failed.
pub fn authx() -> Result<PathBuf, String> {
    let requirements = folder().join("authx/requirements.txt");
    let program = env::current_exe().map_err(|error| error.to_string())?;
    // Of `target/release/http`.
    let target = program.ancestors().nth(2).ok_or("no target folder")?;
    let place = target.join("authx-venv");
    let installed = place.join("requirements.txt");
    if !is_same(&requirements, &installed) {
        run(Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&place))?;
        let mut pip = Command::new(place.join("bin/pip"));
        run(pip
            .args(["install", "--quiet", "--requirement"])
            .arg(&requirements))?;
        // Last: a broken installation is made again.
        fs::copy(&requirements, &installed).map_err(|error| error.to_string())?;
    }
    Ok(place.join("bin/python"))
}

/// Installs Fastify next to its server.
///
/// # Errors
/// Says what failed.
pub fn fastify() -> Result<(), String> {
    let place = folder().join("fastify");
    let lock = place.join("package-lock.json");
    let installed = place.join("node_modules/installed.json");
    if !is_same(&lock, &installed) {
        let mut npm = Command::new("npm");
        npm.args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--silent",
        ]);
        run(npm.arg("--prefix").arg(&place))?;
        fs::copy(&lock, &installed).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// The folder of this package.
pub fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn is_same(one: &Path, other: &Path) -> bool {
    matches!((fs::read(one), fs::read(other)), (Ok(one), Ok(other)) if one == other)
}

fn run(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().display().to_string();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{name} failed: {status}")),
        Err(error) => Err(format!("{name}: {error}")),
    }
}
