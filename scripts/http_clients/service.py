"""The service that the clients log in to."""

import os
import subprocess
import tempfile


class Service:
    """The binary `handstamp` on a free port of the loopback interface, with a database of its own."""

    def __init__(self, program, **settings):
        self._folder = tempfile.TemporaryDirectory(prefix="handstamp-clients-")
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("JWT_", "HANDSTAMP_")) and name not in ("DATABASE_URL", "REDIS_URL")
        }
        self._process = subprocess.Popen(
            [program, "--listen", "127.0.0.1:0"],
            env=environment | {"XDG_STATE_HOME": self._folder.name} | settings,
            stdout=subprocess.PIPE,
            stderr=open(f"{self._folder.name}/log", "w"),
            text=True,
        )
        line = self._process.stdout.readline().strip()
        host, _, port = line.rpartition("http://")[2].rpartition(":")
        if not port:
            raise SystemExit(f"{program} does not start:\n{open(f'{self._folder.name}/log').read()}")
        self.address = (host, int(port))

    def stop(self):
        self._process.terminate()
        self._process.wait()
        self._folder.cleanup()
