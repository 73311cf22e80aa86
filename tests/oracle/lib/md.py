# SPDX-License-Identifier: LGPL-2.1-or-later
"""Linux software RAID: arrays whose members hold the data as they are, by what mdadm reads in each member."""
import collections
import re

from lib import tools
from lib.device import Device

# `role` is None for what is in no use; sizes are in sectors.
Member = collections.namedtuple("Member", "device array name level role events start sectors")


def number(text):
    return int(text.split()[0])


def member(device):
    """The Member that a device is, or None."""
    facts = dict(re.findall(r"^ *(.+?) : (.*)$", tools.text_of("mdadm", "--examine", device.path), re.M))
    if not facts.get("Version", "").startswith("1."):
        return None
    role = re.fullmatch(r"Active device (\d+)", facts["Device Role"])
    sectors = number(facts["Avail Dev Size"])
    if facts["Raid Level"] == "raid1":
        sectors = number(facts.get("Used Dev Size", facts["Avail Dev Size"]))
    elif rounding := re.match(r"(\d+)K", facts.get("Rounding", "")):
        sectors -= sectors % (2 * int(rounding.group(1)) or 1)
    return Member(device, facts["Array UUID"], facts["Name"].split(":")[-1].split()[0], facts["Raid Level"],
                  int(role.group(1)) if role else None, int(facts["Events"]), number(facts.get("Data Offset", "0")),
                  sectors)


def pieces(one, at, copy):
    """Where the array's sectors from `at` on lie, by one member."""
    for piece in one.device.on_disk(one.start, one.sectors):
        yield piece._replace(start=piece.start - one.start + at, outer=(*piece.outer, one.device.name), copy=copy)


def linear(members):
    """(sectors, pieces): one member behind the other, as far as they are here."""
    by_role = {one.role: one for one in members}
    at, found = 0, []
    while (one := by_role.get(len(found))) is not None:
        found.append((at, one))
        at += one.sectors
    return at, [piece for start, one in found for piece in pieces(one, start, 0)]


def mirror(members):
    """(sectors, pieces): all members that were in use when the array was last written to."""
    last = max(one.events for one in members)
    legs = [one for one in members if one.role is not None and one.events >= last - 1]
    return legs[0].sectors if legs else 0, [piece for copy, leg in enumerate(legs) for piece in pieces(leg, 0, copy)]


LEVELS = {"linear": linear, "raid1": mirror}


def arrays(image, devices):
    """The arrays that lie in these devices."""
    sets = collections.defaultdict(list)
    for one in filter(None, map(member, devices)):
        sets[one.array].append(one)
    for members in sets.values():
        sectors, places = LEVELS.get(members[0].level, lambda _: (0, []))(members)
        if sectors > 0:
            yield Device(image, f"md/{members[0].name}", sectors, places)
