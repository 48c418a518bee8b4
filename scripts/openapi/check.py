#!/usr/bin/env python3
"""Judges the descriptions of both examples by the programs of others.

Redocly lints what each serves, by its rules for OpenAPI 3.1. Schemathesis makes requests of it, without a token, with tokens
in cookies and with a token in the header, and fails where an answer is not as described. That both find mistakes is
seen by a description in which there are some.

usage: check.py PROGRAMS [EXAMPLES]      the folder of the programs; how many requests of each kind, 10 if none
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
REDOCLY = HERE.parent.parent / "e2e" / "node_modules" / ".bin" / "redocly"
SCHEMATHESIS = Path(sys.executable).with_name("st")
EXAMPLES = ("openapi", "actix-openapi")
LOG_INS = ("anonymous", "cookies", "bearer")


def main(programs, examples="10"):
    rows = Rows()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        folder = Path(folder)
        services = {name: Service(Path(programs) / name, folder) for name in EXAMPLES}
        try:
            runs = []
            for name, service in services.items():
                rows.check(f"{name}: redocly finds nothing", *lint(service.document))
                for log_in in LOG_INS:
                    runs.append((name, log_in, pool.submit(requests_of, service, service.document, log_in, examples)))
            for name, log_in, run in runs:
                text, status = run.result()
                cases = int(re.search(r"(\d+) generated", text)[1]) if "generated" in text else 0
                rows.check(f"{name}: {cases} requests of {log_in}, 0 differences", status == 0 and cases > 300, text)
            for name, service in services.items():
                finds_a_body_that_differs(rows, name, service, folder)
            finds_mistakes(rows, services[EXAMPLES[0]], folder)
        finally:
            for name, service in services.items():
                rows.check(f"{name} is alive at the end", service.stop(), "it is not")
    return rows.end()


def finds_a_body_that_differs(rows, name, service, folder):
    """Only who is logged in gets this body, so a log-in that does not work is found too."""
    document = json.loads(service.document.read_text())
    me = document["paths"]["/me"]["get"]["responses"]["200"]
    me["content"] = {"application/json": {"schema": {"type": "array"}}}
    file = folder / f"{name}-mistake.json"
    file.write_text(json.dumps(document))
    for log_in in ("cookies", "bearer"):
        text, status = requests_of(service, file, log_in, "10", "--include-path", "/me")
        says = "Response violates schema"
        rows.check(f"{name}: {log_in} get a body that differs", status != 0 and says in text, text)


def finds_mistakes(rows, service, folder):
    """Each of these descriptions has one mistake."""

    def undescribed(document):
        del document["paths"]["/posts"]["post"]["responses"]["422"]

    def unprotected(document):
        document["paths"]["/posts"]["get"]["security"] = [{"bearer": []}]

    def other_body(document):
        document["components"]["schemas"]["Post"]["properties"]["id"] = {"type": "string"}

    for sentence, log_in, mistake, says in (
        ("a response that is not described", "cookies", undescribed, "Undocumented status code"),
        ("a token that is not demanded", "anonymous", unprotected, "accepts requests without authentication"),
        ("a body that is another one", "cookies", other_body, "Response violates schema"),
    ):
        document = json.loads(service.document.read_text())
        mistake(document)
        file = folder / "mistake.json"
        file.write_text(json.dumps(document))
        text, status = requests_of(service, file, log_in, "10", "--include-path", "/posts")
        rows.check(f"schemathesis finds {sentence}", status != 0 and says in text, text)

    def unknown(document):
        document["paths"]["/posts"]["get"]["security"] = [{"nothing": []}]

    def never_refused(document):
        responses = document["paths"]["/me"]["get"]["responses"]
        document["paths"]["/me"]["get"]["responses"] = {"200": responses["200"]}

    for sentence, mistake, rule in (
        ("a scheme that is not there", unknown, "security-defined"),
        ("an operation that never refuses", never_refused, "rule/4xx-response"),
    ):
        document = json.loads(service.document.read_text())
        mistake(document)
        file = folder / "mistake.json"
        file.write_text(json.dumps(document))
        holds, found = lint(file)
        rows.check(f"redocly finds {sentence}", not holds and found == [rule], found)


def lint(document):
    """Returns whether nothing is found, and the rules that are broken."""
    config = HERE / "redocly.yaml"
    command = [REDOCLY, "lint", document, "--config", config, "--format", "json"]
    environment = {**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    try:
        problems = json.loads(done.stdout)["problems"]
    except (json.JSONDecodeError, KeyError):
        return False, done.stdout + done.stderr
    return done.returncode == 0 and not problems, [problem["ruleId"] for problem in problems]


def requests_of(service, document, log_in, examples, *more):
    """Returns what schemathesis says, and its status. The seed is fixed, so a failure comes again."""
    command = [SCHEMATHESIS, "run", document, "--url", service.base, "--checks", "all", "--max-examples", examples]
    command += ["--seed", "1", "--generation-database", "none", "--no-color", *more]
    environment = {**os.environ, "SERVICE": service.base, "LOG_IN": log_in, "PYTHONPATH": str(HERE)}
    if log_in != "anonymous":
        environment["SCHEMATHESIS_HOOKS"] = "log_in"
    done = subprocess.run(command, cwd=service.folder, env=environment, capture_output=True, text=True)
    return done.stdout + done.stderr, done.returncode


class Service:
    def __init__(self, program, folder):
        environment = {
            "PATH": os.environ["PATH"],
            "PORT": "0",
            "JWT_SECRET_KEY": "a secret of the tests, longer than thirty-two bytes",
            "LOG_INS_PER_MINUTE": "1000000",
        }
        self.process = subprocess.Popen([program], env=environment, stdout=subprocess.PIPE, text=True)
        self.base = re.search(r"http://\S+", self.process.stdout.readline())[0]
        self.folder = folder
        self.document = folder / f"{program.name}.json"
        with urllib.request.urlopen(f"{self.base}/openapi.json", timeout=10) as reply:
            self.document.write_bytes(reply.read())

    def stop(self):
        is_alive = self.process.poll() is None
        self.process.terminate()
        self.process.wait()
        return is_alive


class Rows:
    """Named rows: each holds, or prints what was seen instead."""

    passed = failed = 0

    def check(self, sentence, holds, seen):
        if holds:
            self.passed += 1
            print(f"ok - {sentence}")
        else:
            self.failed += 1
            print(f"not ok - {sentence}\n{seen}")

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
