"""httpx, with a Client."""

import sys

import httpx

from steps import read_steps

if sys.argv[1] == "--version":
    sys.exit(print("httpx", httpx.__version__) or 0)

with httpx.Client(base_url=sys.argv[1]) as client:
    for step in read_steps():
        client.request(step.method, step.path, headers=step.headers(client.cookies.get(step.csrf_cookie)), content=step.body)
