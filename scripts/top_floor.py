#!/usr/bin/env python3
"""Checks what only the top floor of the core may do: name `Auth`, and read the clock.

`auth::Auth` is named in `auth/` and `lib.rs` alone, in comments and tests too; `.now()` is called in `auth/`, `context/`,
the stores in memory and the browser of the test kit alone, tests and comments left out: everything below takes the time as an argument.

usage: top_floor.py [crates/handstamp/src]
"""

import sys
from pathlib import Path

from import_circles import DEFAULT_SOURCES, code, is_test

MAY_NAME_AUTH = ("auth/", "lib.rs")
MAY_READ_THE_CLOCK = ("auth/", "context/", "store/memory", "limit/memory.rs", "testing/browser.rs", "testing/clock.rs")


def main(arguments):
    sources = Path(arguments[0] if arguments else DEFAULT_SOURCES)
    names_auth, reads_the_clock = [], []
    for file in sorted(sources.rglob("*.rs")):
        name = file.relative_to(sources)
        text = file.read_text()
        if "auth::Auth" in text and not name.as_posix().startswith(MAY_NAME_AUTH):
            names_auth.append(str(file))
        if ".now()" in code(text) and not is_test(name) and not name.as_posix().startswith(MAY_READ_THE_CLOCK):
            reads_the_clock.append(str(file))
    print(f"auth::Auth is named outside of {', '.join(MAY_NAME_AUTH)} by {len(names_auth)} files:", *names_auth)
    print(f".now() is called outside of {', '.join(MAY_READ_THE_CLOCK)} by {len(reads_the_clock)} files:", *reads_the_clock)
    return 1 if names_auth or reads_the_clock else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
