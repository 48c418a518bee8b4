#!/usr/bin/env python3
"""Compares what each published crate offers with the committed listing, `public-api.txt` beside its `Cargo.toml`.

usage: public_api.py            compares; ends with 1 if a listing differs
       public_api.py --update   writes the listings anew

A line is an item with its path and signature, or a trait that a type implements; automatic traits and blanket
implementations are left out, and so is what is hidden from the documentation. The items come from rustdoc's JSON, whose
form changes with the version of rustdoc. With another version than the one below nothing is compared, and the workflow
has to: .github/workflows/public-api.yml.
"""

import difflib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
# What rustdoc 1.95 writes. Stable, it does so for those who ask with RUSTC_BOOTSTRAP.
FORMAT = 57
VERSION = "rustdoc 1.95."
LISTING = "public-api.txt"


def main(arguments):
    version = subprocess.run(["rustdoc", "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout
    if not version.startswith(VERSION):
        print(f"not compared here: this is {version.strip()}, not {VERSION}x; .github/workflows/public-api.yml compares")
        return 1 if "--update" in arguments or "GITHUB_ACTIONS" in os.environ else 0
    document()
    differing = 0
    for package in published():
        listing = "\n".join([f"# {package['name']}: written by scripts/public_api.py --update", *lines(package)]) + "\n"
        file = Path(package["manifest_path"]).parent / LISTING
        if "--update" in arguments:
            file.write_text(listing)
            print(f"{file.relative_to(ROOT)}: {listing.count(chr(10)) - 1} items")
            continue
        committed = file.read_text() if file.exists() else ""
        changes = list(difflib.unified_diff(committed.splitlines(), listing.splitlines(), "committed", "now", n=0, lineterm=""))
        print(f"{file.relative_to(ROOT)}: {'differs' if changes else 'as committed'}")
        print(*changes, sep="\n", end="\n" if changes else "")
        differing += bool(changes)
    if differing:
        print("if that is meant: scripts/public_api.py --update, and a line in CHANGELOG.md")
    return 1 if differing else 0


def published():
    """The libraries that are published."""
    command = ["cargo", "metadata", "--no-deps", "--format-version=1", "--locked"]
    packages = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT).stdout)["packages"]
    return [
        package
        for package in packages
        if package["publish"] is None and any("lib" in target["kind"] for target in package["targets"])
    ]


def document():
    """Lets rustdoc write its JSON for all libraries, with the features and so the dependencies of the documentation."""
    command = ["cargo", "doc", "--quiet", "--workspace", "--lib", "--all-features", "--no-deps", "--locked"]
    environment = os.environ | {
        # RUSTC_BOOTSTRAP is for rustdoc alone: with it cargo would compile all dependencies anew.
        "RUSTDOC": str(rustdoc()),
        "RUSTDOCFLAGS": "-Zunstable-options --output-format=json",
        "CARGO_TARGET_DIR": str(TARGET),
    }
    subprocess.run(command, check=True, cwd=ROOT, env=environment)


def lines(package):
    document = json.loads((TARGET / "doc" / f"{package['name'].replace('-', '_')}.json").read_text())
    if document["format_version"] != FORMAT:
        sys.exit(f"rustdoc writes JSON of format {document['format_version']}, and this reads {FORMAT}")
    return sorted(Listing(document).lines, key=lambda line: re.sub(r"#\[\w+\] ", "", line))


def rustdoc():
    script = TARGET / "rustdoc-json"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text('#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec rustdoc "$@"\n')
    script.chmod(0o755)
    return script


class Listing:
    """The lines for all that can be named from the root of a crate."""

    def __init__(self, document):
        self.index = document["index"]
        self.lines = set()
        root = self.index[str(document["root"])]
        self.crate = root["name"]
        self._module(root, self.crate, ())

    def _module(self, module, path, above):
        if module["id"] in above:
            return
        for id in module["inner"]["module"]["items"]:
            self._item(id, path, (*above, module["id"]))

    def _item(self, id, path, above, name=None):
        item = self.index.get(str(id))
        if item is None:
            return
        kind, inner = next(iter(item["inner"].items()))
        if kind == "use":
            return self._use(inner, path, above)
        full = f"{path}::{name or item['name']}"
        if kind == "module":
            self.lines.add(f"pub mod {full}")
            self._module(item, full, above)
        elif kind == "struct":
            self.lines.add(f"{attributes(item)}pub struct {full}{generics(inner)}{self._struct_body(inner['kind'], full)}{where(inner)}")
            self._impls(inner["impls"], full)
        elif kind == "enum":
            self.lines.add(f"{attributes(item)}pub enum {full}{generics(inner)}{where(inner)}")
            for variant in inner["variants"]:
                self._variant(self.index[str(variant)], full)
            self._impls(inner["impls"], full)
        elif kind == "trait":
            bounds = f": {bound_list(inner['bounds'])}" if inner["bounds"] else ""
            self.lines.add(f"pub trait {full}{generics(inner)}{bounds}{where(inner)}")
            for member in inner["items"]:
                self._member(member, full)
        else:
            self._value(item, full, "pub ")

    def _use(self, use, path, above):
        target = self.index.get(str(use["id"]))
        if target is None:
            # Of another crate.
            self.lines.add(f"pub use {path}::{'*' if use['is_glob'] else use['name']} = {use['source']}")
        elif use["is_glob"] and "module" in target["inner"]:
            self._module(target, path, above)
        elif use["is_glob"]:
            for variant in target["inner"]["enum"]["variants"]:
                self._variant(self.index[str(variant)], path)
        else:
            self._item(use["id"], path, above, use["name"])

    def _struct_body(self, kind, path):
        if kind == "unit":
            return ""
        if "tuple" in kind:
            fields = (self.index.get(str(field)) for field in kind["tuple"])
            shown = (show(field["inner"]["struct_field"]) if field else "_" for field in fields)
            return f"({', '.join(shown)})"
        for field in kind["plain"]["fields"]:
            item = self.index[str(field)]
            self.lines.add(f"pub {path}::{item['name']}: {show(item['inner']['struct_field'])}")
        return " { .. }" if kind["plain"]["has_stripped_fields"] else " {}"

    def _variant(self, item, path):
        kind = item["inner"]["variant"]["kind"]
        full = f"{path}::{item['name']}"
        body = ""
        if kind != "plain" and "tuple" in kind:
            fields = (self.index.get(str(field)) for field in kind["tuple"])
            body = f"({', '.join(show(field['inner']['struct_field']) if field else '_' for field in fields)})"
        elif kind != "plain":
            body = " {}"
            for field in kind["struct"]["fields"]:
                field = self.index[str(field)]
                self.lines.add(f"pub {full}::{field['name']}: {show(field['inner']['struct_field'])}")
        self.lines.add(f"{attributes(item)}pub {full}{body}")

    def _impls(self, ids, path):
        for id in ids:
            item = self.index.get(str(id))
            impl = item and item["inner"]["impl"]
            if not impl or impl["is_synthetic"] or impl["blanket_impl"]:
                continue
            if impl["trait"] and impl["trait"]["path"].endswith("StructuralPartialEq"):
                continue
            if impl["trait"] is None:
                for member in impl["items"]:
                    self._member(member, path, impl)
            else:
                negative = "!" if impl["is_negative"] else ""
                self.lines.add(
                    f"impl{generics(impl)} {negative}{trait(impl['trait'])} for {path}{arguments_of(impl['for'])}{where(impl)}"
                )
                for member in impl["items"]:
                    item = self.index.get(str(member))
                    if item and "assoc_type" in item["inner"]:
                        self._value(item, f"<{path}{arguments_of(impl['for'])} as {trait(impl['trait'])}>::{item['name']}", "")

    def _member(self, id, path, impl=None):
        item = self.index.get(str(id))
        if item is None or (impl is not None and item["visibility"] != "public"):
            return
        specialised = arguments_of(impl["for"]) if impl is not None else ""
        self._value(item, f"{path}{specialised}::{item['name']}", "pub ")

    def _value(self, item, full, visibility):
        kind, inner = next(iter(item["inner"].items()))
        if kind == "function":
            header, sig = inner["header"], inner["sig"]
            words = "".join(f"{word} " for word in ("const", "async", "unsafe") if header[f"is_{word}"])
            inputs = ", ".join(argument(name, type) for name, type in sig["inputs"])
            output = f" -> {show(sig['output'])}" if sig["output"] else ""
            must_use = "#[must_use] " if any("must_use" in str(attribute) for attribute in item["attrs"]) else ""
            line = f"{must_use}{visibility}{words}fn {full}{generics(inner)}({inputs}){output}{where(inner)}"
            provided = " { .. }" if inner["has_body"] and visibility == "" else ""
            self.lines.add(line + provided)
        elif kind in ("constant", "static"):
            self.lines.add(f"{visibility}{'const' if kind == 'constant' else kind} {full}: {show(inner['type'])}")
        elif kind == "assoc_const":
            self.lines.add(f"{visibility}const {full}: {show(inner['type'])}")
        elif kind == "assoc_type":
            bounds = f": {bound_list(inner['bounds'])}" if inner["bounds"] else ""
            value = f" = {show(inner['type'])}" if inner["type"] else ""
            self.lines.add(f"{visibility}type {full}{generics(inner)}{bounds}{value}")
        elif kind == "type_alias":
            self.lines.add(f"{visibility}type {full}{generics(inner)} = {show(inner['type'])}")
        elif kind in ("macro", "proc_macro"):
            self.lines.add(f"{visibility}macro {full}!")
        else:
            sys.exit(f"{full} is a {kind}, of which this script knows nothing")


# --- types, as they are written in Rust ---------------------------------------------------------


def show(type):
    if type == "infer":
        return "_"
    kind, inner = next(iter(type.items()))
    match kind:
        case "resolved_path":
            return trait(inner)
        case "generic" | "primitive":
            return inner
        case "borrowed_ref":
            lifetime = f"{inner['lifetime']} " if inner["lifetime"] else ""
            return f"&{lifetime}{'mut ' if inner['is_mutable'] else ''}{show(inner['type'])}"
        case "raw_pointer":
            return f"*{'mut' if inner['is_mutable'] else 'const'} {show(inner['type'])}"
        case "slice":
            return f"[{show(inner)}]"
        case "array":
            return f"[{show(inner['type'])}; {inner['len']}]"
        case "tuple":
            return f"({', '.join(map(show, inner))}{',' if len(inner) == 1 else ''})"
        case "impl_trait":
            return f"impl {bound_list(inner)}"
        case "dyn_trait":
            traits = [higher_ranked(bound["generic_params"]) + trait(bound["trait"]) for bound in inner["traits"]]
            return "dyn " + " + ".join(traits + ([inner["lifetime"]] if inner["lifetime"] else []))
        case "qualified_path":
            of = f"<{show(inner['self_type'])} as {trait(inner['trait'])}>" if inner["trait"] and inner["trait"]["path"] else show(inner["self_type"])
            return f"{of}::{inner['name']}{arguments(inner['args'])}"
        case "function_pointer":
            sig = inner["sig"]
            output = f" -> {show(sig['output'])}" if sig["output"] else ""
            return f"{higher_ranked(inner['generic_params'])}fn({', '.join(show(type) for _, type in sig['inputs'])}){output}"
    sys.exit(f"a type of the kind {kind}, of which this script knows nothing")


def trait(path):
    return path["path"].rsplit("::", 1)[-1] + arguments(path["args"])


def arguments(args):
    if not args:
        return ""
    if "parenthesized" in args:
        inner = args["parenthesized"]
        output = f" -> {show(inner['output'])}" if inner["output"] else ""
        return f"({', '.join(map(show, inner['inputs']))}){output}"
    inner = args["angle_bracketed"]
    shown = [generic_argument(argument) for argument in inner["args"]]
    shown += [constraint(entry) for entry in inner["constraints"]]
    return f"<{', '.join(shown)}>" if shown else ""


def arguments_of(type):
    """`<..>` of a type that is implemented for."""
    return arguments(type["resolved_path"]["args"]) if "resolved_path" in type else ""


def generic_argument(argument):
    if argument == "infer":
        return "_"
    kind, inner = next(iter(argument.items()))
    return {"lifetime": lambda: inner, "type": lambda: show(inner), "const": lambda: inner["expr"]}[kind]()


def constraint(entry):
    kind, inner = next(iter(entry["binding"].items()))
    if kind == "constraint":
        return f"{entry['name']}: {bound_list(inner)}"
    return f"{entry['name']} = {term(inner)}"


def term(inner):
    return show(inner["type"]) if "type" in inner else inner["constant"]["expr"]


def bound_list(bounds):
    return " + ".join(map(bound, bounds))


def bound(bound):
    kind, inner = next(iter(bound.items()))
    if kind == "outlives":
        return inner
    if kind == "use":
        return f"use<{', '.join(next(iter(param.values())) for param in inner)}>"
    modifier = {"none": "", "maybe": "?", "maybe_const": "~const "}[inner["modifier"]]
    return modifier + higher_ranked(inner["generic_params"]) + trait(inner["trait"])


def higher_ranked(params):
    return f"for<{', '.join(param['name'] for param in params)}> " if params else ""


def generics(item):
    shown = [parameter(param) for param in item["generics"]["params"]]
    shown = [param for param in shown if param]
    return f"<{', '.join(shown)}>" if shown else ""


def parameter(param):
    kind, inner = next(iter(param["kind"].items()))
    if kind == "lifetime":
        return param["name"] + (f": {' + '.join(inner['outlives'])}" if inner["outlives"] else "")
    if kind == "const":
        return f"const {param['name']}: {show(inner['type'])}"
    if inner["is_synthetic"]:
        return ""  # `impl Trait` as an argument, which shows it
    default = f" = {show(inner['default'])}" if inner["default"] else ""
    return param["name"] + (f": {bound_list(inner['bounds'])}" if inner["bounds"] else "") + default


def where(item):
    shown = []
    for predicate in item["generics"]["where_predicates"]:
        kind, inner = next(iter(predicate.items()))
        if kind == "bound_predicate":
            shown.append(f"{higher_ranked(inner['generic_params'])}{show(inner['type'])}: {bound_list(inner['bounds'])}")
        elif kind == "lifetime_predicate":
            shown.append(f"{inner['lifetime']}: {' + '.join(inner['outlives'])}")
        else:
            shown.append(f"{show(inner['lhs'])} == {term(inner['rhs'])}")
    return f" where {', '.join(shown)}" if shown else ""


def argument(name, type):
    if name == "self":
        return {"Self": "self", "&Self": "&self", "&mut Self": "&mut self"}.get(show(type), f"self: {show(type)}")
    return f"{name}: {show(type)}"


def attributes(item):
    return "#[non_exhaustive] " if any("non_exhaustive" in str(attribute) for attribute in item["attrs"]) else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
