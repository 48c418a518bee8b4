#!/usr/bin/env python3
"""Runs the configurations of docs/behind-a-proxy.md: nginx, Caddy and Traefik in front of the real programs.

  book/proxies/run.py FOLDER [nginx] [caddy] [traefik]   FOLDER is where cargo has built them, as target/debug

The ports of the page are used as they are: everything runs in a network of its own (unshare), which has no others.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import proxies
from groups import groups
from page import Page
from rows import ALICE, OTHER, Site
from service import Programs


def main():
    if "BOOK_NETWORK" not in os.environ:
        in_a_network_of_its_own()
    folder, *chosen = sys.argv[1:]
    if missing := proxies.missing():
        sys.exit(f"not installed: {', '.join(missing)}. scripts/test book-proxies installs them")
    make_network()
    page, programs = Page(), Programs(Path(folder))
    passed = failed = 0
    for group in groups(page):
        if chosen and group.proxy not in chosen:
            continue
        for sentence, mistake in run(group, page, programs):
            print(f"{'FAILED' if mistake else 'ok':<7} {group.title}: {sentence}", flush=True)
            if mistake:
                print("  " + mistake.replace("\n", "\n  "))
            passed, failed = passed + (not mistake), failed + bool(mistake)
    if not chosen and (unused := page.unused()):
        print(f"FAILED  blocks of the page that no group runs: {unused}")
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return failed > 0


def run(group, page, programs):
    """Yields the sentence of each row, and what is wrong, if anything is."""
    folder = Path(tempfile.mkdtemp(prefix="proxy-"))
    running = []
    try:
        try:
            service = programs.start(group, page, folder)
            running.append(service)
            proxy, certificate = proxies.start(group, page, folder)
            running.append(proxy)
        except Exception:
            yield "it starts", traceback.format_exc()
            return
        site = Site(str(certificate), service, group.prefix)
        for sentence, check in group.rows:
            try:
                check(site)
                yield sentence, None
            except Exception:
                logs = "".join(f"--- {process.name}:\n{process.log()[-600:]}" for process in running)
                yield sentence, f"{traceback.format_exc(limit=-2)}{logs}"
    finally:
        for process in reversed(running):
            process.stop()
        shutil.rmtree(folder)


def in_a_network_of_its_own():
    command = ["unshare", "--net", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    os.environ["BOOK_NETWORK"] = "its own"
    os.execvp(command[0], [*command, sys.executable, *sys.argv])


def make_network():
    """The addresses of the proxy and of two clients, all on the loopback interface of this network."""
    for command in ("link set lo up", *(f"addr add {address}/32 dev lo" for address in (proxies.ADDRESS, ALICE, OTHER))):
        subprocess.run(["ip", *command.split()], check=True)


if __name__ == "__main__":
    sys.exit(main())
