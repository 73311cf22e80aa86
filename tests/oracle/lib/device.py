# SPDX-License-Identifier: LGPL-2.1-or-later
"""Devices in an image: the disk, partitions, volumes. Where they lie is always what a tool said, never blkmap."""
import bisect

from lib import images, tools


class Device:
    """Sectors with addresses of their own. `pieces` are (start in the device, sectors, start on the disk)."""

    def __init__(self, image, stack, pieces, sector_size=512):
        self.image = image
        self.stack = stack
        self.pieces = pieces
        self.sector_size = sector_size

    @property
    def name(self):
        return self.stack[-1]

    @property
    def sectors(self):
        return sum(count for _, count, _ in self.pieces)

    @property
    def path(self):
        """A file with the device's bytes, for tools that want one."""
        if len(self.stack) == 1:
            return self.image.path
        target = tools.BUILD / "images" / f"{self.image.name}--{'--'.join(self.stack[1:]).replace('/', '-')}.img"
        if not target.exists() or target.stat().st_mtime < self.image.packed.stat().st_mtime:
            images.write_sparse(target, self.chunks())
        return target

    def read(self, offset, length):
        with open(self.path, "rb") as file:
            file.seek(offset)
            return file.read(length)

    def chunks(self):
        with open(self.image.path, "rb") as disk:
            for _, count, start in self.pieces:
                disk.seek(start * 512)
                left = count * 512
                while left > 0:
                    chunk = disk.read(min(left, images.STEP))
                    if not chunk:
                        return
                    yield chunk
                    left -= len(chunk)

    def inner(self, name, pieces):
        """A device in this one; `pieces` count in this one."""
        mapped = [(at + into, count, disk) for at, length, start in pieces
                  for into, count, disk in self.on_disk(start, length)]
        return Device(self.image, self.stack + [name], mapped, self.sector_size)

    def on_disk(self, start, length):
        """(offset in the range, sectors, start on the disk) for a range of this device."""
        for at, count, disk in self.pieces:
            low, high = max(start, at), min(start + length, at + count)
            if low < high:
                yield low - start, high - low, disk + low - at

    def runs(self, all_runs):
        """blkmap's runs in this device's addresses: (start, sectors, run, sectors into the run)."""
        starts = [run.start for run in all_runs]
        for at, count, disk in self.pieces:
            index = bisect.bisect_right(starts, disk) - 1
            while index < len(all_runs) and all_runs[index].start < disk + count:
                run = all_runs[index]
                low, high = max(run.start, disk), min(run.end, disk + count)
                yield at + low - disk, high - low, run, low - run.start
                index += 1


def disk(image):
    return Device(image, ["disk"], [(0, image.sectors, 0)])
