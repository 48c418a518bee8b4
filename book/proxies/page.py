"""The configurations of docs/behind-a-proxy.md, as they stand there."""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs/behind-a-proxy.md"
BLOCK = re.compile(r"^<!-- proxy (?P<name>[^>]+?) -->\n```\w*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


class Page:
    """Its blocks by the words of their comments: `<!-- proxy nginx prefix -->` is "nginx prefix"."""

    def __init__(self):
        found = [(block["name"], block["text"]) for block in BLOCK.finditer(PAGE.read_text())]
        self.blocks = dict(found)
        self.used = set()
        assert len(found) == len(self.blocks), f"two blocks of one name in {PAGE.name}"

    def block(self, name, edits=()):
        """The text of a block, with these edits: what is replaced must stand in it."""
        self.used.add(name)
        text = self.blocks[name]
        for old, new in edits:
            assert old in text, f"{old!r} does not stand in the block {name!r}"
            text = text.replace(old, new)
        return text

    def unused(self):
        return sorted(self.blocks.keys() - self.used)
