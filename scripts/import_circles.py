#!/usr/bin/env python3
"""Finds import circles among the modules of a Rust crate.

An arrow leads from a module to each module whose items it names, in a `use` or by a path that begins with `crate` or
`super`. A name is followed through `pub use` to the file that defines it, so that a re-export hides no arrow;
a `mod.rs` or `lib.rs` that only re-exports a name does not depend on it. Tests and comments are left out. A top-level
room is a module of the crate's root with all below it.

usage: import_circles.py [-v] [crates/handstamp/src]

Prints the circles, and with -v the imports that close them. Exits with 1 if top-level rooms stand in a circle.
"""

import re
import sys
from collections import defaultdict
from pathlib import Path

DEFAULT_SOURCES = "crates/handstamp/src"
# Files of tests that are not named so.
TEST_FILES = {"laws.rs", "vectors.rs", "attacks.rs", "helpers.rs"}
# A re-export of a re-export of ... ends here, for the case that they form a circle themselves.
LONGEST_CHAIN = 6

USE = re.compile(r"\b(pub(?:\([^)]*\))?\s+)?use ([^;]+);")
INLINE_PATH = re.compile(r"\b((?:crate|super)(?:::\w+)+)")


def main(arguments):
    verbose = "-v" in arguments
    sources = next((argument for argument in arguments if argument != "-v"), DEFAULT_SOURCES)
    crate = Crate(Path(sources))
    if not crate.files:
        sys.exit(f"{sources} has no modules")
    arrows = crate.arrows()
    file_circles = circles(crate.files, arrows)
    rooms, imports = by_room(crate.files, arrows)
    room_circles = circles(rooms, imports)

    for circle in file_circles:
        print(f"circle of {len(circle)} files:", *circle)
    for circle in room_circles:
        print(f"circle of {len(circle)} top-level rooms:", *circle)
        if verbose:
            for room in circle:
                for other in circle:
                    for line in imports[room].get(other, ()):
                        print("   ", line)
    print(
        f"{sum(map(len, room_circles))} of {len(rooms)} top-level rooms,"
        f" {sum(map(len, file_circles))} of {len(crate.files)} files stand in circles"
    )
    return 1 if room_circles else 0


class Crate:
    """The modules of a crate, by their paths (`""` is the root), and what each of them names."""

    def __init__(self, sources):
        self.files = {}
        for file in sorted(sources.rglob("*.rs")):
            name = file.relative_to(sources)
            if not is_test(name):
                self.files[module_path(name)] = file
        # Module -> absolute paths that it names, as lists of segments.
        self.named = defaultdict(list)
        # Module -> name that it re-exports -> absolute path behind it.
        self.exports = defaultdict(dict)
        for module, file in self.files.items():
            self._read(module, code(file.read_text()))

    def arrows(self):
        """Module -> module that it imports from -> names (`None` for the module itself)."""
        arrows = defaultdict(lambda: defaultdict(set))
        for module, paths in self.named.items():
            for path in paths:
                target, name = self._resolve(path)
                if target is not None and target != module:
                    arrows[module][target].add(name)
        for module, exports in self.exports.items():
            if module and self.files[module].name != "mod.rs":
                continue
            for path in exports.values():
                target, name = self._resolve(path)
                if target in arrows[module]:
                    arrows[module][target].discard(name)
                    if not arrows[module][target]:
                        del arrows[module][target]
        return arrows

    def _read(self, module, text):
        for visibility, tree in USE.findall(text):
            for path in expand(tree):
                absolute = self._absolute(module, path)
                if absolute is not None:
                    self.named[module].append(absolute)
                    if visibility:
                        self.exports[module][absolute[-1]] = absolute
        for path in INLINE_PATH.findall(text):
            self.named[module].append(self._absolute(module, path))

    def _absolute(self, module, path):
        """Segments of `path` from the crate's root; `None` if it leads out of the crate."""
        here = module.split("::") if module else []
        first, *rest = segments = path.split("::")
        if first == "crate":
            return rest
        if first == "self":
            return here + rest
        if first == "super":
            while segments and segments[0] == "super":
                here, segments = here[:-1], segments[1:]
            return here + segments
        return here + segments if "::".join([*here, first]) in self.files else None

    def _resolve(self, path, chain=0):
        """The module that defines what `path` means, and the name in it; `None` twice if there is none."""
        for length in range(len(path), 0, -1):
            module, rest = "::".join(path[:length]), path[length:]
            if module in self.files:
                behind = self.exports[module].get(rest[0]) if rest else None
                if behind is not None and chain < LONGEST_CHAIN:
                    return self._resolve(behind + rest[1:], chain + 1)
                return module, rest[0] if rest else None
        if path and path[0] in self.exports[""]:
            return self._resolve(self.exports[""][path[0]] + path[1:], chain + 1)
        return None, None


def is_test(name):
    parts = name.with_suffix("").parts
    return any(part in ("test", "tests") for part in parts) or name.name in TEST_FILES


def module_path(name):
    parts = name.with_suffix("").parts
    if parts[-1] == "mod" or parts == ("lib",):
        parts = parts[:-1]
    return "::".join(parts)


def code(text):
    """`text` without comments and without a test module at its end."""
    text = re.sub(r"#\[cfg\(test\)\]\s*mod tests \{.*\Z", "", text, flags=re.DOTALL)
    return re.sub(r"//[^\n]*", "", text)


def expand(tree, prefix=""):
    """The paths of a use tree: `a::{b, c::{d, e as f}}` -> `a::b`, `a::c::d`, `a::c::e`."""
    paths = []
    for branch in split_at_commas(tree):
        head, brace, inner = branch.partition("{")
        if brace:
            paths += expand(inner[: inner.rindex("}")], prefix + head)
        elif branch.strip():
            paths.append("".join((prefix + re.sub(r"\s+as\s+\w+", "", branch)).split()))
    return paths


def split_at_commas(tree):
    """The branches of the outermost level."""
    branches, depth = [""], 0
    for character in tree:
        depth += (character == "{") - (character == "}")
        if character == "," and depth == 0:
            branches.append("")
        else:
            branches[-1] += character
    return branches


def by_room(modules, arrows):
    """The top-level rooms, and room -> room -> lines that tell of the imports."""
    imports = defaultdict(lambda: defaultdict(list))
    for module, targets in arrows.items():
        for target, names in targets.items():
            if room(module) != room(target):
                line = f"{module} -> {target}: {', '.join(sorted(map(str, names)))}"
                imports[room(module)][room(target)].append(line)
    return {room(module) for module in modules}, imports


def room(module):
    return module.split("::")[0] or "lib"


def circles(nodes, arrows):
    """The strongly connected components of more than one node (Tarjan's algorithm), each sorted."""
    index, lowest, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = lowest[node] = len(index)
        stack.append(node)
        for target in arrows.get(node, ()):
            if target not in index:
                visit(target)
                lowest[node] = min(lowest[node], lowest[target])
            elif target in stack:
                lowest[node] = min(lowest[node], index[target])
        if lowest[node] == index[node]:
            component = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(component) > 1:
                found.append(sorted(component))

    for node in sorted(nodes):
        if node not in index:
            visit(node)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
