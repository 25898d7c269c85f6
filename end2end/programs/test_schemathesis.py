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
# For each caller.
SECONDS = os.environ.get("CASTELLAN_SCHEMATHESIS_SECONDS", "30")
# The same requests each time, so that a run tells something of a change; long runs by hand take others.
SEED = os.environ.get("CASTELLAN_SCHEMATHESIS_SEED", "14")
PORTALS = "^/v1/partner-portals"
DOMAINS = "^/(v2|user)/"
PEOPLE = ["--exclude-path-regex", f"{PORTALS}|{DOMAINS}"]


def person(castellan, name, *tenant):
    castellan.command(
        *["user", "create", "--email", f"{name}@example.com", "--first-name", name.title(), "--last-name", "Here"],
        *[*tenant, "--password-stdin"],
    )


def personal(castellan, name):
    made = castellan.command("token", "create", "--user", f"{name}@example.com", "--name", "schemathesis")
    return f"Authorization: Bearer {made['token']}"


def key(castellan, slug):
    castellan.command("tenant", "create", "--slug", slug, "--name", slug, "--kind", "portal")
    made = castellan.command("key", "create", "--tenant", slug, "--kind", "service", "--name", "sync", "--role", "admin")
    return f"Authorization: Bearer {made['key']}"


def account(castellan, slug):
    castellan.command("tenant", "create", "--slug", slug, "--name", slug, "--kind", "domain", "--parent", "quay")
    person(castellan, slug, "--tenant", slug, "--role", "admin")
    made = castellan.command(
        *["token", "create", "--user", f"{slug}@example.com", "--name", "schemathesis", "--tenant", slug],
        *["--kind", "account", "--audience", "apiv2", "--scopes", "level://admin"],
    )
    return f"standAloneToken: {made['token']}"


def caller(castellan, who):
    """The header that one of them sends, and which operations it is for: an administrator and somebody who may nothing, and for
    what acts in one tenant its own and its peer's."""
    match who:
        case "ada":
            return personal(castellan, who), PEOPLE
        case "nobody":
            person(castellan, who)
            return personal(castellan, who), PEOPLE
        case "portal" | "portal's peer":
            own, peer = key(castellan, "pp_01"), key(castellan, "pp_02")
            return own if who == "portal" else peer, ["--include-path-regex", PORTALS]
        case _:
            castellan.command("tenant", "create", "--slug", "quay", "--name", "quay", "--kind", "reseller")
            own, peer = account(castellan, "north"), account(castellan, "south")
            return own if who == "domain" else peer, ["--include-path-regex", DOMAINS]


@pytest.mark.parametrize("who", ["ada", "nobody", "portal", "portal's peer", "domain", "domain's peer"])
def test_no_request_is_answered_otherwise_than_documented(who, tmp_path):
    # Thousands of requests are refused here, as they should be.
    castellan = Installation(tmp_path / "data", CASTELLAN_LOG="warn")
    castellan.command("demo", "--users", "50")
    header, operations = caller(castellan, who)
    arguments = [
        *[sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml")],
        *["run", f"{castellan.url}/openapi.json", "--max-time", SECONDS, "--seed", SEED, "--phases", "examples,coverage,fuzzing"],
        *["--header", header, *operations, "--warnings", "off", "--no-color"],
    ]
    done = subprocess.run(arguments, capture_output=True, text=True, cwd=tmp_path, timeout=int(SECONDS) + 240)
    castellan.stop()
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
    assert "Tested:" in done.stdout, done.stdout
