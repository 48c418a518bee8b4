#!/usr/bin/env python3
"""Finds comment lines of Rust sources that are longer than 100 columns.

Rustfmt on stable wraps no comments, so this counts. A line may be longer where it cannot be broken: if it is one word,
such as a link, or a row of a table.

usage: comment_columns.py [file...]; without files, all that git knows
"""

import re
import subprocess
import sys
from pathlib import Path

COLUMNS = 100
# What begins with `//`, also behind code. In a string literal only `://` is usual, and is not one.
COMMENT = re.compile(r"(?:^|\s)(//[/!]?(?:\s|$).*)$")


def main(files):
    if not files:
        listed = subprocess.run(["git", "ls-files", "*.rs"], check=True, stdout=subprocess.PIPE, text=True)
        files = [file for file in listed.stdout.splitlines() if Path(file).exists()]
    long = 0
    for file in files:
        for number, line in enumerate(Path(file).read_text().splitlines(), 1):
            if is_too_long(line):
                print(f"{file}:{number}: {len(line)} columns")
                long += 1
    print(f"{len(files)} files, {long} comment lines of more than {COLUMNS} columns")
    return 1 if long or not files else 0


def is_too_long(line):
    comment = COMMENT.search(line)
    if len(line) <= COLUMNS or comment is None:
        return False
    words = comment[1].split()
    return len(words) > 2 and words[1] != "|"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
