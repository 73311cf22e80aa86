# SPDX-License-Identifier: LGPL-2.1-or-later
"""What blkmap says: the runs of `map --json` and the answers of `lookup --json`."""
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
