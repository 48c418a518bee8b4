"""The pages of the book and their fenced blocks, each with the comment that says how it is tested."""

import re
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^( *)(```+)([\w+-]*)(.*)$")
CHECK = re.compile(r"^<!-- check (.+) -->$")
COMMENT = re.compile(r"^ *<!-- (.+) -->$")
ELLIPSIS = re.compile(r"^\s*(?://|#|--|;|<!--|/\*)?\s*…\s*(?:-->|\*/)?$")
# What a comment may say. The groups are what it says it of.
KINDS = {
    "from": re.compile(r"from (\S+)$"),
    "file": re.compile(r"file (\S+)( \(append\))?$"),
    "run": re.compile(r"run$"),
    "serve": re.compile(r"serve(?: (\d+))?( alongside)?$"),
    "proxy": re.compile(r"proxy (handstamp|nginx|caddy|traefik)(?: [a-z ]+)?$"),
    "output": re.compile(r"output$"),
    "picture": re.compile(r"picture$"),
    "not run": re.compile(r"not run: (\S.*)$"),
}


@dataclass
class Block:
    """A fenced block, or a check that the reader does not see. `kind` is `check` or a key of KINDS, or None."""

    line: int
    language: str
    lines: list[str]
    kind: str | None
    details: tuple

    @property
    def text(self):
        return "".join(f"{line}\n" for line in self.lines)


@dataclass
class Page:
    path: Path
    text: str
    blocks: list[Block]
    faults: list[tuple[int, str]]


def read(path):
    page = Page(path, path.read_text(), [], [])
    lines = page.text.splitlines()
    number = 0
    while number < len(lines):
        if check := CHECK.match(lines[number]):
            page.blocks.append(Block(number + 1, "sh", [check[1]], "check", ()))
        if re.match(r"^\s*>[\s>]*(```|~~~)", lines[number]) or re.match(r"^\s*~~~", lines[number]):
            page.faults.append((number + 1, "a block in a quote, or of tildes, cannot be checked: write it as ``` blocks of its own"))
        if fence := FENCE.match(lines[number]):
            end = number + 1
            while end < len(lines) and lines[end].strip() != fence[2]:
                end += 1
            if end == len(lines):
                page.faults.append((number + 1, "this block has no end"))
            page.blocks.append(block(page, number, fence, lines[number + 1 : end], lines[number - 1] if number else ""))
            number = end
        number += 1
    return page


def block(page, number, fence, lines, above):
    indent, _, language, rest = fence.groups()
    comment = COMMENT.match(above)
    kind, details = None, ()
    if comment is None:
        page.faults.append((number + 1, "no comment on the line before says how this block is tested"))
    else:
        for kind, form in KINDS.items():
            if match := form.match(comment[1]):
                details = match.groups()
                break
        else:
            kind = None
            page.faults.append((number, f"`{comment[1]}` is none of: {', '.join(KINDS)}; book/README.md has their forms"))
    if not language or rest:
        page.faults.append((number + 1, "a block names its language and nothing else, such as ```rust, ```sh, ```text"))
    return Block(number + 1, language, [line.removeprefix(indent) for line in lines], kind, details)


def faults_of_form(page):
    """Yields what a page is that a code host does not show, or that a page of ours is not."""
    lines = page.text.splitlines()
    if not lines or not lines[0].startswith("# "):
        yield 1, "a page begins with its title: # …"
    headings = [(number, line) for number, line in prose_lines(page) if re.match(r"#{1,6} ", line)]
    if page.path.name != "index.md" and (not headings or headings[-1][1] != "## Next"):
        yield len(lines), 'a page ends with a section "## Next"'
    for number, line in prose_lines(page):
        if re.match(r"\s*(!!!|\?\?\?|===) ", line) or re.search(r"\{[:#.][^}]*\}\s*$", line):
            yield number, "syntax of one generator, which a code host shows as it stands"


def prose_lines(page):
    inside = set()
    for one in page.blocks:
        if one.kind == "check":
            continue
        inside.update(range(one.line, one.line + len(one.lines) + 2))
    for number, line in enumerate(page.text.splitlines(), 1):
        if number not in inside:
            yield number, line


def fault_of_listing(root, listing):
    """Why the lines of a `from` block do not stand in their file, or None."""
    file = Path(root, listing.details[0])
    if not file.is_file():
        return f"{listing.details[0]} does not exist"
    source = file.read_text().splitlines()
    start = 0
    for part in parts(listing.lines):
        found = find(source, part, start)
        if found is None:
            return f"{listing.details[0]} does not have, one after the other and in this order:\n" + "\n".join(
                f"    {line}" for line in part
            )
        start = found + len(part)
    return None


def parts(lines):
    """What stands between the lines that stand for lines left out."""
    part = []
    for line in [*lines, "…"]:
        if not ELLIPSIS.match(line):
            part.append(line.rstrip())
        elif part:
            yield trimmed(part)
            part = []


def trimmed(part):
    """Without blank lines at both ends."""
    filled = [number for number, line in enumerate(part) if line]
    return part[filled[0] : filled[-1] + 1] if filled else []


def find(source, part, start):
    """Where the part stands in the source, with the indentation that it has there."""
    if not part:
        return start
    for number in range(start, len(source) - len(part) + 1):
        first = source[number]
        if not first.strip() or not first.rstrip().endswith(part[0]):
            continue
        indent = first.rstrip().removesuffix(part[0])
        there = source[number : number + len(part)]
        if not indent.strip() and all(
            line == (indent + wanted if wanted else "") for line, wanted in zip(map(str.rstrip, there), part)
        ):
            return number
    return None
