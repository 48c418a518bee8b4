#!/usr/bin/env python3
"""Checks what a registry and docs.rs show of each crate that is published, and that each example is in the index.

Each crate has a repository, a description, keywords, categories, the texts of its licences, all features in its documentation,
and a README of 20 to 60 lines.
"""

import json
import subprocess
import sys
from pathlib import Path

FIELDS = ["description", "repository", "readme", "license", "keywords", "categories", "rust_version"]
LICENCES = ["LICENSE-APACHE", "LICENSE-MIT"]
README_LINES = range(20, 61)


def main():
    members = metadata()
    packages = [package for package in members if package["publish"] is None]
    faults = [f"{package['name']}: {fault}" for package in packages for fault in faults_of(package)]
    faults += [f"{name}: not in examples/README.md" for name in unlisted_examples(members)]
    if faults:
        print(*faults, sep="\n")
    print(f"{len(packages)} packages to be published, {len(faults)} faults")
    return 1 if faults or not packages else 0


def unlisted_examples(members):
    index = Path("examples/README.md").read_text()
    for package in members:
        if "/examples/" in package["manifest_path"] and f"[`{package['name']}`]" not in index:
            yield package["name"]


def metadata():
    command = ["cargo", "metadata", "--no-deps", "--format-version=1", "--locked"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)["packages"]


def faults_of(package):
    folder = Path(package["manifest_path"]).parent
    for field in FIELDS:
        if not package[field]:
            yield f"no {field}"
    if len(package["keywords"]) > 5 or len(package["categories"]) > 5:
        yield "more than five keywords or categories"
    for licence in LICENCES:
        if not (folder / licence).exists():
            yield f"no {licence}"
    if (package["metadata"] or {}).get("docs", {}).get("rs", {}).get("all-features") is not True:
        yield "no `all-features = true` in [package.metadata.docs.rs]"
    readme = folder / (package["readme"] or "README.md")
    if not readme.exists():
        yield "no README.md"
    elif (lines := len(readme.read_text().splitlines())) not in README_LINES:
        yield f"{lines} lines of README.md, not {README_LINES[0]} to {README_LINES[-1]}"


if __name__ == "__main__":
    sys.exit(main())
