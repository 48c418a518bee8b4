#!/usr/bin/env python3
"""Shows that the check of the pages finds what it is for."""

import tempfile
import unittest
from pathlib import Path

import links
import pages
import project

LISTING = "fn main() {\n    let one = 1;\n\n    let two = 2;\n}\n"

# What a page says, and a part of what the check says of it; None where it is right.
PAGES = [
    ("a block with its comment", "# A\n\n<!-- run -->\n```sh\ntrue\n```\n\n## Next\n", None),
    ("a block without one", "# A\n\n```sh\ntrue\n```\n\n## Next\n", "no comment"),
    ("a comment that says nothing known", "# A\n\n<!-- ran -->\n```sh\ntrue\n```\n\n## Next\n", "is none of"),
    ("a reason that is missing", "# A\n\n<!-- not run: -->\n```sh\ntrue\n```\n\n## Next\n", "is none of"),
    ("a block without a language", "# A\n\n<!-- run -->\n```\ntrue\n```\n\n## Next\n", "names its language"),
    ("a block without an end", "# A\n\n## Next\n\n<!-- run -->\n```sh\ntrue\n", "no end"),
    ("a block in a quote", "# A\n\n> ```sh\n> true\n> ```\n\n## Next\n", "in a quote"),
    ("a block of tildes", "# A\n\n~~~\ntrue\n~~~\n\n## Next\n", "tildes"),
    ("no section Next", "# A\n", "## Next"),
    ("no title", "A\n\n## Next\n", "title"),
    ("syntax of one generator", "# A\n\n!!! note\n\n## Next\n", "one generator"),
]

LISTINGS = [
    ("whole", LISTING, True),
    ("without its indentation", "let one = 1;\n", True),
    ("with lines left out", "fn main() {\n    // …\n    let two = 2;\n", True),
    ("in another order", "let two = 2;\n// …\nlet one = 1;\n", False),
    ("changed", "let one = 2;\n", False),
    ("with a line left out silently", "fn main() {\n    let two = 2;\n", False),
    ("indented otherwise", "fn main() {\n  let one = 1;\n", False),
]

LINKS = [
    ("a page that exists", "b.md", True),
    ("a heading that exists", "b.md#two-words-and--code", True),
    ("a heading that does not", "b.md#three", False),
    ("a page that does not", "c.md", False),
    ("a file outside of the repository", "../../b.md", False),
    ("a path from the root", "/docs/b.md", False),
    ("another host", "https://example.com/c.md", True),
]

OUTPUTS = [
    ("the same", "a\nb", "a\nb\n", True),
    ("another", "a\nb", "a\nc\n", False),
    ("more than expected", "a", "a\nb\n", False),
    ("less than expected", "a\nb", "a\n", False),
    ("anything in a line", "a … c", "a b c\n", True),
    ("anything in a line, and not in two", "a … c", "a\nc\n", False),
    ("any lines", "a\n…\nd", "a\nb\nc\nd\n", True),
    ("no lines", "a\n…\nd", "a\nd\n", True),
    ("what cargo says of its progress", "a", "   Compiling b v0.1.0\na\n", True),
    ("characters of patterns", "a.c", "abc\n", False),
]


class Check(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / "docs").mkdir()

    def test_forms(self):
        for sentence, text, wanted in PAGES:
            with self.subTest(sentence):
                path = self.root / "docs" / "a.md"
                path.write_text(text)
                page = pages.read(path)
                faults = " ".join(fault for _, fault in [*page.faults, *pages.faults_of_form(page)])
                self.assertEqual(faults, "") if wanted is None else self.assertIn(wanted, faults)

    def test_listings(self):
        (self.root / "main.rs").write_text(LISTING)
        for sentence, text, is_right in LISTINGS:
            with self.subTest(sentence):
                block = pages.Block(1, "rust", text.splitlines(), "from", ("main.rs",))
                self.assertEqual(pages.fault_of_listing(self.root, block) is None, is_right)

    def test_links(self):
        (self.root / "docs" / "b.md").write_text("# B\n\n## Two words: `and` — code\n\n```sh\n# three\n```\n")
        for sentence, link, is_right in LINKS:
            with self.subTest(sentence):
                self.assertEqual(links.fault_of(self.root, "docs/a.md", link) is None, is_right)

    def test_links_are_found_in_prose_alone(self):
        text = "[a](1) `[b](2)` [`c`](3)\n```sh\n[d](4)\n```\n[over\nlines](5) ![e](6)\n"
        self.assertEqual([link[2] for link in links.links(text)], ["1", "3", "5", "6"])

    def test_outputs(self):
        for sentence, expected, seen, is_right in OUTPUTS:
            with self.subTest(sentence):
                self.assertEqual(project.matches(expected, seen), is_right)


if __name__ == "__main__":
    unittest.main()
