#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""verify.py [--rows] [NAME...]: hold the images against themselves.

Every sector of a volume without file system says which sector of which volume
it is. Where these stamps are found in the raw disks is compared with where the
arithmetic of the device-mapper tables puts each sector; parity is computed and
compared; volumes with ext4 are put together and given to e2fsck and debugfs.
--rows: print the first rows of each RAID or striped volume as found in bytes.
"""

import argparse
import json
import lzma
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from collections import defaultdict

HERE = os.path.dirname(os.path.abspath(__file__))
SECTOR = 512
STAMP = re.compile(rb"([^\s@]+)( new)? sector (\d+)\ncheck (\d{6})\n")
# of a pool's data before they became that, of a thin volume that was removed
OLD = {"stale", "Vthin/gone"}


def stamp_at(data, at=0):
    """The stamp in the sector there: a match, or None (also for parity)."""
    match = STAMP.match(data, at, at + 100)
    if match and int(match[3]) ** 2 % 999983 == int(match[4]):
        return match
    return None


# The disks.


class Disks:
    """The images of one name, uncompressed, and their partitions."""

    def __init__(self, name, count):
        single = count == 1
        files = [name + ("" if single else f"-pv{i}") + ".img.xz" for i in range(count)]
        self.data = [lzma.open(os.path.join(HERE, f)).read() for f in files]
        self.parts = [partitions(data) for data in self.data]

    def place(self, major_minor, sector):
        """8:N and a sector of that device -> (disk, sector of the disk)."""
        disk, part = divmod(int(major_minor.split(":")[1]), 16)
        return disk, sector + (self.parts[disk][part] if part else 0)

    def read(self, place):
        disk, sector = place
        return self.data[disk][sector * SECTOR : (sector + 1) * SECTOR]

    def stamps(self):
        """{(volume, sector): {place: is it a new one}} of the whole of all disks."""
        found = defaultdict(dict)
        for disk, data in enumerate(self.data):
            for at in range(0, len(data), SECTOR):
                match = stamp_at(data, at)
                if match:
                    key = match[1].decode(), int(match[3])
                    found[key][disk, at // SECTOR] = bool(match[2])
        return found


def partitions(data):
    """{number: first sector}, as sfdisk sees it."""
    with tempfile.NamedTemporaryFile(suffix=".img") as file:
        file.write(data)
        file.flush()
        run = subprocess.run(
            ["sfdisk", "-J", file.name], capture_output=True, text=True, check=False
        )
    if run.returncode:
        return {}
    table = json.loads(run.stdout)["partitiontable"].get("partitions", [])
    return {int(re.search(r"\d+$", p["node"])[0]): p["start"] for p in table}


# The tables of device-mapper.


class Tables:
    """dmsetup table, with 253:N turned into names."""

    def __init__(self, name):
        self.data_offsets = data_offsets(name)
        self.rows = defaultdict(list)  # name -> [(start, length, type, arguments)]
        self.names = {}
        with open(os.path.join(HERE, name + ".dmsetup.txt"), encoding="ascii") as file:
            part = ""
            for line in file:
                if line.startswith("#"):
                    part = line
                elif "dmsetup table" in part:
                    self.add_row(line)
                elif "dmsetup info" in part:
                    dm, major, minor = line.split()
                    self.names[f"{major}:{minor}"] = dm

    def add_row(self, line):
        if ": " in line:
            dm, row = line.split(": ", 1)
            start, length, kind, *rest = row.split()
            self.rows[dm].append((int(start), int(length), kind, rest))

    def visible(self):
        """The volumes that no other volume is made of."""
        words = {word for rows in self.rows.values() for row in rows for word in row[3]}
        used = {name for number, name in self.names.items() if number in words}
        return sorted(set(self.rows) - used)

    def length(self, dm):
        return max(row[0] + row[1] for row in self.rows[dm])

    def row(self, dm, sector):
        for start, length, kind, rest in self.rows[dm]:
            if start <= sector < start + length:
                return sector - start, length, kind, rest
        return None


def data_offsets(name):
    """{volume: where the data begin in its images}: only lvs says it, and the
    superblocks of the images"""
    with open(os.path.join(HERE, name + ".lvs.txt"), encoding="ascii") as file:
        lines = [line.rstrip("\n").split("|") for line in file]
    at = lines[0].index("data_offset")
    return {line[0]: int(line[at]) for line in lines[1:] if line[at]}


def volume_name(dm):
    """Vmy--vg-fs--1k -> Vmy-vg/fs-1k"""
    return dm.replace("--", "\0").replace("-", "/").replace("\0", "-")


# Arithmetic: one sector of a device -> the places that hold it.


class Resolver:
    def __init__(self, disks, tables, thin):
        self.disks, self.tables, self.thin = disks, tables, thin

    def places(self, device, sector):
        """All places of a sector; the empty list where it lies nowhere."""
        if device == "-":
            return []
        if device.startswith("8:"):
            return [self.disks.place(device, sector)]
        dm = self.tables.names.get(device, device)
        row = self.tables.row(dm, sector)
        if row is None:
            return []
        offset, length, kind, rest = row
        rule = getattr(self, "row_" + kind.replace("-", "_"), None)
        return rule(dm, offset, length, rest) if rule else []

    def row_linear(self, _dm, offset, _length, rest):
        return self.places(rest[0], int(rest[1]) + offset)

    def row_striped(self, _dm, offset, _length, rest):
        count, size = int(rest[0]), int(rest[1])
        areas = list(zip(rest[2::2], rest[3::2]))
        chunk, within = divmod(offset, size)
        device, start = areas[chunk % count]
        return self.places(device, int(start) + chunk // count * size + within)

    def row_mirror(self, _dm, offset, _length, rest):
        after_log = rest[2 + int(rest[1]) :]
        legs = after_log[1 : 1 + 2 * int(after_log[0])]
        pairs = zip(legs[::2], legs[1::2])
        return [p for dev, at in pairs for p in self.places(dev, int(at) + offset)]

    def row_raid(self, dm, offset, _length, rest):
        start = self.tables.data_offsets.get(volume_name(dm), 0)
        images, _, size, rule = raid_row(rest)
        where = [rule(offset, size, len(images))]
        if rest[0] == "raid1":
            where = [(i, offset) for i in range(len(images))]
        elif rest[0] == "raid10":
            where = raid10_places(offset, size, len(images))
        return [p for i, at in where for p in self.places(images[i], start + at)]

    def row_snapshot_origin(self, _dm, offset, _length, rest):
        return self.places(rest[0], offset)

    def row_cache(self, _dm, offset, _length, rest):
        return self.places(rest[2], offset)

    def row_writecache(self, _dm, offset, _length, rest):
        return self.places(rest[1], offset)

    def row_integrity(self, _dm, offset, _length, rest):
        return self.places(rest[0], int(rest[1]) + offset)

    def row_thin(self, _dm, offset, _length, rest):
        pool = self.tables.names[rest[0]]
        data, size, mappings = self.thin[pool]
        block = mappings[int(rest[1])].get(offset // size)
        if block is not None:
            return self.places(data, block * size + offset % size)
        if len(rest) > 2:  # what is not in the pool is in the external origin
            return self.places(rest[2], offset)
        return []


def raid_row(rest):
    """The arguments of a raid target: images, rmetas, chunk size, rule."""
    parameters = int(rest[1])
    devices = rest[2 + parameters :]
    assert int(devices[0]) * 2 == len(devices) - 1, rest
    return devices[2::2], devices[1::2], int(rest[2]), RULES.get(rest[0], no_rule)


def no_rule(offset, _size, _count):
    return 0, offset


def raid10_places(offset, size, count):
    chunk, within = divmod(offset, size)
    copies = [divmod(2 * chunk + copy, count) for copy in (0, 1)]
    return [(image, row * size + within) for row, image in copies]


def parity_of(kind, row, count):
    """(image of P, image of Q or None, image of data chunk 0, 1 ...)."""
    if kind.endswith("_6"):
        p, _, data = parity_of("raid5_" + kind[6:-2], row, count - 1)
        return p, count - 1, data
    if kind == "raid4":
        return 0, None, list(range(1, count))
    p = {
        "la": count - 1 - row % count,
        "ls": count - 1 - row % count,
        "ra": row % count,
        "rs": row % count,
        "n": count - 1,
        "zr": row % count,
        "nr": count - 1 - (row + 1) % count,
        "nc": count - 1 - row % count,
    }[kind[6:]]
    if kind.startswith("raid5"):
        if kind[6:] in ("ls", "rs"):
            return p, None, [(p + 1 + i) % count for i in range(count - 1)]
        return p, None, [i for i in range(count) if i != p]
    if kind[6:] == "nc":
        return p, (p - 1) % count, [(p + 1 + i) % count for i in range(count - 2)]
    q = (p + 1) % count
    return p, q, [i for i in range(count) if i not in (p, q)]


def parity_rule(kind):
    def rule(offset, size, count):
        chunk, within = divmod(offset, size)
        data_count = len(parity_of(kind, 0, count)[2])
        row, index = divmod(chunk, data_count)
        return parity_of(kind, row, count)[2][index], row * size + within

    return rule


def raid0_rule(offset, size, count):
    chunk, within = divmod(offset, size)
    return chunk % count, chunk // count * size + within


PARITY = ["raid4"] + ["raid5_" + k for k in "la ra ls rs n".split()]
PARITY += ["raid6_" + k for k in "zr nr nc n_6 la_6 ra_6 ls_6 rs_6".split()]
RULES = {kind: parity_rule(kind) for kind in PARITY}
RULES["raid0"] = RULES["raid0_meta"] = raid0_rule


# Thin pools, by what thin_dump says.


def thin_mappings(path):
    """thin_dump XML -> chunk size, {device id: {block: pool block}}."""
    root = xml.parse(path).getroot()
    devices = {}
    for device in root.iter("device"):
        blocks = devices[int(device.get("dev_id"))] = {}
        for one in device.iter("single_mapping"):
            blocks[int(one.get("origin_block"))] = int(one.get("data_block"))
        for run in device.iter("range_mapping"):
            for i in range(int(run.get("length"))):
                blocks[int(run.get("origin_begin")) + i] = int(run.get("data_begin")) + i
    return int(root.get("data_block_size")), devices


def thin_pools(name, tables):
    """{dm name of the pool: (its data device, chunk size, mappings)}"""
    pools = {}
    for dm, rows in tables.rows.items():
        if rows[0][2] == "thin-pool":
            pool = volume_name(dm.removesuffix("-tpool")).split("/")[1]
            path = os.path.join(HERE, f"{name}.{pool}.thin.xml")
            pools[dm] = (rows[0][3][1], *thin_mappings(path))
    return pools


# Parity, from bytes.


def xor(blocks):
    total = 0
    for block in blocks:
        total ^= int.from_bytes(block, "little")
    return total.to_bytes(len(blocks[0]), "little")


DOUBLE = bytes((b << 1) ^ 0x11D if b & 0x80 else b << 1 for b in range(256))


def syndrome(blocks):
    """Q: the last block, doubled in GF(256) for each block before it."""
    total = bytes(len(blocks[0]))
    for block in reversed(blocks):
        total = xor([total.translate(DOUBLE), block])
    return total


def q_of(blocks, data):
    """Q as md counts it: over the data in the order of the images."""
    return syndrome([blocks[i] for i in sorted(data)])


def q_of_ddf(blocks, data):
    """Q as DDF counts it: P and Q have their turns too, as zeroes."""
    zero = bytes(len(blocks[0]))
    return syndrome([b if i in data else zero for i, b in enumerate(blocks)])


def q_name(blocks, data, image):
    if b"" in blocks:  # an image is lost
        return "?"
    if blocks[image] == q_of(blocks, data):
        return "Q"
    return "Qd" if blocks[image] == q_of_ddf(blocks, data) else "?"


class Raid:
    """One raid, or striped, target, read chunk by chunk from the raw disks."""

    def __init__(self, resolver, dm):
        self.resolver, self.dm = resolver, dm
        _, self.length, target, rest = resolver.tables.rows[dm][0]
        if target == "striped":
            self.kind, self.size = "striped", int(rest[1])
            self.images = list(zip(rest[2::2], map(int, rest[3::2])))
        else:
            self.kind = rest[0]
            images, _, self.size, _ = raid_row(rest)
            start = resolver.tables.data_offsets.get(volume_name(dm), 0)
            self.images = [(image, start) for image in images]

    def sector(self, image, sector):
        device, start = self.images[image]
        places = self.resolver.places(device, start + sector)
        return self.resolver.disks.read(places[0]) if places else b""

    def cell(self, image, row):
        """What a chunk says: its number, or that it is parity, or neither."""
        block = self.sector(image, row * self.size)
        match = stamp_at(block)
        if match and int(match[3]) % self.size == 0:
            return str(int(match[3]) // self.size)
        return "?"

    def row(self, row):
        """The cells of a row, with parity told by computing it."""
        images = range(len(self.images))
        cells = [self.cell(i, row) for i in images]
        blocks = [self.sector(i, row * self.size) for i in images]
        data = [i for i in images if cells[i] != "?"]
        for i in images:
            if not blocks[i]:
                cells[i] = "-"
            elif cells[i] == "?" and blocks[i] == xor([blocks[j] for j in data]):
                cells[i] = "P"
            elif cells[i] == "?":
                cells[i] = q_name(blocks, data, i)
        return cells

    def rows(self):
        per_row = len(self.images)
        if self.kind in PARITY:
            per_row = len(parity_of(self.kind, 0, per_row)[2])
        copies = 2 if self.kind == "raid10" else 1
        return self.length * copies // self.size // per_row

    def print_rows(self, count):
        name, count_images = volume_name(self.dm), len(self.images)
        print(f"  {name}: {self.kind}, chunks of {self.size // 2}K, {count_images} images")
        for row in range(min(count, self.rows())):
            print("    row %2d: %s" % (row, " ".join("%3s" % c for c in self.row(row))))

    def check_parity(self):
        """Every sector of every row: P and, where there is one, Q."""
        count, bad = len(self.images), 0
        for at in range(self.rows() * self.size):
            p, q, data = parity_of(self.kind, at // self.size, count)
            blocks = [self.sector(i, at) for i in range(count)]
            if b"" in blocks:  # an image is lost
                continue
            if blocks[p] != xor([blocks[i] for i in data]):
                bad += 1
            if q is not None and q_name(blocks, data, q) == "?":
                bad += 1
        return bad


# The checks.


class Check:
    def __init__(self, name, count, show_rows):
        self.name, self.show_rows, self.failures = name, show_rows, 0
        self.disks = Disks(name, count)
        self.tables = Tables(name)
        thin = thin_pools(name, self.tables)
        self.resolver = Resolver(self.disks, self.tables, thin)
        self.found = self.disks.stamps()
        self.visible = self.tables.visible()

    def tell(self, bad, text):
        self.failures += bool(bad)
        print(f"  {'FAILED ' if bad else ''}{text}")

    def stamped(self):
        """{volume: [sectors with a stamp of its own]}"""
        volumes = defaultdict(list)
        for volume, sector in self.found:
            volumes[volume].append(sector)
        return volumes

    def check_stamps(self):
        dms = {volume_name(dm): dm for dm in self.tables.rows}
        for volume, sectors in sorted(self.stamped().items()):
            if volume in OLD:
                continue
            dm = dms.get(volume.split(":")[0])  # VG/LV:part2 counts from the LV, too
            if dm:
                self.check_volume(volume, dm, sectors)
            else:
                self.tell(1, f"{volume}: {len(sectors)} stamps, no table")

    def check_volume(self, volume, dm, sectors):
        missing = shared = left = copies = 0
        for sector in sectors:
            expected = set(self.resolver.places(dm, sector))
            found = set(self.found[volume, sector])
            others = self.others(dm, sector) & (found - expected)
            missing += len(expected - found)
            shared += len(others)
            left += len(found - expected - others)
            copies += len(found)
        self.tell(
            missing,
            f"{volume}: {len(sectors)} sectors of {self.tables.length(dm)} stamped, "
            f"{copies} places, {missing} not where the tables say; "
            f"also {shared} in other volumes, {left} elsewhere",
        )

    def others(self, dm, sector):
        """The places of the same sector of other thin volumes."""
        places = set()
        for other in self.visible:
            if other != dm and self.tables.rows[other][0][2] == "thin":
                places.update(self.resolver.places(other, sector))
        return places

    def check_raid(self):
        for dm, rows in sorted(self.tables.rows.items()):
            if rows[0][2] not in ("raid", "striped"):
                continue
            raid = Raid(self.resolver, dm)
            if raid.kind == "raid1":
                continue
            if self.show_rows and any(v == volume_name(dm) for v, _ in self.found):
                raid.print_rows(2 * len(raid.images))
            if raid.kind in PARITY:
                bad = raid.check_parity()
                rows = f"parity of {raid.rows()} rows, {bad} sectors differ"
                self.tell(bad, f"{volume_name(dm)}: {rows}")

    def check_ext(self):
        for dm in self.visible:
            data = self.read(dm, 0, self.tables.length(dm))
            if is_ext(data):
                self.check_one_ext(volume_name(dm), data)
            for number, start in partitions(data).items():
                if is_ext(data[start * SECTOR :]):
                    self.check_one_ext(f"{volume_name(dm)}:part{number}", data[start * SECTOR :])

    def read(self, dm, first, count):
        blocks = []
        for sector in range(first, first + count):
            places = self.resolver.places(dm, sector)
            blocks.append(self.disks.read(places[0]) if places else bytes(SECTOR))
        return b"".join(blocks)

    def check_one_ext(self, volume, data):
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            fsck = subprocess.run(["e2fsck", "-fn", file.name], capture_output=True, check=False)
            sizes = [check_file(file.name, path) for path in FILES]
        bad = fsck.returncode or None in sizes
        self.tell(bad, f"{volume}: ext, e2fsck says {fsck.returncode}, files {sizes}")

    def run(self):
        print(f"{self.name}:")
        self.check_stamps()
        self.check_raid()
        self.check_ext()
        return self.failures


def is_ext(data):
    return data[1080:1082] == b"\x53\xef"


FILES = ["/hello", "/dir/one", "/dir/sub/two", "/big", "/new", "/after"]


def pattern(owner, path, size):
    """What is in a file of that size."""
    lines = (b"@%s:%s %07d\n" % (owner, path, i) for i in range(-(-size // SECTOR)))
    return b"".join(line.ljust(SECTOR - 1, b".") + b"\n" for line in lines)[:size]


def check_file(image, path):
    """Its size; 0 if it is not there, None if its content is not its own."""
    run = subprocess.run(["debugfs", "-R", f"cat {path}", image], capture_output=True, check=False)
    content = run.stdout
    # a snapshot also has what its origin wrote
    owner = re.match(rb"@(\S+?):", content)
    if not owner:  # too short to say more
        return len(content) if content[:2] in (b"", b"@V") else None
    same = content == pattern(owner[1], path.encode(), len(content))
    return len(content) if same else None


def table():
    with open(os.path.join(HERE, "images.txt"), encoding="ascii") as file:
        rows = [line.rstrip("\n").split("|") for line in file if not line.startswith("#")]
    return {row[0]: len(row[1].split()) for row in rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", action="store_true")
    parser.add_argument("--from", dest="where", help="directory of the images")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    counts = table()
    if arguments.where:
        global HERE
        HERE = arguments.where
    failures = 0
    for name in arguments.names or counts:
        if os.path.exists(os.path.join(HERE, name + ".dmsetup.txt")):
            failures += Check(name, counts[name], arguments.rows).run()
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
