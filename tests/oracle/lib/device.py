# SPDX-License-Identifier: LGPL-2.1-or-later
"""Devices in an image: the disk, partitions, volumes. Where they lie is always what a tool said, never blkmap."""
import bisect
import collections

from lib import images, tools

# `start` counts in the device, `at` on the disk with that number; `outer` are the names of what lies around it,
# outermost first; `copy` is 0 for what the device reads, 1 and up for further copies (mirrors).
Piece = collections.namedtuple("Piece", "start sectors disk at outer copy")


class Device:
    """Sectors with addresses of their own."""

    def __init__(self, image, name, sectors, pieces, sector_size=512):
        self.image = image
        self.name = name
        self.sectors = sectors
        self.pieces = pieces
        self.sector_size = sector_size

    @property
    def path(self):
        """A file with the device's bytes, for tools that want one; what lies nowhere is zero."""
        if self.name == "disk":
            return self.image.path
        target = tools.BUILD / "images" / f"{self.image.name}--{self.name.replace('/', '-')}.img"
        if not target.exists() or target.stat().st_mtime < self.image.packed.stat().st_mtime:
            images.write_sparse(target, self.chunks())
        return target

    def read(self, offset, length):
        with open(self.path, "rb") as file:
            file.seek(offset)
            return file.read(length)

    def chunks(self):
        at = 0
        disks = [open(disk.path, "rb") for disk in self.image.disks]
        for piece in sorted(self.pieces):
            if piece.copy == 0:
                yield from zeroes((piece.start - at) * 512)
                at = piece.start + piece.sectors
                disks[piece.disk].seek(piece.at * 512)
                for length in steps(piece.sectors * 512):
                    yield disks[piece.disk].read(length).ljust(length, b"\0")
        yield from zeroes((self.sectors - at) * 512)
        for disk in disks:
            disk.close()

    def inner(self, name, start, sectors):
        """A device that is a range of this one."""
        pieces = [piece._replace(start=piece.start - start, outer=(*piece.outer, self.name))
                  for piece in self.on_disk(start, sectors)]
        return Device(self.image, name, sectors, pieces, self.sector_size)

    def on_disk(self, start, sectors):
        """The pieces of a range."""
        for piece in self.pieces:
            low, high = max(start, piece.start), min(start + sectors, piece.start + piece.sectors)
            if low < high:
                yield piece._replace(start=low, sectors=high - low, at=piece.at + low - piece.start)

    def here(self):
        """The pieces on the image's own disk, which is the one that a map speaks of."""
        return [piece for piece in self.pieces if piece.disk == self.image.index]

    def runs(self, all_runs):
        """blkmap's runs in this device's addresses: (start, sectors, run, sectors into the run, names of the stack)."""
        starts = [run.start for run in all_runs]
        for piece in self.here():
            end = piece.at + piece.sectors
            index = bisect.bisect_right(starts, piece.at) - 1
            while index < len(all_runs) and all_runs[index].start < end:
                run = all_runs[index]
                low, high = max(run.start, piece.at), min(run.end, end)
                yield piece.start + low - piece.at, high - low, run, low - run.start, [*piece.outer, self.name]
                index += 1


def zeroes(length):
    for step in steps(length):
        yield bytes(step)


def steps(length):
    while length > 0:
        yield min(length, images.STEP)
        length -= images.STEP


def disk(image):
    size = 4096 if image.name.endswith("-4096") else 512  # a file cannot tell
    return Device(image, "disk", image.sectors, [Piece(0, image.sectors, image.index, 0, (), 0)], size)
