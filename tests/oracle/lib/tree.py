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


def add_inner(todo):
    """Puts the partitions in the devices of a list behind them, and what partitions are in those."""
    for outer in todo:
        todo += [] if blkid_type(outer.path) else list(partitions(outer))
    return todo


def arrays(image, outer_devices):
    """The arrays whose members are these devices, and those of the image's other disks."""
    members = outer_devices + [outer for disk in image.disks if disk is not image
                               for outer in add_inner([device.disk(disk)])]
    order = {disk.index: at for at, disk in enumerate(image.disks)}
    members.sort(key=lambda outer: order[outer.pieces[0].disk])
    return md.arrays(image, [outer for outer in members if blkid_type(outer.path) == "linux_raid_member"])


@functools.lru_cache(maxsize=2)
def devices(image):
    found = add_inner([device.disk(image)])
    found += add_inner(list(arrays(image, found)))
    if image.packed.parent == images.LVM:
        found += add_inner(list(mapped_volumes(image, found)))
    else:
        found += linear_volumes(image, {outer.name: outer for outer in found})
    return found
