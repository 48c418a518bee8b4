#!/usr/bin/env python3
"""Checks the pages of the book: their form, links and listings, and that their commands do what the pages say.

usage: check.py [--no-run] [--keep] [PAGE...]

    PAGE        docs/start.md, start.md or start; all pages if none is named
    --no-run    only form, links and listings, which takes no time
    --keep      leaves the project of the last page that was run where it is, and says where

The forms of the comments before blocks are in book/README.md.
"""

import subprocess
import sys
import time
from pathlib import Path

import links
import pages
import project

ROOT = Path(__file__).resolve().parent.parent


def main(arguments):
    options = {argument for argument in arguments if argument.startswith("--")}
    if unknown := options - {"--no-run", "--keep"}:
        raise SystemExit(f"unknown: {' '.join(unknown)}\n{__doc__}")
    chosen = [find(name) for name in arguments if not name.startswith("--")] or sorted((ROOT / "docs").glob("*.md"))
    run = "--no-run" not in options
    if run and "HANDSTAMP_BOOK_NETWORK" not in project.os.environ:
        subprocess.run(["cargo", "fetch", "--quiet", "--locked", "--target", host()], cwd=ROOT, check=True)
    if run:
        project.enter_own_network()
    failed = [page for page in chosen if not check(page, run, "--keep" in options)]
    print(f"{len(chosen) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def host():
    """The platform of this machine: what others need is not fetched."""
    told = subprocess.run(["rustc", "--version", "--verbose"], check=True, capture_output=True, text=True).stdout
    return told.split("host: ")[1].split()[0]


def find(name):
    for path in (Path(name), ROOT / "docs" / name, ROOT / "docs" / f"{name}.md"):
        if path.is_file():
            return path.resolve()
    raise SystemExit(f"there is no page {name}")


def check(path, run, keep):
    page = pages.read(path)
    name = str(path.relative_to(ROOT))
    faults = [*page.faults, *pages.faults_of_form(page)]
    for link in links.links(page.text):
        if fault := links.fault_of(ROOT, name, link[2]):
            faults.append((page.text.count("\n", 0, link.start(2)) + 1, fault))
    for block in page.blocks:
        if block.kind == "from" and (fault := pages.fault_of_listing(ROOT, block)):
            faults.append((block.line, fault))
    for number, fault in sorted(faults):
        print(f"{name}:{number}: {fault}")
    runs = carry_out(page, name, keep) if run and not page.faults else True
    return runs and not faults


def carry_out(page, name, keep):
    steps = [block for block in page.blocks if block.kind in ("file", "run", "serve", "check")]
    if not steps:
        return True
    start = time.monotonic()
    with project.folder(ROOT) as home, project.Project(ROOT, home, page) as own:
        for block in steps:
            try:
                own.carry_out(block)
            except project.Failure as failure:
                print(f"{name}:{block.line}: {failure}")
                if log := own.log():
                    print(f"  what runs has printed:\n{project.indented(log)}")
                return False
        print(f"{name}: {len(steps)} blocks, {time.monotonic() - start:.0f} s{f', in {own.folder}' if keep else ''}", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
