# SPDX-License-Identifier: LGPL-2.1-or-later
"""Running the tools that answers come from."""
import os
import pathlib
import subprocess

BUILD = pathlib.Path(os.environ.get("BUILD", "build"))
BLKMAP = os.environ.get("BLKMAP", "./blkmap")

# No pager, no words in another language, and the same time zone everywhere.
ENVIRONMENT = {**os.environ, "LC_ALL": "C", "TZ": "UTC", "PAGER": "cat", "DEBUGFS_PAGER": "__none__",
               "PATH": os.environ.get("PATH", "") + ":/usr/sbin:/sbin"}


class ToolError(Exception):
    """A tool that is not installed, or that failed where it must not."""


def run(*argv, stdin=b"", may_fail=False):
    """(status, standard output, standard error), both as bytes."""
    argv = [str(arg) for arg in argv]
    try:
        done = subprocess.run(argv, input=stdin, capture_output=True, env=ENVIRONMENT, check=False)
    except FileNotFoundError:
        raise ToolError(f"{argv[0]} is not installed") from None
    if done.returncode != 0 and not may_fail:
        why = done.stderr.decode(errors="replace").strip().splitlines()
        raise ToolError(f"{' '.join(argv)[:200]}: status {done.returncode}: {why[-1] if why else 'no message'}")
    return done.returncode, done.stdout, done.stderr


def text_of(*argv):
    """What a tool prints, or "" when it will have nothing to do with its input."""
    status, out, _ = run(*argv, may_fail=True)
    return out.decode(errors="surrogateescape") if status == 0 else ""
