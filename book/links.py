"""Links and headings of a Markdown page, as a code host reads them. The check of the pages and the site use it."""

import re
from pathlib import Path
from posixpath import dirname, join, normpath

FENCE = re.compile(r"^\s*(```+|~~~+)")
LINK = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^()\s]+(?:\([^()\s]*\))?)\)")
HEADING = re.compile(r"^#{1,6} +(.*?)(?: +#+)?$")
# Neither goes on behind a blank line.
CODE = re.compile(r"(`+)(?!`)((?:(?!\n\s*\n)[\s\S])+?)(?<!`)\1(?!`)")


def prose(text):
    """Yields number and line of what stands in no fenced block."""
    fence = None
    for number, line in enumerate(text.splitlines(), 1):
        mark = FENCE.match(line)
        if fence is None and mark:
            fence = mark[1]
        elif fence is None:
            yield number, line
        elif mark and mark[1].startswith(fence) and line.strip() == mark[1]:
            fence = None


def links(text):
    """Yields the match of each link: group 2 is its target, at the same place in the text."""
    outside = dict(prose(text))
    lines = (outside.get(number, " " * len(line)) for number, line in enumerate(text.splitlines(), 1))
    # Code is not searched for links, but may be the text of one.
    masked = CODE.sub(lambda code: re.sub(r"[\[\]()]", "_", code[0]), "\n".join(lines))
    return LINK.finditer(masked)


def anchors(text):
    """The anchors of the headings."""
    found = set()
    for _, line in prose(text):
        if heading := HEADING.match(line):
            slug = slug_of(heading[1])
            same = 0
            while (anchor := f"{slug}-{same}" if same else slug) in found:
                same += 1
            found.add(anchor)
    return found


def slug_of(heading):
    words = LINK.sub(r"\1", heading).replace("`", "").replace("*", "")
    return re.sub(r"[^\w\- ]", "", words).strip().lower().replace(" ", "-")


def target_of(source, link):
    """The file of the repository that a relative link of this file means, and its anchor."""
    path, _, anchor = link.partition("#")
    return (normpath(join(dirname(source), path)) if path else source), anchor


def fault_of(root, source, link):
    """What is wrong with a link of this file, or None."""
    if re.match(r"[a-z][a-z0-9+.-]*:", link):
        return None
    if link.startswith("/"):
        return f"{link}: a link is relative to its page"
    path, anchor = target_of(source, link)
    file = Path(root, path)
    if path.startswith("..") or not file.exists():
        return f"{link}: {path} does not exist"
    if anchor and file.suffix == ".md" and anchor not in anchors(file.read_text()):
        return f"{link}: {path} has no heading with the anchor #{anchor}"
    return None
