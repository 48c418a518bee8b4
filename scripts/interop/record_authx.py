"""Asks AuthX's complete example a table of questions and writes down what it answers.

    target/venv/bin/python scripts/interop/record_authx.py           # writes vectors/authx_complete.json
    target/venv/bin/python scripts/interop/record_authx.py --check   # fails when the answers have changed

The file is replayed against `examples/complete` with HANDSTAMP_ERROR_STYLE=authx. Where handstamp
answers otherwise, the step gives our answer in `handstamp`, and in `differs` the rows of differences.md that say why.
"""

import asyncio
import base64
import hashlib
import hmac
import importlib.metadata
import json
import pathlib
import re
import sys
import time
import warnings

import httpx

import authx_complete
from questions import ROWS

VECTORS = pathlib.Path(__file__).parents[2] / "crates/handstamp-conformance/vectors/authx_complete.json"
warnings.filterwarnings("ignore", message="The HMAC key is 15 bytes long")  # the page's own secret
SECRET = authx_complete.auth_config.JWT_SECRET_KEY

ABOUT = {
    "about": "What AuthX's complete example answers, and what examples/complete answers with HANDSTAMP_ERROR_STYLE=authx.",
    "made_by": "scripts/interop/record_authx.py",
    "settings": {"JWT_SECRET_KEY": SECRET, "HANDSTAMP_DANGER_SHORT_SECRET": "true", "HANDSTAMP_ERROR_STYLE": "authx"},
    "reading": [
        "A row starts with an empty cookie jar. `log_in` posts that user to /login first; its answer is not compared.",
        "A step sends `request` and compares with `handstamp` where that is given, else with `authx`. A member that is not given is not compared. `differs`: the first column of rows in docs/differences.md, which give the reasons.",
        "request: `cookies` is 'jar' (what the answers so far have set), or a list of Cookie header lines; absent: none. Header values are Latin-1: U+00E9 is the byte E9.",
        "In paths and header values {name} is the newest value of the cookie of that name, {first name} the one set by `log_in`, {token name} a token of the row's `tokens`. After a bar stands what is done to it: 'other signature' changes the first character of the third segment between A and B, 'other payload' sets the claim sub to user2 and keeps the signature, 'padded' appends =, 'two segments' drops the signature with its dot.",
        "tokens: `header` and `claims` as JSON, signed by HMAC with the hash of `mac` (none: empty signature) and the secret of the settings, or with `key`. A time is {\"now\": seconds from now}.",
        "set_cookie: one pattern a line, in order; attributes are compared without regard to case and order. <JWT> a token; <ID> an unguessable value: uuid4 in AuthX, 22 characters of base64url here; <DATE> an HTTP date.",
        "body: JSON. <TEXT> any text that is not empty; <ANY> in place of a body: not compared.",
        "claims: by cookie name, of the tokens in the jar. <NOW> seconds since 1970 give or take 5; <NOW+900> that much later; <NOW+900.5> the same with a fraction; <csrf_access_token> the value of that cookie.",
    ],
}


async def main() -> None:
    rows = [await ask(row) for row in ROWS]
    packages = ("authx", "fastapi", "PyJWT", "starlette")
    versions = {name: importlib.metadata.version(name) for name in packages}
    text = lay_out(ABOUT | {"made_with": versions}, rows)
    if "--check" not in sys.argv:
        VECTORS.write_text(text)
        print(f"{len(rows)} rows, {sum(len(row['steps']) for row in rows)} steps")
    elif VECTORS.read_text() != text:
        sys.exit(f"AuthX answers otherwise than {VECTORS.name} says; run scripts/interop/record_authx.py and read the difference")
    else:
        print(f"{sum(len(row['steps']) for row in rows)} passed, 0 failed")


def lay_out(about: dict, rows: list[dict]) -> str:
    """JSON with one line for each thing a reader compares, so that a change is one line of a diff."""
    head = json.dumps(about, indent=1)
    blocks = []
    for row in rows:
        lines = [f'"{k}": {json.dumps(v)},' for k, v in row.items() if k != "steps"]
        steps = [",\n    ".join(f'"{k}": {json.dumps(v)}' for k, v in step.items()) for step in row["steps"]]
        lines.append('"steps": [\n   {' + "},\n   {".join(steps) + "}]")
        blocks.append("  {" + "\n   ".join(lines) + "}")
    return head.removesuffix("\n}") + ',\n "rows": [\n' + ",\n".join(blocks) + "\n ]\n}\n"


async def ask(row: dict) -> dict:
    """Plays one row and returns it with the answers filled in."""
    jar: dict[str, str] = {}
    values = {f"token {name}": sign(**spec) for name, spec in row.get("tokens", {}).items()}
    transport = httpx.ASGITransport(app=authx_complete.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        if "log_in" in row:
            user = row["log_in"]
            answer = await client.post("/login", json={"username": user, "password": user.replace("user", "password")})
            client.cookies.clear()
            keep_cookies(answer, jar, values)
            values |= {f"first {name}": value for name, value in jar.items()}
        steps = []
        for step in row["steps"]:
            answer = await send(client, step["request"], jar, values)
            keep_cookies(answer, jar, values)
            steps.append({"request": step["request"], "authx": describe(answer, step, jar)}
                         | {k: step[k] for k in ("differs", "handstamp") if k in step})
    return {k: row[k] for k in ("name", "log_in", "tokens") if k in row} | {"steps": steps}


async def send(client: httpx.AsyncClient, request: dict, jar: dict, values: dict) -> httpx.Response:
    headers = [(name, fill(value, values)) for name, value in request.get("headers", [])]
    cookies = request.get("cookies", [])
    if cookies == "jar":
        cookies = ["; ".join(f"{name}={value}" for name, value in jar.items())] if jar else []
    headers += [("Cookie", fill(line, values)) for line in cookies]
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    body = request.get("body")
    answer = await client.request(request["method"], fill(request["path"], values), headers=raw, content=body and body.encode())
    client.cookies.clear()
    return answer


def fill(text: str, values: dict) -> str:
    def value(found: re.Match) -> str:
        name, _, change = found[1].partition("|")
        return CHANGES[change](values[name])
    return re.sub(r"\{([^}]+)\}", value, text)


def keep_cookies(answer: httpx.Response, jar: dict, values: dict) -> None:
    for line in answer.headers.get_list("set-cookie"):
        name, _, value = line.partition(";")[0].partition("=")
        if "Max-Age=0" in line:
            jar.pop(name, None)
        else:
            jar[name] = values[name] = value


def describe(answer: httpx.Response, step: dict, jar: dict) -> dict:
    """The answer, with what differs from run to run replaced by placeholders."""
    said: dict = {"status": answer.status_code, "content_type": answer.headers.get("content-type", "")}
    said["body"] = answer.json() if "json" in said["content_type"] and answer.content else answer.text
    said["set_cookie"] = [pattern(line) for line in answer.headers.get_list("set-cookie")]
    if step.get("claims"):
        said["claims"] = {name: claims(token, jar) for name, token in jar.items() if token.count(".") == 2}
    return said


def pattern(line: str) -> str:
    line = re.sub(r"=eyJ[\w-]+\.[\w-]+\.[\w-]+", "=<JWT>", line)
    line = re.sub(r"=[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "=<ID>", line)
    return re.sub(r"expires=\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", "expires=<DATE>", line)


def claims(token: str, jar: dict) -> dict:
    said = json.loads(decode(token.split(".")[1]))
    for csrf in ("csrf_access_token", "csrf_refresh_token"):
        if said["csrf"] == jar[csrf]:
            said["csrf"] = f"<{csrf}>"
    assert re.fullmatch(r"[0-9a-f-]{36}", said["jti"]) and abs(said["iat"] - time.time()) < 5
    said["jti"] = "<ID>"
    life = int(said["exp"] - said["iat"])
    said["exp"] = f"<NOW+{life}.5>" if isinstance(said["exp"], float) else f"<NOW+{life}>"
    said["iat"] = "<NOW>"
    return said


def sign(header: object, claims: object, mac: str = "HS256", key: str = SECRET) -> str:
    """A token the library under test would not make: any header, any claims."""
    if isinstance(claims, dict):
        claims = {k: int(time.time()) + v["now"] if isinstance(v, dict) and "now" in v else v for k, v in claims.items()}
    text = ".".join(encode(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
    if mac == "none":
        return text + "."
    digest = {"HS256": hashlib.sha256, "HS512": hashlib.sha512}[mac]
    return text + "." + encode(hmac.new(key.encode(), text.encode(), digest).digest())


def other_signature(token: str) -> str:
    head, payload, signature = token.split(".")
    return f"{head}.{payload}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


def other_payload(token: str) -> str:
    head, payload, signature = token.split(".")
    changed = json.loads(decode(payload)) | {"sub": "user2"}
    return f"{head}.{encode(json.dumps(changed, separators=(',', ':')).encode())}.{signature}"


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


CHANGES = {
    "": lambda token: token,
    "other signature": other_signature,
    "other payload": other_payload,
    "padded": lambda token: token + "=",
    "two segments": lambda token: token.rpartition(".")[0],
}

if __name__ == "__main__":
    asyncio.run(main())
