"""AuthX as the other side of the interoperability test: one JSON request a line in, one answer a line out.

    {"op": "keys", "algorithm": "RS256"}
        -> {"private_key": PEM, "public_key": PEM}, or {"secret": text} for HS256
    {"op": "issue", "algorithm", "keys", "purpose", "subject"[, "fresh", "scopes", "data", "audience", "settings"]}
        -> {"token", "csrf", "set_cookie": [lines]}, made by create_*_token and set_*_cookies
    {"op": "accept", "algorithm", "keys", "purpose", "cookies": {name: value}, "method"[, "headers", "settings"]}
        -> {"status", "body"}, from a FastAPI route guarded by ACCESS_REQUIRED or REFRESH_REQUIRED

`keys` is what the op `keys` answered; `settings` are further JWT_* settings. A request that fails
is answered with {"error": text}, and the next line is read.
"""

import asyncio
import json
import sys
import traceback

import httpx
from authx import AuthX, AuthXConfig
from authx.schema import TokenPayload
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from fastapi import FastAPI, Response


def keys(algorithm: str) -> dict:
    if algorithm.startswith("HS"):
        return {"secret": "a secret of 64 bytes that both sides of the test were told about"}
    private = ec.generate_private_key(ec.SECP256R1()) if algorithm == "ES256" else rsa.generate_private_key(65537, 2048)
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {"private_key": pem.decode(), "public_key": public.decode()}


def issue(algorithm: str, keys: dict, purpose: str, subject: str, settings: dict | None = None, fresh: bool | None = None, **new_token) -> dict:
    auth = authx(algorithm, keys, settings)
    if fresh is not None:
        new_token["fresh"] = fresh
    create, set_cookies = {
        "access": (auth.create_access_token, auth.set_access_cookies),
        "refresh": (auth.create_refresh_token, auth.set_refresh_cookies),
    }[purpose]
    response = Response()
    token = create(uid=subject, **new_token)
    set_cookies(token, response)
    lines = response.headers.getlist("set-cookie")
    return {"token": token, "csrf": auth._decode_token(token).csrf, "set_cookie": lines}


async def accept(algorithm: str, keys: dict, purpose: str, cookies: dict, method: str, headers: dict | None = None, settings: dict | None = None) -> dict:
    auth = authx(algorithm, keys, settings)
    app = FastAPI()
    auth.handle_errors(app)
    required = {"access": auth.ACCESS_REQUIRED, "refresh": auth.REFRESH_REQUIRED}[purpose]

    @app.api_route("/", methods=["GET", "POST"])
    async def route(payload: TokenPayload = required):
        return payload.model_dump(mode="json") | {"data": payload.model_extra}

    sent = dict(headers or {})
    if cookies:
        sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = await client.request(method, "/", headers=sent)
    return {"status": answer.status_code, "body": answer.json()}


def authx(algorithm: str, keys: dict, settings: dict | None) -> AuthX:
    names = {"secret": "JWT_SECRET_KEY", "private_key": "JWT_PRIVATE_KEY", "public_key": "JWT_PUBLIC_KEY"}
    config = {"JWT_ALGORITHM": algorithm, "JWT_TOKEN_LOCATION": ["cookies"], "JWT_COOKIE_SECURE": False}
    return AuthX(config=AuthXConfig(**config | {names[k]: v for k, v in keys.items()} | (settings or {})))


def main() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        try:
            op = {"keys": keys, "issue": issue, "accept": accept}[request.pop("op")]
            answer = op(**request)
            answer = asyncio.run(answer) if asyncio.iscoroutine(answer) else answer
        except Exception as error:  # the test shows it beside the row that asked
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
