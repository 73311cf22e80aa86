# SPDX-License-Identifier: LGPL-2.1-or-later
"""The test images, unpacked once below the build directory."""
import collections
import functools
import os
import pathlib
import re
import subprocess

from lib import tools

QTRACE = pathlib.Path("testdata/qtrace")
IMAGES = pathlib.Path("testdata/images")
LVM = pathlib.Path("testdata/lvm")
MD = pathlib.Path("testdata/md")
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
    """A packed image. `stem` is what the texts beside it are called: a disk before and after some work has the same,
    and so have the disks of one volume group or array, of which `disks` are all, and this is number `index`."""

    def __init__(self, packed):
        self.packed = packed
        self.name = packed.name.removesuffix(".img.xz")
        self.stem, self.index = self.name, 0
        if packed.parent == QTRACE:
            self.stem = re.sub(r"\.(before|after)$", "", self.name)
        elif match := packed.parent in (LVM, MD) and re.fullmatch(r"(.*)-(?:pv|m)(\d)", self.name):
            self.stem, self.index = match.group(1), int(match.group(2))
        self.disks = [self]

    def beside(self, what):
        return self.packed.with_name(f"{self.stem}.{what}")

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


def all_images(names=()):
    """Every image there is, or those with these names."""
    images = [Image(packed) for place in (QTRACE, IMAGES, LVM, MD) for packed in sorted(place.glob("*.img.xz"))]
    groups = collections.defaultdict(list)
    for image in images:
        if image.packed.parent in (LVM, MD):
            groups[image.stem].append(image)
            image.disks = groups[image.stem]
    unknown = set(names) - {image.name for image in images}
    if unknown:
        raise tools.ToolError(f"no such image: {', '.join(sorted(unknown))}")
    return [image for image in images if not names or image.name in names]
