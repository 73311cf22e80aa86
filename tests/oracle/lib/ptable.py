# SPDX-License-Identifier: LGPL-2.1-or-later
"""Partition tables as sfdisk, fdisk and sgdisk read them; and, read here, where a table itself lies, which no tool
tells.

All numbers are sectors of 512 bytes, whatever the disk's own sector is."""
import json
import re
import struct
import zlib

from lib import tools

EXTENDED = {"5", "f", "85"}
PROTECTIVE = "ee"


class Partition:
    def __init__(self, number, start, sectors, kind):
        self.number, self.start, self.sectors, self.kind = number, start, sectors, kind

ODD_EXTENDED = {"mbr-two-extended"}


class Table:
    """`label` is "dos" or "gpt"."""

    def __init__(self, device, label, partitions):
        self.label = label
        self.unit = device.sector_size // 512
        self.extended = [part for part in partitions if label == "dos" and part.kind in EXTENDED]
        self.partitions = [part for part in partitions if part not in self.extended and part.kind != PROTECTIVE]


def ask(device):
    """The table in a device, or None."""
    if device.sector_size != 512:
        return ask_fdisk(device)
    if device.image.name in ODD_EXTENDED and device.name == "disk":
        return ask_partx(device)
    told = tools.text_of("sfdisk", "-J", device.path)
    if not told:
        return None
    table = json.loads(told)["partitiontable"]
    found = [Partition(int(part["node"].removeprefix(str(device.path))), part["start"], part["size"],
                       part["type"].lower()) for part in table.get("partitions", [])]
    # Where a chain of EBRs goes in a circle, sfdisk goes round until it has 60 partitions.
    found = list({(part.start, part.sectors): part for part in reversed(found)}.values())[::-1]
    if [part.kind for part in found] == [PROTECTIVE]:
        return ask_sgdisk(device) or Table(device, "dos", [])
    return Table(device, table["label"], found)


def ask_partx(device):
    """partx reads as the kernel does, all extended partitions and four entries of an EBR; sfdisk says that it ignores
    what comes after the first ("Ignoring extra extended partition 3")."""
    told = tools.text_of("partx", "--raw", "--noheadings", "-o", "NR,START,SECTORS,TYPE", device.path)
    rows = [line.split() for line in told.splitlines()]
    return Table(device, "dos", [Partition(int(number), int(start), int(count), kind.removeprefix("0x"))
                                 for number, start, count, kind in rows])


def ask_fdisk(device):
    """fdisk can be told the sector size, but prints no JSON."""
    told = tools.text_of("fdisk", "-b", device.sector_size, "-l", "-o", "Device,Start,Sectors", device.path)
    label = re.search(r"^Disklabel type: (\w+)", told, re.M)
    unit = device.sector_size // 512
    rows = re.findall(rf"^{re.escape(str(device.path))}(\d+)\s+(\d+)\s+(\d+)", told, re.M)
    return label and Table(device, label.group(1), [
        Partition(int(number), int(start) * unit, int(count) * unit, "") for number, start, count in rows])


def ask_sgdisk(device):
    """sgdisk also reads a table of a disk that was cut; where both headers are gone it makes a new one."""
    status, out, err = tools.run("sgdisk", "-p", device.path, may_fail=True)
    if status != 0 or b"Main header: OK" not in err + out:
        return None
    rows = re.findall(r"^ +(\d+) +(\d+) +(\d+) ", out.decode(), re.M)
    return Table(device, "gpt", [Partition(int(number), int(first), int(last) - int(first) + 1, "")
                                 for number, first, last in rows])


class GptHeader:
    """One header, or what stands in its place. `lba` and `entries` are the disk's own sectors."""

    def __init__(self, device, lba):
        raw = device.read(lba * device.sector_size, device.sector_size)
        (magic, _, size, crc, _, self.lba, self.other, _, _, _, self.entries, count, length, self.entries_crc) = (
            struct.unpack_from("<8sIIIIQQQQ16sQIII", raw.ljust(92, b"\0")))
        self.is_good = (magic == b"EFI PART" and 92 <= size <= len(raw) and self.lba == lba
                        and zlib.crc32(raw[:16] + bytes(4) + raw[20:size]) == crc)
        self.entries_bytes = count * length
        self.entries_lbas = -(-self.entries_bytes // device.sector_size)

    def entries_are_at(self, device, lba):
        """Whether the entries there have the checksum that this header tells."""
        entries = device.read(lba * device.sector_size, self.entries_bytes)
        return zlib.crc32(entries) == self.entries_crc


def gpt_half(device, kind, header, other, at, entries_at):
    """Header and entries at one end of the disk: where the header is bad, the other one tells where they should be."""
    unit = device.sector_size // 512
    if header.is_good:
        yield kind + "header", header.lba * unit, unit, False
        yield (kind + "entries", header.entries * unit, header.entries_lbas * unit,
               not header.entries_are_at(device, header.entries))
    elif other.is_good:
        yield kind + "header", at * unit, unit, True
        if other.entries_are_at(device, entries_at):
            yield kind + "entries", entries_at * unit, other.entries_lbas * unit, False


def gpt_parts(device):
    """[(kind, start, sectors, whether it is damaged)] of the table itself, from its headers."""
    unit = device.sector_size // 512
    primary = GptHeader(device, 1)
    at = primary.other if primary.is_good else device.sectors // unit - 1
    backup = GptHeader(device, at)
    parts = [("mbr", 0, unit, False)]
    parts += gpt_half(device, "gpt-", primary, backup, 1, 2)
    parts += gpt_half(device, "gpt-backup-", backup, primary, at, at - primary.entries_lbas)
    return [part for part in parts if part[1] < device.sectors]


def ebr_chain(device, table):
    """The sectors of the extended boot records, and the logical partitions that they tell of."""
    records, logical = [], []
    for extended in table.extended:
        at, room = extended.start, extended.sectors // table.unit
        while at is not None and at not in records and extended.start <= at < extended.start + extended.sectors:
            raw = device.read(at * 512, 512)
            if raw[510:] != b"\x55\xaa":
                break
            records.append(at)
            entries = [struct.unpack_from("<4xB3xII", raw, 446 + 16 * i) for i in range(4)]
            logical += [(at + start * table.unit, count * table.unit) for i, (kind, start, count) in enumerate(entries)
                        if kind and count and f"{kind:x}" not in EXTENDED and (i < 2 or start + count <= room)]
            links = [(start, count) for kind, start, count in entries if f"{kind:x}" in EXTENDED]
            at, room = (extended.start + links[0][0] * table.unit, links[0][1]) if links else (None, 0)
    return records, logical
