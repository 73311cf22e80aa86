# SPDX-License-Identifier: LGPL-2.1-or-later
"""Damaged group descriptors and superblocks, by chance: file systems are made, their structure is damaged, and the map of
what is damaged is held against that of what was sound, sector by sector, where e2fsck repairs it to the same."""
import json
import os
import random
import struct
import subprocess

from lib import tools

SHAPES = [  # mke2fs' options, MiB
    ("-t ext4 -b 1024 -g 1024", 12), ("-t ext4 -b 1024", 72), ("-t ext4 -b 4096 -g 2048", 80),
    ("-t ext2 -b 1024 -g 2048", 20), ("-t ext3 -b 2048 -g 2048", 40), ("-t ext4 -b 1024 -g 1024 -O ^flex_bg", 12),
    ("-t ext4 -b 1024 -g 1024 -O ^metadata_csum,uninit_bg", 12), ("-t ext4 -b 1024 -g 256 -O meta_bg,^resize_inode", 24),
    ("-t ext4 -b 1024 -g 1024 -O ^64bit", 12), ("-t ext4 -b 1024 -g 1024 -O sparse_super2", 12),
    ("-t ext4 -b 4096", 300), ("-t ext4 -b 8192 -g 1024", 64),
]
KEYS = ("fs", "kind", "block", "group", "inode", "path", "offset")


def make(path, shape, size, seed):
    """A file system with some files in it."""
    tree = path.with_name("tree")
    if not tree.exists():
        (tree / "dir").mkdir(parents=True)
        for i in range(40):
            (tree / "dir" / f"file{i}").write_bytes(bytes([65 + i % 26]) * (2000 * i))
        (tree / "big").write_bytes(b"x" * 1500000)
    path.unlink(missing_ok=True)
    tools.run("mke2fs", "-q", "-F", *shape.split(), "-E", "lazy_itable_init=0", "-N", "512", "-d", tree, path, f"{size}M")


def facts(path):
    """(block size, descriptor size, first data block, groups, blocks in a group, backup groups, where descriptors lie)"""
    words = {}
    for line in tools.text_of("dumpe2fs", "-h", path).splitlines():
        key, _, value = line.partition(":")
        words[key] = value.strip()
    groups, backups = 0, []
    for line in tools.text_of("dumpe2fs", path).splitlines():
        groups += line.startswith("Group ")
        if "Backup superblock at" in line:
            backups.append(int(line.split("Backup superblock at")[1].split(",")[0]))
    return (int(words["Block size"]), int(words.get("Group descriptor size", 32)), int(words["First block"]), groups,
            int(words["Blocks per group"]), backups)


def poke(path, offset, data):
    with open(path, "r+b") as file:
        file.seek(offset)
        file.write(data)


def peek(path, offset, size):
    with open(path, "rb") as file:
        file.seek(offset)
        return file.read(size)


def damage(path, chance):
    """Damages one thing; says what."""
    size, desc, first, groups, per_group, backups = facts(path)
    table = (first + 1) * size
    group = chance.randrange(groups)
    at = table + group * desc
    kind = chance.choice(("zero", "flip", "counter", "wild", "table", "superblock", "superblocks"))
    meta = b"meta_bg" in tools.run("dumpe2fs", "-h", path)[1]
    if meta and kind in ("zero", "flip", "counter", "wild", "table"):
        group %= size // desc
        at = table + group * desc
    if kind == "zero":
        poke(path, at, bytes(desc))
    elif kind == "flip":
        bit = chance.randrange(8 * 12)  # of the places
        byte = peek(path, at + bit // 8, 1)[0]
        poke(path, at + bit // 8, bytes([byte ^ 1 << bit % 8]))
    elif kind == "counter":
        poke(path, at + 12, bytes([peek(path, at + 12, 1)[0] ^ 1 << chance.randrange(8)]))
    elif kind == "wild":
        poke(path, at + 4 * chance.randrange(3), struct.pack("<I", 0x7ffffff0))
    elif kind == "table":
        poke(path, table, bytes(size))
    elif kind == "superblock":
        poke(path, 1024, bytes(1024))
    elif kind == "superblocks":
        poke(path, 1024, bytes(1024))
        if len(backups) > 1:
            poke(path, backups[0] * size, bytes(1024))
    return f"{kind} of group {group}", backups, size


def labels(path):
    """{sector: what is said of it}, as runs [(start, end, label)]"""
    for line in tools.run(tools.BLKMAP, "map", "--json", "--no-replay", path)[1].splitlines():
        run = json.loads(line)
        yield run["start"], run["start"] + run["sectors"], tuple(run.get(key) for key in KEYS)


def differ(before, after, size):
    """Sectors of which other things are said. Within a run, blocks and offsets go on."""
    wrong, left, right = [], list(before), list(after)
    i = k = 0
    while i < len(left) and k < len(right):
        a, b = left[i], right[k]
        start, end = max(a[0], b[0]), min(a[1], b[1])
        if start < end and shifted(a, start, size) != shifted(b, start, size):
            wrong.append(f"sector {start} was {shifted(a, start, size)}, is {shifted(b, start, size)}")
        i, k = i + (a[1] == end), k + (b[1] == end)
    return wrong


def shifted(run, at, size):
    fs, kind, block, group, inode, path, offset = run[2]
    ahead = at - run[0]
    block = None if block is None else (run[0] + ahead) * 512 // size
    offset = None if offset is None else offset + ahead * 512
    return fs, kind, block, inode, path, offset


def notes_of(path):
    return [line for line in tools.run(tools.BLKMAP, "map", path)[2].decode().splitlines() if ": note: " in line]


def fixes(path, backups, size):
    """Whether e2fsck makes of a copy what it was before: by its own account."""
    copy = path.with_name("fixed.img")
    subprocess.run(["cp", "--sparse=always", path, copy], check=True)
    done = subprocess.run(["e2fsck", "-fy", copy], env=tools.ENVIRONMENT, capture_output=True, check=False)
    if done.returncode > 3:
        for backup in backups:
            done = subprocess.run(["e2fsck", "-fy", "-b", str(backup), "-B", str(size), copy], env=tools.ENVIRONMENT,
                                  capture_output=True, check=False)
            if done.returncode <= 3:
                break
    return copy if done.returncode <= 3 else None


def cases(seed, count, scratch):
    """Yields (name, [what is wrong])."""
    for n in range(count):
        chance = random.Random(f"{seed}/{n}")
        shape, size = SHAPES[(n + seed) % len(SHAPES)]
        path = scratch / "damaged.img"
        make(path, shape, size, n)
        before = list(labels(path))
        what, backups, block = damage(path, chance)
        repaired = fixes(path, backups, block)
        wrong = differ(before, labels(path), block)
        if repaired is not None and wrong:
            wrong = [] if not differ(labels(repaired), labels(path), block) else wrong
        notes = notes_of(path)
        if len(notes) > 3:
            wrong.append(f"{len(notes)} notes: {notes[:3]}")
        os.unlink(path)
        yield f"seed {seed}, case {n}: {shape}: {what}", wrong
