# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where every sector of a volume lies by the device-mapper tables of the appliance that made it. The arithmetic is that
of testdata/lvm/verify.py, which is checked there against what the kernel wrote."""
import functools
import sys

from lib import images, lvm
from lib.device import Piece

sys.path.append(str(images.LVM))
import verify  # noqa: E402 # pylint: disable=wrong-import-position


class Resolver(verify.Resolver):
    def row_thin(self, dm, offset, length, rest):
        """Without the external origin: what a thin volume reads through is the other volume's own."""
        return super().row_thin(dm, offset, length, rest[:2])


class Volumes:
    """All volumes of an image in testdata/lvm."""

    def __init__(self, image):
        self.tables = verify.Tables(image.stem)
        disks = verify.Disks(image.stem, len(image.disks))
        self.resolver = Resolver(disks, self.tables, verify.thin_pools(image.stem, self.tables))
        self.public = {verify.volume_name(name): name for name in self.tables.rows
                       if verify.volume_name(name) in lvm.public_names(image)}

    def sectors(self, volume):
        return self.tables.length(self.public[volume])

    def below(self, volume):
        """The device-mapper names of all that a volume is made of."""
        found, todo = set(), [self.public[volume]]
        while todo:
            for _, _, _, words in self.tables.rows[todo.pop()]:
                names = {self.tables.names[word] for word in words if word in self.tables.names} - found
                found |= names
                todo += names
        return found

    def public_below(self, volume):
        """The volumes that a volume lies in, outermost first: volumes may be PVs."""
        below = self.below(volume)
        found = [name for name, dm in self.public.items() if dm in below]
        return tuple(sorted(found, key=lambda name: len(self.below(name))))

    def pieces(self, volume):
        """The volume's Pieces, without what partition they lie in: neighbouring sectors put together."""
        outer = self.public_below(volume)
        done, growing = [], []
        for sector in range(self.sectors(volume)):
            places = self.resolver.places(self.public[volume], sector)
            grown = [self.grow(growing, sector, copy, place, outer) for copy, place in enumerate(places)]
            done += [piece for piece in growing if (piece.disk, piece.at) not in {(p.disk, p.at) for p in grown}]
            growing = grown
        return done + growing

    @staticmethod
    def grow(growing, sector, copy, place, outer):
        for piece in growing:
            if (piece.copy, piece.disk, piece.at + piece.sectors) == (copy, *place):
                return piece._replace(sectors=piece.sectors + 1)
        return Piece(sector, 1, *place, outer, copy)


@functools.lru_cache(maxsize=4)
def volumes(stem_image):
    return Volumes(stem_image)
