"""The services behind the proxy, on the port that the page names."""

import subprocess

from process import Process
from proxies import listens

NAME, PASSWORD = "alice", "correct horse battery"
SECRET = {"JWT_SECRET_KEY": "a secret of the test, of more than 32 bytes"}


class Programs:
    """The folder in which cargo has built them."""

    def __init__(self, folder):
        self.folder = folder.resolve()

    def start(self, group, page, folder):
        """The binary, or an example in the place of your own application."""
        binary = group.program.startswith("handstamp")
        process = self.binary(group, page, folder) if binary else self.example(group, folder)
        process.wait_for(lambda: listens(8000, "127.0.0.1"))
        return process

    def binary(self, group, page, folder):
        """Started by the shell, with the lines of the page."""
        environment = SECRET | {"DATABASE_URL": f"sqlite://{folder}/handstamp.db"} | group.settings
        command = [self.folder / "handstamp", "user", "add", NAME, "--password-stdin"]
        subprocess.run(command, input=PASSWORD, text=True, env=environment, check=True, capture_output=True)
        lines = page.block(group.program, group.service_edits)
        lines = lines.replace("handstamp --listen", f"exec {self.folder}/handstamp --listen")
        return Process("handstamp", ["sh", "-ec", lines], folder, **environment)

    def example(self, group, folder):
        settings = {"PORT": "8000", "HANDSTAMP_PUBLIC_ORIGIN": "https://app.example.com", "JWT_COOKIE_SECURE": "true"}
        settings = {name: value for name, value in (SECRET | settings | group.settings).items() if value is not None}
        return Process(group.program, [self.folder / group.program], folder, **settings)
