"""requests, with a Session."""

import sys

import requests

from steps import read_steps

if sys.argv[1] == "--version":
    sys.exit(print("requests", requests.__version__) or 0)

with requests.Session() as session:
    for step in read_steps():
        headers = step.headers(session.cookies.get(step.csrf_cookie))
        session.request(step.method, sys.argv[1] + step.path, headers=headers, data=step.body)
