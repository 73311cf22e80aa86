# SPDX-License-Identifier: LGPL-2.1-or-later
"""What dumpe2fs says of a file system: its header, and where the structure of each group lies."""
import re

from lib import tools

RANGE = r"(\d+)(?:-(\d+))?"
GROUP = re.compile(r"Group (\d+): \(Blocks (\d+)-(\d+)\)(?: csum 0x[0-9a-f]+(?: \(EXPECTED .*?\))?)?(?: \[(.*)\])?")
PLACES = [(kind, re.compile(pattern + RANGE)) for kind, pattern in (
    ("superblock", r"(?:Primary|Backup) superblock at "),
    ("group-descriptors", r"Group descriptors? at "),
    ("reserved-gdt", r"Reserved GDT blocks at "),
    ("block-bitmap", r"Block bitmap at "),
    ("inode-bitmap", r"Inode bitmap at "),
    ("inode-table", r"Inode table at "),
)]


def ranges(text):
    """[(first, last)] of "1-3, 5"."""
    found = []
    for part in text.split(","):
        if part.strip():
            first, _, last = part.strip().partition("-")
            found.append((int(first), int(last or first)))
    return found


class Group:
    def __init__(self, match):
        self.number, self.first, self.last = (int(match.group(i)) for i in (1, 2, 3))
        self.flags = set((match.group(4) or "").split(", "))
        self.has_wrong_checksum = "EXPECTED" in match.group()
        self.places = []  # (kind, first block, last block)
        self.free_blocks, self.free_inodes = [], []
        self.unused_inodes = 0

    def read(self, line):
        for kind, pattern in PLACES:
            match = pattern.search(line)
            if match:
                first = int(match.group(1))
                self.places.append((kind, first, int(match.group(2) or first)))
        if line.startswith("Free blocks:"):
            self.free_blocks = ranges(line.removeprefix("Free blocks:"))
        elif line.startswith("Free inodes:"):
            self.free_inodes = ranges(line.removeprefix("Free inodes:"))
        elif match := re.search(r"(\d+) unused inodes", line):
            self.unused_inodes = int(match.group(1))


class Layout:
    """Where a group's descriptor has a wrong checksum, nothing is taken from it as to what is free. With bigalloc,
    dumpe2fs lets a range of free blocks end with the first block of its last cluster (print_free of misc/dumpe2fs.c
    multiplies the cluster's number); here it ends with the cluster, or with the file system."""

    def __init__(self, text):
        head, *groups = re.split(r"^(?=Group \d+: \()", text, flags=re.M)
        self.header = {}
        for line in head.splitlines():
            key, colon, value = line.partition(":")
            if colon:
                self.header.setdefault(key, value.strip())
        self.features = set(self.header["Filesystem features"].split())
        self.blocks = self.number("Block count")
        self.block_size = self.number("Block size")
        cluster_blocks = self.number("Cluster size", self.block_size) // self.block_size
        self.groups = []
        for part in groups:
            first, *rest = part.splitlines()
            group = Group(GROUP.match(first))
            for line in rest:
                group.read(line.strip())
            group.free_blocks = [(low, min(high + cluster_blocks - 1, self.blocks - 1))
                                 for low, high in group.free_blocks if not group.has_wrong_checksum]
            self.groups.append(group)

    def number(self, key, default=0):
        match = re.match(r"(?:0x[0-9a-f]+|\d+)", self.header.get(key, ""))
        return int(match.group(), 0) if match else default


def ask(path, *options):
    """The layout of the file system in a file, or None where dumpe2fs finds none. A wrong checksum of a bitmap makes it
    fail, but it prints the groups all the same, without what is free in them: then `free_is_known` is false."""
    status, out, err = tools.run("dumpe2fs", *options, path, may_fail=True)
    text = out.decode(errors="surrogateescape")
    bitmap_only = b"itmap checksum does not match" in err
    if "Filesystem features" not in text or (status != 0 and not bitmap_only):
        return None
    layout = Layout(text)
    layout.free_is_known = status == 0
    return layout
