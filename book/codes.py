#!/usr/bin/env python3
"""Writes the table of all codes into docs/refusals.md, from crates/handstamp/codes.json.

The table stands between two comments of the page. With --check nothing is written: the exit status is 1, and the
differences are printed, where the page is not up to date.

usage: codes.py [--check]
"""

import difflib
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CODES = ROOT / "crates/handstamp/codes.json"
PAGE = ROOT / "docs/refusals.md"
BEGIN = "<!-- codes: written by book/codes.py -->\n"
END = "<!-- end of codes -->\n"

LIBRARY = "Codes of the library, and so of the binary as well:"
BINARY = "Codes of the binary alone:"


def main(arguments):
    if arguments not in ([], ["--check"]):
        sys.exit(__doc__)
    page = PAGE.read_text()
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        sys.exit(f"{PAGE.relative_to(ROOT)} lacks one of the lines\n{BEGIN}{END}")
    written = before + begin + tables(json.loads(CODES.read_text())["codes"]) + end + after
    if not arguments:
        PAGE.write_text(written)
        return 0
    name = str(PAGE.relative_to(ROOT))
    lines = (text.splitlines(keepends=True) for text in (page, written))
    difference = list(difflib.unified_diff(*lines, fromfile=name, tofile=f"{name}, as book/codes.py writes it"))
    sys.stdout.writelines(difference)
    return 1 if difference else 0


def tables(codes):
    of_library = [one for one in codes if "of" not in one]
    of_binary = [one for one in codes if "of" in one]
    return f"\n{LIBRARY}\n\n{table(of_library)}\n{BINARY}\n\n{table(of_binary)}\n"


def table(codes):
    head = ["code", "status", "what it means", "what the client does", "what the operator does"]
    rows = [head, ["---"] * len(head)] + [
        [f"`{one['code']}`", status(one), one["meaning"], one["client_does"], one["operator_does"]] for one in codes
    ]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n" for row in rows)


def status(code):
    """The second number is that of the style of AuthX, where it differs."""
    if code["standard"] == code["authx"]:
        return str(code["standard"])
    return f"{code['standard']} ({code['authx']})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
