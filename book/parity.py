#!/usr/bin/env python3
"""Checks that docs/parity.md has a row for every feature of AuthX and for every bug, and that what a row names exists.

The lists are in crates/handstamp-conformance/vectors/authx_features.json. They were made from AUTHX.md, the measured
behaviour of AuthX, which is not part of this repository: where it lies next to the clone, the lists are compared with it.

usage: parity.py [--authx FILE]     ../shared/AUTHX.md if none is named
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path

import links

ROOT = Path(__file__).resolve().parent.parent
PAGE = "docs/parity.md"
FEATURES = "crates/handstamp-conformance/vectors/authx_features.json"
SETTINGS = "crates/handstamp/src/config/settings.rs"
BUGS = "crates/handstamp-conformance/tests/authx_bugs/table.rs"

ANSWERS = ["Yes", "Differently", "No"]
ROW = re.compile(r"^\|(.*)\|$")
SEPARATOR = re.compile(r"^\|[-|]+\|$")
# A link whose text is code names a test; any other link is to a page or an example.
NAME = re.compile(r"`([^`]+)`$")
# Attributes may stand between that of the test and the function.
TEST = r"#\[(?:\w+::)?test(?:\(.*\))?\]\s*(?:#\[.*\]\s*)*(?:async )?fn {}\("


def main(arguments):
    match arguments:
        case []:
            authx = ROOT.parent / "shared/AUTHX.md"
        case ["--authx", name]:
            authx = Path(name)
        case _:
            sys.exit(__doc__)
    listed = json.loads((ROOT / FEATURES).read_text())
    found, faults = check(ROOT, listed)
    if authx.is_file():
        faults += differences(authx.read_text(), listed)
        print(f"the lists were compared with {authx.name}")
    elif arguments:
        sys.exit(f"{authx} does not exist")
    else:
        print(f"no {authx.name} lies next to this clone: the lists were not compared with it")
    for fault in faults:
        print(fault)
    answers = ", ".join(f"{word.lower()} {found[word]}" for word in ANSWERS)
    print(f"{len(listed['features'])} features ({answers}), {len(listed['bugs'])} bugs")
    print(f"{sum(found.values())} passed, {len(faults)} failed")
    return 1 if faults else 0


def check(root, listed):
    """Returns how many features have each answer, how many bugs a row, and the faults."""
    rows = list(rows_of((root / PAGE).read_text()))
    settings = set(re.findall(r'^\s*"((?:JWT|HANDSTAMP)_\w+)"$', (root / SETTINGS).read_text(), re.M))
    cases = cases_of((root / BUGS).read_text())
    found, faults = Counter(), []
    expected = {feature["name"]: feature for feature in listed["features"]} | {str(bug): bug for bug in listed["bugs"]}
    if len(expected) != len(listed["features"]) + len(listed["bugs"]):
        faults.append(f"{FEATURES}: two features have one name")
    for name, feature in expected.items():
        of_it = [(number, cells) for number, cells in rows if cells[0] == name]
        if len(of_it) != 1:
            faults.append(f"{PAGE}: {name}: {len(of_it)} rows, and not one")
            continue
        number, cells = of_it[0]
        if not all(cells):
            of_row = ["a cell is empty"]
        elif isinstance(feature, int):
            of_row = faults_of_row(root, cells) + faults_of_bug(cells, cases.get(feature, ""))
        else:
            of_row = faults_of_row(root, cells) + faults_of_feature(cells, feature, settings)
        faults += [f"{PAGE}:{number}: {name}: {fault}" for fault in of_row]
        if not of_row:
            found["bugs" if isinstance(feature, int) else answer(cells)] += 1
    faults += [f"{PAGE}:{number}: {cells[0]}: no such feature or bug is listed" for number, cells in rows if cells[0] not in expected]
    return found, faults


def rows_of(text):
    """Yields number and cells of each row of a table, without heads."""
    lines = list(links.prose(text))
    for (number, line), (_, following) in zip(lines, [*lines[1:], (0, "")]):
        row = ROW.match(line)
        if row and not SEPARATOR.match(line) and not SEPARATOR.match(following):
            yield number, [cell.strip() for cell in row[1].split("|")]


def cases_of(table):
    """The part of the list of the tests that is of each bug."""
    parts = re.split(r"^ +number: (\d+),$", table, flags=re.M)[1:]
    return {int(number): text for number, text in zip(parts[::2], parts[1::2])}


def faults_of_row(root, cells):
    shown = list(links.links(cells[-1]))
    faults = [] if shown else ["nothing shows it"]
    for link in links.links(" ".join(cells)):
        if fault := links.fault_of(root, PAGE, link[2]):
            faults.append(fault)
        elif re.match(r"[a-z]+:", link[2]):
            faults.append(f"{link[2]}: not a file of this repository")
    for link in shown:
        path, _ = links.target_of(PAGE, link[2])
        # The search for links has put other characters for brackets in code.
        text = cells[-1][link.start(1) : link.end(1)]
        if (name := NAME.match(text)) and (root / path).is_file() and not exists(root / path, name[1]):
            faults.append(f"{path} has no test and no row {name[1]!r}")
    return faults


def exists(file, name):
    """Whether this is a test of the file, a text in it (the name of a row), or the file itself, of a test or an example."""
    if re.fullmatch(r"\w+", name) and re.search(TEST.format(name), file.read_text()):
        return True
    return f'"{name}"' in file.read_text() or name in (file.stem, file.parent.parent.name)


def faults_of_feature(cells, feature, settings):
    if len(cells) != 3:
        return [f"{len(cells)} cells, and not three"]
    faults = [] if answer(cells) else [f"`here` does not begin with one of {', '.join(ANSWERS)}"]
    for name in feature["settings"]:
        if name not in settings and name not in cells[1]:
            faults.append(f"{name} is no setting here, and the row does not say so")
    return faults


def faults_of_bug(cells, cases):
    if len(cells) != 4:
        return [f"{len(cells)} cells, and not four"]
    names = [NAME.match(cells[-1][link.start(1) : link.end(1)]) for link in links.links(cells[-1])]
    return [f"{BUGS} has no such case of it: {name[1]}" for name in names if name and f'"{name[1]}"' not in cases]


def answer(cells):
    found = re.match(r"\*\*(\w+)\*\*", cells[1])
    return found[1] if found and found[1] in ANSWERS else None


def differences(authx, listed):
    """What AUTHX.md has and the lists have not, or the other way round."""
    _, _, after = authx.partition("\n## 1. ")
    features, _, after = after.partition("\n## 2. ")
    bugs, _, _ = after.partition("\n## 3. ")
    there = dict(authx_rows(features))
    here = {(feature["section"], feature["row"]): feature["settings"] for feature in listed["features"] if feature["row"]}
    faults = [f"{' '.join(row)}: a row of AUTHX.md that is not listed" for row in there.keys() - here.keys()]
    faults += [f"{' '.join(row)}: listed, and no row of AUTHX.md" for row in here.keys() - there.keys()]
    for row in there.keys() & here.keys():
        faults += [f"{' '.join(row)}: {name} is not among its settings" for name in there[row] if name not in here[row]]
    numbers = {int(number) for number in re.findall(r"^\| (\d+) \|", bugs, re.M)}
    faults += [f"bug {number}: in AUTHX.md or in the list alone" for number in sorted(numbers ^ set(listed["bugs"]))]
    if not there or not numbers:
        faults.append("AUTHX.md has no rows: its form is another one")
    return sorted(faults)


def authx_rows(features):
    """Yields section and first cell of each row, with the settings that its first two cells name in full.

    Abbreviations such as `JWT_ACCESS/REFRESH_COOKIE_PATH` and `JWT_*_CSRF_FIELD_NAME` are left to the reader.
    """
    section = None
    lines = [*features.splitlines(), ""]
    for line, following in zip(lines, lines[1:]):
        if heading := re.match(r"### (1\.\d)", line):
            section = heading[1]
        elif line.startswith("|") and not SEPARATOR.match(line) and not SEPARATOR.match(following):
            cells = [cell.strip() for cell in line.split("|")[1:3]]
            yield (section, cells[0]), re.findall(r"(?<![/\w])JWT_[A-Z_]+\b(?![/*])", " ".join(cells))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
