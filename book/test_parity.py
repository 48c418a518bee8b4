#!/usr/bin/env python3
"""Shows that the check of docs/parity.md finds what it is for."""

import json
import tempfile
import unittest
from pathlib import Path

import parity

FILES = {
    parity.SETTINGS: '        /// Sets it.\n        "JWT_ALGORITHM"\n        algorithm(value Algorithm): Algorithm = Hs256;\n',
    parity.BUGS: '    Bug {\n        number: 1,\n        cases: &[Row("rows.rs", "an empty header")],\n    },\n'
    '    Bug {\n        number: 2,\n        cases: &[Test("handstamp", "it_ends")],\n    },\n',
    "rows.rs": '("an empty header", 1),\n#[test]\n#[cfg(unix)]\nfn it_ends() {}\n\nfn helper() {}\n',
}
ALGORITHM = "| algorithms | **Yes**, all. | [`an empty header`](../rows.rs) |\n"
CACHE = "| `cache` | **No**: not log-in. `JWT_CACHE` is not read. | [the page](parity.md) |\n"
BUG = "| 1 | passes | fails | [`an empty header`](../rows.rs) |\n"
PAGE = f"# A\n\n| AuthX | here | shown by |\n|---|---|---|\n{ALGORITHM}{CACHE}\n| bug | AuthX | here | shown by |\n|---|---|---|---|\n{BUG}"
LISTED = {
    "features": [
        {"section": "1.3", "row": "algorithms", "name": "algorithms", "settings": ["JWT_ALGORITHM"]},
        {"section": "extra", "row": None, "name": "`cache`", "settings": ["JWT_CACHE"]},
    ],
    "bugs": [1],
}

# A change of the page, and a part of the only fault that the check finds in it; None where it is right.
CHANGES = [
    ("nothing", "", "", None),
    ("a feature without a row", ALGORITHM, "", "algorithms: 0 rows"),
    ("a feature with two rows", ALGORITHM, ALGORITHM + ALGORITHM, "algorithms: 2 rows"),
    ("a bug without a row", BUG, "", "1: 0 rows"),
    ("a row of nothing that is listed", CACHE, CACHE + CACHE.replace("`cache`", "`cash`"), "no such feature"),
    ("an empty cell", "**Yes**, all.", "", "a cell is empty"),
    ("no answer", "**Yes**, all.", "All.", "does not begin with one of"),
    ("another word in bold", "**Yes**, all.", "**Perhaps**.", "does not begin with one of"),
    ("nothing that shows it", "[the page](parity.md)", "it is known", "nothing shows it"),
    ("a file that does not exist", "[the page](parity.md)", "[the page](cache.md)", "docs/cache.md does not exist"),
    ("a heading that does not exist", "[the page](parity.md)", "[the page](parity.md#c)", "no heading with the anchor"),
    ("a dead link in the middle", "all.", "[all](all.md).", "docs/all.md does not exist"),
    ("an address for a file", "[the page](parity.md)", "[the page](https://example.com)", "not a file"),
    ("a heading that exists", "[the page](parity.md)", "[the page](parity.md#a)", None),
    ("a part of a row", "all. | [`an empty header`]", "all. | [`an empty`]", "no test and no row 'an empty'"),
    ("a test", "all. | [`an empty header`]", "all. | [`it_ends`]", None),
    ("a test that does not exist", "all. | [`an empty header`]", "all. | [`it_begins`]", "no test and no row 'it_begins'"),
    ("a function that is no test", "all. | [`an empty header`]", "all. | [`helper`]", "no test and no row 'helper'"),
    ("a setting that is neither there nor named", " `JWT_CACHE` is not read.", "", "JWT_CACHE is no setting here"),
    ("a cell too many", "**Yes**, all.", "**Yes** | all.", "4 cells, and not three"),
    ("a case of another bug", "fails | [`an empty header`]", "fails | [`it_ends`]", "no such case of it: it_ends"),
]

AUTHX = """
## 1. FEATURES
### 1.3 Tokens
| feature | config (default) | behaviour |
|---|---|---|
| algorithms | JWT_ALGORITHM (HS256), JWT_*_KEY | yes |

## 2. BUGS
| # | what |
|---|---|
| 1 | it passes |

## 3. ASKS
| # | ask |
|---|---|
| 9 | more |
"""

# A change of AUTHX.md, and what the comparison says of it.
DRIFTS = [
    ("nothing", "", "", []),
    ("a feature more", "\n\n## 2.", "\n| keys | | yes |\n\n## 2.", ["1.3 keys: a row of AUTHX.md that is not listed"]),
    (
        "a feature less",
        "| algorithms | JWT_ALGORITHM (HS256), JWT_*_KEY | yes |",
        "| keys | | yes |",
        ["1.3 algorithms: listed, and no row of AUTHX.md", "1.3 keys: a row of AUTHX.md that is not listed"],
    ),
    (
        "a feature of another section",
        "### 1.3",
        "### 1.4",
        ["1.3 algorithms: listed, and no row of AUTHX.md", "1.4 algorithms: a row of AUTHX.md that is not listed"],
    ),
    ("a setting more", "(HS256)", "(HS256), JWT_NEXT", ["1.3 algorithms: JWT_NEXT is not among its settings"]),
    ("a bug more", "| 1 | it passes |", "| 1 | it passes |\n| 2 | so does this |", ["bug 2: in AUTHX.md or in the list alone"]),
    (
        "another form",
        "| ",
        "",
        ["1.3 algorithms: listed, and no row of AUTHX.md", "AUTHX.md has no rows: its form is another one", "bug 1: in AUTHX.md or in the list alone"],
    ),
]


class Checks(unittest.TestCase):
    def check(self, page, listed):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name, text in (FILES | {parity.PAGE: page}).items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            return parity.check(root, listed)

    def test_pages(self):
        for sentence, old, new, wanted in CHANGES:
            with self.subTest(sentence):
                self.assertEqual(PAGE.count(old) if old else 1, 1, "the change is made once")
                found, faults = self.check(PAGE.replace(old, new) if old else PAGE, LISTED)
                if wanted is None:
                    self.assertEqual((found, faults), ({"Yes": 1, "No": 1, "bugs": 1}, []))
                else:
                    self.assertEqual(len(faults), 1, faults)
                    self.assertIn(wanted, faults[0])

    def test_two_features_of_one_name(self):
        twice = LISTED | {"features": [*LISTED["features"], LISTED["features"][0]]}
        _, faults = self.check(PAGE, twice)
        self.assertEqual(faults, [f"{parity.FEATURES}: two features have one name"])

    def test_no_feature_goes_from_list_and_page_at_once(self):
        listed = json.loads((parity.ROOT / parity.FEATURES).read_text())
        self.assertEqual((len(listed["features"]), len(listed["bugs"])), (62, 45))

    def test_comparison(self):
        for sentence, old, new, wanted in DRIFTS:
            with self.subTest(sentence):
                self.assertEqual(parity.differences(AUTHX.replace(old, new) if old else AUTHX, LISTED), wanted)


if __name__ == "__main__":
    unittest.main()
