#!/usr/bin/env python3
"""Checks licences, bans and sources of all dependencies against `deny.toml`, as cargo-deny does.

Reads the tables `licenses` (allow, exceptions), `bans` (deny, wildcards, multiple-versions) and `sources`. Advisories need
cargo-deny and its database: the workflow runs it with the same file.

usage: dependencies.py [Cargo.toml]
"""

import json
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parent.parent
CRATES_IO = "registry+https://github.com/rust-lang/crates.io-index"


def main(arguments):
    rules = tomllib.loads((ROOT / "deny.toml").read_text())
    packages = metadata(arguments[0] if arguments else ROOT / "Cargo.toml")
    foreign = [package for package in packages if package["source"] is not None]
    faults = [
        *unlicensed(foreign, rules["licenses"]),
        *banned(foreign, {ban["crate"] for ban in rules["bans"]["deny"]}),
        *wildcards(package for package in packages if package["source"] is None),
        *from_elsewhere(foreign),
    ]
    several = versions(foreign)
    print(f"in several versions, which is allowed: {', '.join(several) or 'none'}")
    for fault in faults:
        print(f"not allowed: {fault}")
    print(f"{len(foreign)} dependencies, {len(faults)} faults in licences, bans and sources")
    print("not checked here: advisories; .github/workflows/dependencies.yml does, by cargo-deny")
    return 1 if faults or not foreign else 0


def metadata(manifest):
    command = ["cargo", "metadata", "--format-version=1", "--all-features", "--locked", f"--manifest-path={manifest}"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)["packages"]


def unlicensed(packages, rules):
    exceptions = {exception["crate"]: exception["allow"] for exception in rules["exceptions"]}
    for package in packages:
        allowed = {*rules["allow"], *exceptions.get(package["name"], ())}
        if not Licence(package["license"] or "none").is_allowed(allowed):
            yield f"licence of {title(package)}: {package['license']}"


def banned(packages, names):
    return (f"crate {title(package)}" for package in packages if package["name"] in names)


def wildcards(members):
    """Requirements of ours that any version meets; a path alone is none, where nothing is published with it."""
    for member in members:
        for dependency in member["dependencies"]:
            stays_here = member["publish"] == [] or dependency["kind"] == "dev"
            if dependency["req"] == "*" and not (dependency.get("path") and stays_here):
                yield f"any version of {dependency['name']} in {member['name']}"


def from_elsewhere(packages):
    return (f"source of {title(package)}: {package['source']}" for package in packages if package["source"] != CRATES_IO)


def versions(packages):
    found = defaultdict(list)
    for package in packages:
        found[package["name"]].append(package["version"])
    return [f"{name} {' '.join(sorted(several))}" for name, several in sorted(found.items()) if len(several) > 1]


def title(package):
    return f"{package['name']} {package['version']}"


class Licence:
    """An SPDX expression; `/` is the `OR` of old manifests."""

    def __init__(self, expression):
        self.tokens = re.findall(r"[()]|[\w.+-]+", expression.replace("/", " OR "))

    def is_allowed(self, allowed):
        self.rest = list(self.tokens)
        self.allowed = allowed
        return self._either() and not self.rest

    def _either(self):
        value = self._both()
        while self._take("OR"):
            value = self._both() or value
        return value

    def _both(self):
        value = self._one()
        while self._take("AND"):
            value = self._one() and value
        return value

    def _one(self):
        if self._take("("):
            value = self._either()
            return self._take(")") and value
        name = self.rest.pop(0) if self.rest else ""
        if self._take("WITH"):
            name += f" WITH {self.rest.pop(0)}"
        return name in self.allowed

    def _take(self, token):
        if self.rest[:1] != [token]:
            return False
        self.rest.pop(0)
        return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
