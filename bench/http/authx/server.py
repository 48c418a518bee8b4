"""AuthX on FastAPI, served by uvicorn with uvloop and httptools, in one process.

Prints the address it listens on, and ends when standard input does.
"""

import os
import socket
import sys
import threading

import uvicorn
from authx import AuthX, AuthXConfig, TokenPayload
from fastapi import FastAPI, Response

auth = AuthX(
    config=AuthXConfig(
        JWT_ALGORITHM="HS256",
        JWT_SECRET_KEY=os.environ["SECRET"],
        JWT_TOKEN_LOCATION=["cookies"],
        JWT_ACCESS_TOKEN_EXPIRES=3600,
        JWT_ENCODE_ISSUER=os.environ["ISSUER"],
        JWT_DECODE_ISSUER=os.environ["ISSUER"],
        JWT_ENCODE_AUDIENCE=os.environ["AUDIENCE"],
        JWT_DECODE_AUDIENCE=os.environ["AUDIENCE"],
    )
)
app = FastAPI()
auth.handle_errors(app)


@app.get("/me")
async def me(payload: TokenPayload = auth.ACCESS_REQUIRED) -> dict:
    return {"subject": payload.sub}


@app.post("/notes")
async def notes(payload: TokenPayload = auth.ACCESS_REQUIRED) -> dict:
    return {"subject": payload.sub}


@app.post("/login")
async def log_in(response: Response) -> dict:
    token = auth.create_access_token(uid=os.environ["SUBJECT"], fresh=True, scopes=["posts:read", "posts:write"])
    auth.set_access_cookies(token, response)
    return {}


def end_with_standard_input() -> None:
    sys.stdin.read()
    os._exit(0)


def main() -> None:
    threading.Thread(target=end_with_standard_input, daemon=True).start()
    listener = socket.create_server(("127.0.0.1", 0))
    address, port = listener.getsockname()
    print(f"{address}:{port}", flush=True)
    uvicorn.Server(uvicorn.Config(app, loop="uvloop", http="httptools", access_log=False, log_level="warning")).run(sockets=[listener])


main()
