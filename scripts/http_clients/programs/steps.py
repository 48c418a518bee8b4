"""The steps that a client takes: lines of standard input, which are read before the first request."""

import sys
from dataclasses import dataclass


@dataclass
class Step:
    method: str
    path: str
    csrf_cookie: str  # the cookie whose value goes into the CSRF header; `-`: none
    body: str | None  # JSON

    def headers(self, csrf):
        headers = {} if csrf is None else {"X-CSRF-TOKEN": csrf}
        return headers if self.body is None else headers | {"Content-Type": "application/json"}


def read_steps():
    for line in sys.stdin.read().splitlines():
        method, path, csrf_cookie, *body = line.split(" ", 3)
        yield Step(method, path, csrf_cookie, body[0] if body else None)


def csrf_value(jar, step):
    """Returns the value from an http.cookiejar; none if the jar has no such cookie."""
    return next((one.value for one in jar if one.name == step.csrf_cookie), None)
