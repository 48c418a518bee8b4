"""A program that runs in the background, with its log in a file."""

import os
import signal
import subprocess
import time


class Process:
    def __init__(self, name, command, folder, **environment):
        self.name = name
        self.log_path = folder / f"{name}.log"
        with self.log_path.open("ab") as log:
            # A group of its own: a shell and what it started end together.
            self.process = subprocess.Popen(
                command, cwd=folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                env={"PATH": os.environ["PATH"], "HOME": str(folder), **environment}, start_new_session=True,
            )  # fmt: skip

    def log(self):
        return self.log_path.read_text(errors="replace")

    def wait_for(self, is_ready, seconds=20):
        """Waits until it is ready."""
        end = time.monotonic() + seconds
        while not is_ready():
            assert self.process.poll() is None, f"{self.name} has ended:\n{self.log()}"
            assert time.monotonic() < end, f"{self.name} is not ready after {seconds} s:\n{self.log()}"
            time.sleep(0.02)

    def stop(self):
        for kind, seconds in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
            try:
                os.killpg(self.process.pid, kind)
            except ProcessLookupError:
                pass
            try:
                self.process.wait(seconds)
                return
            except subprocess.TimeoutExpired:
                pass
