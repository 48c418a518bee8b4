"""Carries out the blocks of a page as its reader would: in a project of its own next to the clone of handstamp."""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# As long as a command may take that compiles everything anew on a slow machine.
PATIENCE = 900
# What cargo says while it works; a page does not show it.
CARGO = re.compile(r"^ *(Blocking|Checking|Compiling|Creating|Doc-tests|Finished|Locking|Running|Adding|Updating)\b")


class Failure(Exception):
    """What a block did that its page does not say."""


@contextlib.contextmanager
def folder(root):
    """The folder with the clone and the page's project: always the same one, so that nothing is compiled twice."""
    name = hashlib.sha256(str(root).encode()).hexdigest()[:12]
    home = Path(tempfile.gettempdir(), f"handstamp-book-{os.getuid()}-{name}")
    home.mkdir(mode=0o700, exist_ok=True)
    if home.stat().st_uid != os.getuid():
        raise SystemExit(f"{home} belongs to another user")
    with open(home / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield home


class Project:
    def __init__(self, root, home, page):
        self.root, self.home = root, home
        for left in home.iterdir():
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left)
        (home / "handstamp").unlink(missing_ok=True)
        (home / "handstamp").symlink_to(root)
        state = home / "state"
        state.mkdir()
        kept = {k: v for k, v in os.environ.items() if not re.match(r"JWT_|HANDSTAMP_|CARGO_|RUST|PORT$|DATABASE_URL$", k)}
        self.environment = kept | {
            "CARGO_HOME": os.environ.get("CARGO_HOME", str(Path.home() / ".cargo")),
            "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", str(Path.home() / ".rustup")),
            "CARGO_TARGET_DIR": str(Path(os.environ.get("CARGO_TARGET_DIR", root / "target")).absolute() / "book"),
            # All versions are those of handstamp's own lock file, which are here already.
            "CARGO_NET_OFFLINE": "true",
            "CARGO_TERM_COLOR": "never",
            "CARGO_PROFILE_DEV_DEBUG": "0",
            # What a reader copies has no warnings.
            "RUSTFLAGS": "-D warnings",
            "HOME": str(home / "state"),
            "XDG_STATE_HOME": str(home / "state"),
        }
        self.folder = home
        # A page whose first command makes its project begins where it is made.
        if not any(one.kind == "run" and "cargo new" in one.text for one in page.blocks):
            self.folder = home / "app"
            self.folder.mkdir()
        self.served = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def carry_out(self, block):
        if block.kind == "file":
            self.write(block)
        elif block.kind in ("run", "check"):
            self.run(block)
        elif block.kind == "serve":
            self.serve(block)

    def write(self, block):
        name, append = block.details
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(file, "a" if append else "w") as out:
            out.write(block.text)

    def run(self, block):
        for command, output in commands(block.lines):
            status, seen = self.shell(command)
            if output is None and status != 0:
                raise Failure(f"`{command}` ended with status {status}:\n{indented(seen)}")
            if output is not None and not matches(output, seen):
                raise Failure(f"`{command}` printed:\n{indented(without_cargo(seen))}\nand the page says:\n{indented(output)}")

    def shell(self, command):
        """Runs the command where the former one ended, with what that one exported."""
        self.lock_versions()
        state = self.home / "state"
        script = f'''
[ ! -e "{state}/exported" ] || . "{state}/exported"
trap 'export -p > "{state}/exported"; pwd > "{state}/folder"' EXIT
set -eo pipefail
{command}
'''
        process = subprocess.Popen(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            seen, _ = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            seen, _ = process.communicate()
            raise Failure(f"`{command}` does not end; a program that keeps running is a `serve` block. It printed:\n{indented(seen)}") from None
        self.folder = Path((state / "folder").read_text().strip())
        return process.returncode, seen

    def lock_versions(self):
        if (self.folder / "Cargo.toml").exists() and not (self.folder / "Cargo.lock").exists():
            shutil.copy(self.root / "Cargo.lock", self.folder)

    def serve(self, block):
        port, alongside = int(block.details[0] or 8000), block.details[1]
        if not alongside:
            self.stop()
        *before, (last, output) = commands(block.lines)
        for command, _ in before:
            self.run_silently(command)
        if answers(port):
            raise Failure(f"another program listens on port {port}")
        self.lock_versions()
        exported = self.home / "state" / "exported"
        script = f'[ ! -e "{exported}" ] || . "{exported}"\n{last}'
        log = open(self.home / "state" / f"log-{port}", "w+")
        process = subprocess.Popen(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.served.append(process)
        until = time.monotonic() + PATIENCE
        while not answers(port):
            if process.poll() is not None or time.monotonic() > until:
                raise Failure(f"`{last}` does not listen on port {port}:\n{indented(Path(log.name).read_text())}")
            time.sleep(0.1)
        self.compare(last, output, Path(log.name))

    def compare(self, command, output, log):
        """What a server says may come a moment after it listens."""
        until = time.monotonic() + 5
        while output is not None and not matches(output, log.read_text()):
            if time.monotonic() > until:
                raise Failure(f"`{command}` printed:\n{indented(without_cargo(log.read_text()))}\nand the page says:\n{indented(output)}")
            time.sleep(0.1)

    def run_silently(self, command):
        status, seen = self.shell(command)
        if status != 0:
            raise Failure(f"`{command}` ended with status {status}:\n{indented(seen)}")

    def log(self):
        """What the programs that still run have printed, for a failure."""
        return "".join(file.read_text() for file in sorted((self.home / "state").glob("log-*")))

    def stop(self):
        for process in self.served:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.served = []


def commands(lines):
    """The commands of a block, each with the output that the page shows of it, or None."""
    if not any(line.startswith("$ ") for line in lines):
        return [("\n".join(lines), None)]
    found = []
    for line in lines:
        if line.startswith("$ "):
            found.append(([line[2:]], []))
        elif found and found[-1][0][-1].endswith("\\") and not found[-1][1]:
            found[-1][0].append(line)
        elif found:
            found[-1][1].append(line)
        else:
            raise Failure("the block has `$ ` before commands, but begins with another line")
    return [("\n".join(command), "\n".join(output).strip("\n") or None) for command, output in found]


def matches(expected, seen):
    """`…` stands for anything within a line, and alone on a line for any lines."""
    form = "".join(
        r"(?:.*\n)*?" if line.strip() == "…" else r"[^\n]*".join(map(re.escape, line.rstrip().split("…"))) + r"[ \t]*\n"
        for line in expected.splitlines()
    )
    return any(re.fullmatch(form, text.strip("\n") + "\n") for text in (seen, without_cargo(seen)))


def without_cargo(text):
    return "\n".join(line for line in text.splitlines() if not CARGO.match(line))


def indented(text):
    return "\n".join(f"    {line}" for line in text.splitlines()[-60:])


def answers(port):
    with socket.socket() as one:
        one.settimeout(1)
        return one.connect_ex(("127.0.0.1", port)) == 0


def enter_own_network():
    """Starts this program anew in a network namespace, where every port is free; without the right to, stays."""
    if "HANDSTAMP_BOOK_NETWORK" in os.environ:
        start_loopback()
        return
    unshare = ["unshare", *([] if os.getuid() == 0 else ["--map-root-user"]), "--net"]
    with contextlib.suppress(FileNotFoundError):
        if subprocess.run([*unshare, "true"], capture_output=True).returncode == 0:
            os.environ["HANDSTAMP_BOOK_NETWORK"] = "own"
            os.execvp(unshare[0], [*unshare, sys.executable, *sys.argv])
    print("no network of its own here: the ports of the pages, such as 8000, must be free")


def start_loopback():
    """`ip link set lo up`, of a package that is not everywhere."""
    siocgifflags, siocsifflags, up = 0x8913, 0x8914, 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(one, siocgifflags, request))[1]
        fcntl.ioctl(one, siocsifflags, struct.pack("16sH14x", b"lo", flags | up))
