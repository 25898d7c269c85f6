"""Every operation of /openapi.json with made-up requests, right ones and wrong ones: no answer is a 5xx, none has a status or a
shape that the document doesn't name, and nothing that it forbids is accepted."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Installation

HERE = Path(__file__).parent
# For each of the two callers.
SECONDS = os.environ.get("CASTELLAN_SCHEMATHESIS_SECONDS", "60")
# The same requests each time, so that a run tells something of a change; long runs by hand take others.
SEED = os.environ.get("CASTELLAN_SCHEMATHESIS_SEED", "14")


def token(castellan, caller):
    if caller == "nobody":
        castellan.command(
            "user", "create", "--email", "nobody@example.com", "--first-name", "Nobody", "--last-name", "Here", "--password-stdin"
        )
    return castellan.command("token", "create", "--user", f"{caller}@example.com", "--name", "schemathesis")["token"]


@pytest.mark.parametrize("caller", ["ada", "nobody"])
def test_no_request_is_answered_otherwise_than_documented(caller, tmp_path):
    # Thousands of requests are refused here, as they should be.
    castellan = Installation(tmp_path / "data", CASTELLAN_LOG="warn")
    castellan.command("demo", "--users", "50")
    arguments = [
        *[sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml")],
        *["run", f"{castellan.url}/openapi.json", "--max-time", SECONDS, "--seed", SEED, "--phases", "examples,coverage,fuzzing"],
        *["--header", f"Authorization: Bearer {token(castellan, caller)}", "--warnings", "off", "--no-color"],
    ]
    done = subprocess.run(arguments, capture_output=True, text=True, cwd=tmp_path, timeout=int(SECONDS) + 240)
    castellan.stop()
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
    assert "Tested:" in done.stdout, done.stdout
