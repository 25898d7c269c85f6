"""A server of its own for each test, on an empty SQLite database, and the command line beside it."""

import json
import os
import subprocess

import pytest

BINARY = os.environ["CASTELLAN_BIN"]
PASSWORD = "correct horse battery staple"


class Installation:
    """A running server, and commands on its data."""

    def __init__(self, folder, **settings):
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("CASTELLAN_")},
            "CASTELLAN_DATA_DIR": str(folder),
            "CASTELLAN_LISTEN": "127.0.0.1:0",
            **settings,
        }
        self.command("setup", "--email", "ada@example.com", "--name", "Ada Lovelace", "--password-stdin")
        self.server = subprocess.Popen([BINARY, "serve"], env=self.environment, stdout=subprocess.PIPE, text=True)
        self.url = self.server.stdout.readline().split()[-1]

    def command(self, *arguments):
        """What a command answers."""
        done = subprocess.run(
            [BINARY, *arguments, "--json"], env=self.environment, input=PASSWORD, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def stop(self):
        self.server.terminate()
        assert self.server.wait(timeout=30) == 0


@pytest.fixture
def castellan(tmp_path):
    installation = Installation(tmp_path / "data")
    yield installation
    installation.stop()
