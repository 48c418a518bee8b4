"""What the site does with pages that are plain Markdown for a code host.

Brings in the reference pages, which stay with their crates; leads links to where the site or the code host has their
target; and puts pictures into the page itself, so that they follow its colours.
"""

import logging
import re
from pathlib import Path
from posixpath import dirname, relpath

from links import fault_of, links, target_of
from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parent.parent
MARK = "crates/handstamp-server/src/http/page/favicon.svg"
log = logging.getLogger("mkdocs.hooks.book")  # what warns under `mkdocs` fails a strict build


def on_files(files, config):
    for uri, source in config.extra["reference"].items():
        files.append(File.generated(config, uri, content=(ROOT / source).read_text()))
    mark = (ROOT / MARK).read_text()
    files.append(File.generated(config, "assets/favicon.svg", content=mark))
    files.append(File.generated(config, "assets/mark.svg", content=mark.replace("#c2410c", "#fff")))
    return files


def on_page_markdown(markdown, page, config, files):
    uri = page.file.src_uri
    source = config.extra["reference"].get(uri, f"docs/{uri}")
    if source in config.extra["reference"].values():
        markdown = reference(markdown, page.title)
    return lead(blocks(markdown), source, uri, config)


def reference(markdown, title):
    """As rustdoc shows it: with a title, without the lines that it hides, and without links to items."""
    markdown = re.sub(
        r"^```rust\S*\n(.*?)^```$",
        lambda block: "```rust\n" + re.sub(r"^#(?: .*)?\n", "", block[1], flags=re.M) + "```",
        markdown,
        flags=re.M | re.S,
    )
    if not markdown.startswith("# "):
        markdown = f"# {title}\n\n" + re.sub(r"^(#{1,5} )", r"#\1", markdown, flags=re.M)
    module = r"\(crate::_documentation::(\w+)(#[\w-]+)?\)"
    markdown = re.sub(module, lambda link: f"({link[1].replace('_', '-')}.md{link[2] or ''})", markdown)
    return re.sub(r"\[([^\[\]]+)\]\(crate::[^)]*\)", r"\1", markdown)


def blocks(markdown):
    """Takes out the comments before blocks. The name of a file becomes the block's title."""
    markdown = re.sub(r"^( *)<!-- (?:from|file) (\S+)(?: \(append\))? -->\n *(```+)(\w*)$", r'\1\3\4 title="\2"', markdown, flags=re.M)
    markdown = re.sub(r"^ *<!-- .* -->\n( *```)", r"\1", markdown, flags=re.M)
    return re.sub(r"^( *```\w+) (\w\S*\.\w+)$", r'\1 title="\2"', markdown, flags=re.M)


def lead(markdown, source, uri, config):
    for link in reversed(list(links(markdown))):
        start, end = link.span(2)
        markdown = markdown[:start] + led(link[2], source, uri, config) + markdown[end:]
    return markdown


def led(link, source, uri, config):
    """Where a link of this source leads in the site."""
    host = f"{config.repo_url}/blob/main/"
    if link.startswith(host):
        link = relpath(link.removeprefix(host), dirname(source) or ".")
    if re.match(r"[a-z][a-z0-9+.-]*:|#", link):
        return link
    if fault := fault_of(ROOT, source, link):
        log.warning(f"{source}: {fault}")
        return link
    path, anchor = target_of(source, link)
    anchor = f"#{anchor}" if anchor else ""
    pages = {file: page for page, file in config.extra["reference"].items()}
    if path in pages or path.startswith("docs/"):
        return relpath(pages.get(path, path.removeprefix("docs/")), dirname(uri) or ".") + anchor
    kind = "tree" if (ROOT / path).is_dir() else "blob"
    return f"{config.repo_url}/{kind}/main/{path}{anchor}"


def on_page_content(html, page, config, files):
    def picture(image):
        file = ROOT / "docs" / "pictures" / Path(image[1]).name
        text = re.sub(r"<\?xml.*?\?>|<!--.*?-->", "", file.read_text(), flags=re.S).strip()
        return f'<figure class="picture">{text}</figure>'

    return re.sub(r'<p><img [^>]*src="([^"]*pictures/[^"]*\.svg)"[^>]*></p>', picture, html)


def on_post_page(output, page, config):
    # The dialogue of Material's search has no name, which a screen reader would say.
    return output.replace('data-md-component="search" role="dialog"', 'data-md-component="search" role="dialog" aria-label="Search"')
