"""Logs in for schemathesis, anew for each request: an earlier one may have been a log-out.

`LOG_IN` says how a request presents its token: `cookies`, with the CSRF value in its header, or `bearer`.
"""

import os

import requests
import schemathesis

CREDENTIALS = {"username": "moderator", "password": "moderator-password"}
BASE = os.environ["SERVICE"]


@schemathesis.auth(refresh_interval=None)
class Moderator:
    def get(self, case, context):
        if os.environ["LOG_IN"] == "bearer":
            reply = requests.post(f"{BASE}/token", json=CREDENTIALS, timeout=10)
            reply.raise_for_status()
            return {"headers": {"Authorization": f"Bearer {reply.json()['access_token']}"}}
        reply = requests.post(f"{BASE}/login", json=CREDENTIALS, timeout=10)
        reply.raise_for_status()
        token = "refresh" if case.operation.path == "/refresh" else "access"
        value = reply.cookies[f"csrf_{token}_token"]
        return {"cookies": reply.cookies.get_dict(), "headers": {"X-CSRF-TOKEN": value}}

    def set(self, case, data, context):
        case.headers = {**(case.headers or {}), **data["headers"]}
        case.cookies = {**(case.cookies or {}), **data.get("cookies", {})}
