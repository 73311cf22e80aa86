# SPDX-License-Identifier: LGPL-2.1-or-later
"""All devices of an image, outermost first, as sfdisk, LVM and mdadm see them: devices nest."""
import functools

from lib import device, dm, images, lvm, md, ptable, tools


@functools.lru_cache(maxsize=None)
def blkid_type(path):
    return tools.text_of("blkid", "-p", "-o", "value", "-s", "TYPE", path).strip()


def name_in(outer, name):
    """The disk's own partitions are part1; those in anything else have its name in front."""
    return name if outer.name == "disk" else f"{outer.name}/{name}"


def partitions(outer):
    table = ptable.ask(outer)
    for part in table.partitions if table else ():
        count = min(part.sectors, outer.sectors - part.start)
        if count > 0:
            yield outer.inner(name_in(outer, f"part{part.number}"), part.start, count)


def linear_volumes(image, pvs):
    """The volumes that lvs told of beside a trace: all are linear and lie in one PV."""
    for segment in lvm.segments(image):
        pv, start, count = segment.places[0]
        yield pvs[pv.place[1]].inner(segment.name, start, count)


def mapped_volumes(image, outer_devices):
    """The volumes of testdata/lvm, which may lie anywhere on several disks."""
    volumes = dm.Volumes(image)
    for name in sorted(volumes.public, key=lambda name: (len(volumes.below(name)), name)):
        pieces = [piece._replace(outer=(*stack_at(outer_devices, piece), *piece.outer))
                  for piece in volumes.pieces(name)]
        yield device.Device(image, name, volumes.sectors(name), pieces)


def stack_at(outer_devices, piece):
    """Disk and partition around a place of the image's own disk."""
    found = ()
    for outer in outer_devices:
        for around in outer.here():
            if piece.disk == around.disk and around.at <= piece.at < around.at + around.sectors:
                found = (*around.outer, outer.name)
    return found


def arrays(outer):
    found = md.array(outer.path)
    if found:
        name, start, count = found
        yield outer.inner(f"md/{name}", start, count)


def inner_devices(outer):
    kind = blkid_type(outer.path)
    if kind == "linux_raid_member":
        return list(arrays(outer))
    return [] if kind else list(partitions(outer))


def add_inner(todo):
    """Puts what lies in the devices of a list behind them, and what lies in that."""
    for outer in todo:
        todo += inner_devices(outer)
    return todo


@functools.lru_cache(maxsize=2)
def devices(image):
    found = add_inner([device.disk(image)])
    if image.packed.parent == images.LVM:
        found += add_inner(list(mapped_volumes(image, found)))
    else:
        found += linear_volumes(image, {outer.name: outer for outer in found})
    return found
