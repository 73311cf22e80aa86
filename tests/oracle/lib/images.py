# SPDX-License-Identifier: LGPL-2.1-or-later
"""The test images, unpacked once below the build directory."""
import functools
import os
import pathlib
import subprocess

from lib import tools

QTRACE = pathlib.Path("testdata/qtrace")
IMAGES = pathlib.Path("testdata/images")
STEP = 1 << 16


def write_sparse(target, chunks):
    """Writes a file; chunks of zeroes become holes. It appears under its name when it is complete."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    with open(unfinished, "wb") as out:
        for chunk in chunks:
            if chunk.count(0) == len(chunk):
                out.seek(len(chunk), os.SEEK_CUR)
            else:
                out.write(chunk)
        out.truncate()
    unfinished.rename(target)
    return target


class Image:
    """A packed image: its name, and what the table of images says of it."""

    def __init__(self, packed, row):
        self.packed = packed
        self.name = packed.name.removesuffix(".img.xz")
        self.row = row

    @functools.cached_property
    def path(self):
        target = tools.BUILD / "images" / self.packed.name.removesuffix(".xz")
        if not target.exists() or target.stat().st_mtime < self.packed.stat().st_mtime:
            with subprocess.Popen(["xz", "-dc", self.packed], stdout=subprocess.PIPE) as xz:
                write_sparse(target, iter(lambda: xz.stdout.read(STEP), b""))
            if xz.returncode != 0:
                target.unlink()
                raise tools.ToolError(f"xz cannot unpack {self.packed}")
        return target

    @property
    def sectors(self):
        return self.path.stat().st_size // 512

    @property
    def is_damaged(self):
        return self.name.startswith("damage-")


def table():
    """testdata/images/images.txt: {file: {column: value}}."""
    try:
        lines = (IMAGES / "images.txt").read_text().splitlines()
    except FileNotFoundError:
        return {}
    columns = next((line[2:].split("\t") for line in lines if line.startswith("# name\t")), [])
    rows = [dict(zip(columns, line.split("\t"))) for line in lines if not line.startswith("#")]
    return {row["file"]: row for row in rows if "file" in row}


def all_images(names=()):
    """Every image there is, or those with these names."""
    rows = table()
    images = [Image(packed, rows.get(packed.name, {}))
              for place in (QTRACE, IMAGES) for packed in sorted(place.glob("*.img.xz"))]
    unknown = set(names) - {image.name for image in images}
    if unknown:
        raise tools.ToolError(f"no such image: {', '.join(sorted(unknown))}")
    return [image for image in images if not names or image.name in names]
