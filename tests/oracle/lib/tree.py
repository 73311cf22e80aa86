# SPDX-License-Identifier: LGPL-2.1-or-later
"""All devices of an image, outermost first, as sfdisk, LVM and mdadm see them: devices nest."""
from lib import device, lvm, md, ptable, tools


def blkid_type(path):
    return tools.text_of("blkid", "-p", "-o", "value", "-s", "TYPE", path).strip()


def name_in(outer, name):
    """The disk's own partitions are part1; those in anything else have its name in front."""
    return name if len(outer.stack) == 1 else f"{outer.name}/{name}"


def partitions(outer):
    table = ptable.ask(outer)
    for part in table.partitions if table else ():
        count = min(part.sectors, outer.sectors - part.start)
        if count > 0:
            yield outer.inner(name_in(outer, f"part{part.number}"), [(0, count, part.start)])


def volumes(outer):
    """The volumes of which every sector lies in this PV, as lvs told."""
    pieces = {}
    for segment in lvm.segments(outer.image):
        pieces.setdefault(segment.name, []).append(segment)
    for name, parts in pieces.items():
        if all(part.kind == "linear" and [pv.place for pv, _, _ in part.places] == [(0, outer.name)]
               for part in parts):
            yield outer.inner(name, [(part.start, part.sectors, part.places[0][1]) for part in parts])


def arrays(outer):
    found = md.array(outer.path)
    if found:
        name, start, count = found
        yield outer.inner(f"md/{name}", [(0, count, start)])


def inner_devices(outer):
    kind = blkid_type(outer.path)
    if kind == "LVM2_member":
        return list(volumes(outer))
    if kind == "linux_raid_member":
        return list(arrays(outer))
    return [] if kind else list(partitions(outer))


def devices(image):
    """Every device of an image. A disk whose name ends so has sectors of 4096 bytes, which a file cannot tell."""
    todo = [device.disk(image)]
    todo[0].sector_size = 4096 if image.name.endswith("-4096") else 512
    for outer in todo:
        yield outer
        todo += inner_devices(outer)
