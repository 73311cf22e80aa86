# SPDX-License-Identifier: LGPL-2.1-or-later
"""What blkmap says: the runs of `map --json` and the answers of `lookup --json`."""
import base64
import functools
import json

from lib import tools


class Run:
    """One object of the contract."""
    __slots__ = ("start", "sectors", "all")

    def __init__(self, line):
        self.all = json.loads(line)
        self.start = self.all["start"]
        self.sectors = self.all["sectors"]

    def get(self, key, default=None):
        return self.all.get(key, default)

    @property
    def end(self):
        return self.start + self.sectors

    @property
    def path(self):
        """The path's bytes, or None."""
        if "path_hex" in self.all:
            return bytes.fromhex(self.all["path_hex"])
        path = self.all.get("path")
        return None if path is None else path.encode()

    def __str__(self):
        keys = ("device", "fs", "kind", "block", "inode", "path", "offset", "inodes", "flags")
        return " ".join(f"{key} {self.all[key]}" for key in keys if key in self.all)


def without_key(path):
    """The bytes that names in encrypted directories have on the disk, of which a path tells in the kernel's form for who has
    no key: a hash of 8 bytes and the name, in base64url."""
    parts = []
    for part in path.split(b"/"):
        try:
            raw = base64.b64decode(part + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
        except ValueError:
            raw = b""
        parts.append(raw[8:] if 24 <= len(raw) <= 8 + 149 else part)
    return b"/".join(parts)


def is_named(path, names):
    """Whether debugfs has that path among these, which it cuts at NUL."""
    raw = without_key(path)
    return path in names or any(raw == name or raw.startswith(name + b"\0") for name in names)


def with_others(image):
    """The options that name the other disks of its volume groups, and show each as it lies there: so do the tools that
    answers come from. What a replay changes is for replay.test."""
    return ["--no-replay"] + [word for other in image.disks if other is not image for word in ("--with", other.path)]


@functools.lru_cache(maxsize=2)
def runs(image, alone=False):
    """All runs of a disk; `alone`: the other disks of its volume groups are missing."""
    out = tools.run(tools.BLKMAP, "map", "--json", *(["--no-replay"] if alone else with_others(image)), image.path)[1]
    return [Run(line) for line in out.splitlines()]


def lookup(image, sectors):
    """{sector: Run}"""
    wanted = "".join(f"{sector}\n" for sector in sectors).encode()
    out = tools.run(tools.BLKMAP, "lookup", "--json", *with_others(image), image.path, "-", stdin=wanted)[1]
    return {run.get("sector"): run for run in map(Run, out.splitlines())}
