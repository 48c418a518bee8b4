"""What every client does, what the service must answer, and the recording of it."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from proxy import exchange

OK = (200,)
# 403 for a client that forgets its CSRF values and not its tokens.
REFUSED = (401, 403)


@dataclass(frozen=True)
class Step:
    name: str
    line: str  # method, path, cookie with the CSRF value or `-`, and the body if there is one
    statuses: tuple[int, ...]

    def request_line(self):
        return " ".join(self.line.split(" ")[:2])


def log_in(kind):
    body = {"username": "user1", "password": "password1", "remember": kind == "persistent"}
    return Step("log in", f"POST /login - {json.dumps(body, separators=(',', ':'))}", OK)


PROTECTED = Step("protected", "GET /protected -", OK)
REFRESH = Step("refresh", "POST /refresh csrf_refresh_token", OK)
# A client with its store on disk is ended, and started again, before the refresh.
BEFORE_RESTART = [PROTECTED, Step("post", 'POST /posts csrf_access_token {"title":"New Post"}', OK)]
AFTER_RESTART = [
    REFRESH,
    Step("log out", "POST /logout csrf_access_token", OK),
    Step("refresh after it", "POST /refresh csrf_refresh_token", REFUSED),
]
RECORDINGS = Path(__file__).resolve().parents[2] / "crates/handstamp-conformance/vectors/clients"


class Mistake(Exception):
    """What a client did, or was answered, and should not have been."""


def record(steps, exchanges, address):
    """Compares what was sent with the steps and returns the recording: tokens have become names."""
    if [one.head.split(" HTTP/")[0] for one in exchanges] != [step.request_line() for step in steps]:
        raise Mistake(f"sent {[one.head.splitlines()[0] for one in exchanges]}")
    recording, former, current = [], set(), {}  # deleted values stay current: a client may send them all the same
    for step, one in zip(steps, exchanges):
        answer = json.loads(one.content)
        if one.status not in step.statuses:
            raise Mistake(f"{step.name}: {one.status} {answer} to {one.head}")
        head = named(one.head, current, address).split("\r\n")
        if stale := [value for value in former if any(value in line for line in head)]:
            raise Mistake(f"{step.name}: sends what is no longer current: {stale}")
        row = {"step": step.name, "head": head, "body": one.body, "status": one.status}
        recording.append(row | ({"code": answer["code"]} if "code" in answer else {}))
        for name, value in set_cookies(one):
            former.add(current.get(name))
            current[name] = value
        former -= {None, *current.values()}
    return recording


def named(head, current, address):
    """Returns the head with `{name}` in the place of the value of a cookie, and `{host}` in that of the address."""
    for name, value in current.items():
        head = re.sub(rf'(?<!\w)({name}="?){re.escape(value)}', rf"\1{{{name}}}", head)
    # What is left is the CSRF header. Both CSRF values of a session are the same.
    csrf = "csrf_refresh_token" if head.startswith("POST /refresh ") else "csrf_access_token"
    if csrf in current:
        head = head.replace(current[csrf], f"{{{csrf}}}")
    return head.replace(address, "{host}")


def set_cookies(one):
    """Returns names and values of the cookies that a response sets, without those that it deletes."""
    pairs = [line.partition(";")[::2] for header, line in one.headers if header == "set-cookie"]
    return [pair.split("=", 1) for pair, attributes in pairs if "Max-Age=0;" not in attributes]


def replayed(exchanges, service):
    """Sends the refresh of before the log-out once more, which must be refused: the session has ended."""
    refresh = next(one for one in exchanges if one.head.startswith("POST /refresh "))
    status, body = exchange(service, f"{refresh.head}\r\n\r\n{refresh.body}".encode("latin-1"))
    if (status, json.loads(body).get("code")) != (401, "session_ended"):
        raise Mistake(f"after the log-out its former refresh token is answered {status} {body}")


def write(client, version, result):
    """Writes the recording of a client."""
    recording = {"client": client.name, "version": version} | vars(result)
    RECORDINGS.mkdir(exist_ok=True)
    (RECORDINGS / f"{client.name}.json").write_text(json.dumps(recording, indent=2, ensure_ascii=False) + "\n")
