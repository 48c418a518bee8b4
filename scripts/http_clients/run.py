"""Runs one client through its story, and tells what it did."""

import os
import shutil
import signal
import subprocess
import tempfile
import urllib.parse
from dataclasses import dataclass

from matrix import ENVIRONMENT, PROGRAMS
from proxy import Proxy
from story import AFTER_RESTART, BEFORE_RESTART, PROTECTED, Mistake, log_in, record, replayed

PAGE = "/client.html"
PAGES = {PAGE: (PROGRAMS / "browser.html").read_bytes()}


@dataclass
class Result:
    """What a client sent, and what else was seen of it."""

    session: list[dict]
    persistent: list[dict]
    keeps_session_cookies: bool | None  # after its end; None: it keeps nothing
    secure_on_localhost: bool  # whether it sends Secure cookies to http://localhost


def play(client, service, secure_service):
    """Plays the whole story. Raises a Mistake if the client could not do it, or was answered otherwise than it must be."""
    recordings = {}
    for kind in ("session", "persistent"):
        restarts = client.keeps and kind == "persistent"
        first = [log_in(kind), *BEFORE_RESTART]
        parts = [first, AFTER_RESTART] if restarts else [first + AFTER_RESTART]
        exchanges, address = exchanges_of(client, parts, service.address)
        recordings[kind] = record(sum(parts, []), exchanges, address)
        replayed(exchanges, service.address)
    keeps = None
    if client.keeps:
        exchanges, _ = exchanges_of(client, [[log_in("session")], [PROTECTED]], service.address)
        keeps = exchanges[-1].status == 200
    exchanges, _ = exchanges_of(client, [[log_in("session"), PROTECTED]], secure_service.address, "localhost")
    return Result(**recordings, keeps_session_cookies=keeps, secure_on_localhost=exchanges[-1].status == 200)


def exchanges_of(client, parts, service, host="127.0.0.1"):
    """Runs the client once for each part, with one folder. Returns what it sent, and the address that it sent it to."""
    proxy = Proxy(service, PAGES)
    address = f"{host}:{proxy.port}"
    try:
        with tempfile.TemporaryDirectory(prefix="handstamp-client-", ignore_cleanup_errors=True) as folder:
            for part in parts:
                lines = [step.line for step in part]
                if client.browser:
                    browse(client, proxy, f"http://{address}{PAGE}", folder, lines)
                else:
                    call([*client.command, f"http://{address}", folder], lines)
    finally:
        proxy.close()
    return proxy.exchanges, address


def call(command, lines):
    done = subprocess.run(
        command, input="\n".join(lines) + "\n", env=ENVIRONMENT, capture_output=True, text=True, timeout=SECONDS
    )
    if done.returncode:
        raise Mistake(f"{command[0]} ends with {done.returncode}: {done.stdout}{done.stderr}")


def browse(client, proxy, page, folder, lines):
    """Opens the page that takes the steps, and waits until it has closed itself and the browser has ended.

    A browser that is ended by a signal may not have written its cookies, or restores the session at its next start.
    """
    proxy.reports.clear()
    query = urllib.parse.urlencode([("step", line) for line in lines])
    command = [word.format(page=f"{page}?{query}", folder=folder) for word in client.command]
    if client.profile:
        shutil.copy(client.profile, f"{folder}/user.js")
    with tempfile.TemporaryFile("w+") as log:
        browser = subprocess.Popen(
            command, env=ENVIRONMENT | {"HOME": folder}, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        try:
            browser.wait(SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(browser.pid, signal.SIGKILL)
            browser.wait()
            raise Mistake(f"it does not end; its page reports {proxy.reports}") from None
        if not proxy.reports or proxy.reports[0].startswith("failed"):
            log.seek(0)
            raise Mistake(f"its page reports {proxy.reports}; it says {log.read()[-2000:]}")


SECONDS = 60
