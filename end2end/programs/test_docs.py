"""What the page for developers says to type works, in the order in which it says it, against a new server."""

import os
import pathlib
import re
import subprocess

from conftest import BINARY, PASSWORD

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "api.md"
SNIPPETS = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)


def test_every_command_is_in_a_snippet_that_is_run():
    assert len(SNIPPETS) > 5
    fences = re.findall(r"^```(\w*)$", PAGE.read_text(), re.MULTILINE)
    assert fences == ["sh", ""] * len(SNIPPETS)


def test_the_page_is_true(castellan, tmp_path):
    commands = tmp_path / "bin"
    commands.mkdir()
    (commands / "castellan").symlink_to(BINARY)
    said = [f"echo '>>> snippet {number}' >&2\n{snippet}" for number, snippet in enumerate(SNIPPETS, 1)]
    environment = {**castellan.environment, "BASE": castellan.url, "PASSWORD": PASSWORD}
    environment["PATH"] = f"{commands}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", "".join(said)],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    for told in ['"userName":"ada@example.com"', '"email":"wren@quarry.example"', "x-ratelimit-remaining: 499"]:
        assert told in done.stdout, told
