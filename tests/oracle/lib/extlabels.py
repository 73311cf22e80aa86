# SPDX-License-Identifier: LGPL-2.1-or-later
"""What every block of an ext file system has to be called, from what dumpe2fs and debugfs say and the contract's rules.

Where two things claim a block, the group's structure comes before inodes and the lower inode before the higher."""
import collections

from lib import debugfs, dumpe2fs, tree

Label = collections.namedtuple("Label", "kind inode offset flags")
Label.__str__ = lambda self: " ".join(
    f"{name} {value}" for name, value in zip(("", "inode", "offset", "flags"), self)
    if value not in (None, frozenset())).strip()

UNKNOWN = Label("unknown", None, None, frozenset())
FREE = Label("free", None, None, frozenset())

ENCRYPTED, VERITY, EA_INODE = 0x800, 0x100000, 0x200000
VERITY_ALIGNMENT = 65536
KINDS = {"directory": "directory", "symlink": "symlink"}
MAP_KINDS = {"IND": "indirect-block", "DIND": "indirect-block", "TIND": "indirect-block", "ETB": "extent-node"}
BAD_BLOCKS, ROOT, RESIZE = 1, 2, 7
TABLES = {"block-bitmap", "inode-bitmap", "inode-table"}
STRUCTURE = {"superblock", "superblock-backup", "group-descriptors", "group-descriptors-backup", *TABLES}

# Damaged images whose primary superblock no tool takes: the block of a backup, and the block size.
BACKUPS = {
    "damage-superblock-csum": (8193, 1024),
    "damage-superblock-gone": (8193, 1024),
    "damage-superblock-gone-2k": (16384, 2048),
    "damage-start-gone": (1024, 4096),
}

# The group whose descriptor is damaged and told by a backup, its block, and the block size. dumpe2fs takes the damaged
# one at its word, so that it is asked about this group with the backup.
DESCRIPTORS = {
    "damage-descriptor": (3, 1025, 1024),
    "damage-descriptor-outside": (2, 1025, 1024),
    "damage-descriptor-overlap": (1, 1025, 1024),
}


def holds_ext(device):
    return device.image.name in BACKUPS or tree.blkid_type(device.path).startswith(("ext", "jbd"))


class FileSystem:
    """One ext file system in a file, as the tools see it."""

    def __init__(self, device):
        self.path = device.path
        backup = BACKUPS.get(device.image.name)
        # -n: a wrong checksum is no reason for debugfs to see nothing.
        self.options = ["-n"] if device.image.is_damaged else []
        ask = []
        if backup:
            self.options += ["-s", backup[0], "-b", backup[1]]
            ask = ["-o", f"superblock={backup[0]}", "-o", f"blocksize={backup[1]}"]
        self.layout = dumpe2fs.ask(self.path, *ask)
        if self.layout is None:
            return
        self.told_by_backup, self.bitmap_options = None, self.options
        if device.image.name in DESCRIPTORS:
            self.ask_backup(*DESCRIPTORS[device.image.name])
        self.type = tree.blkid_type(self.path) or "ext4"
        self.inodes_per_group = self.layout.number("Inodes per group")
        self.first_inode = self.layout.number("First inode", 11)

    def __bool__(self):
        return self.layout is not None

    def ask_backup(self, group, block, size):
        """The group as its descriptor in a backup has it; the bitmaps that it names are asked of debugfs."""
        of_backup = dumpe2fs.ask(self.path, "-o", f"superblock={block}", "-o", f"blocksize={size}")
        self.layout.groups[group] = of_backup.groups[group]
        self.layout.free_is_known = False
        self.options = [*self.options, "-s", block, "-b", size]
        self.told_by_backup = group

    def is_journal_device(self):
        return "journal_dev" in self.layout.features

    def tables(self, block):
        """(group, first block) of the inode table that holds a block."""
        for group in self.layout.groups:
            for kind, first, last in group.places:
                if kind == "inode-table" and first <= block <= last:
                    yield group.number, first

    def inodes_to_ask(self):
        """The used part of every group's inode table: what lies behind was never written."""
        has_counts = self.layout.features & {"uninit_bg", "metadata_csum"}
        for group in self.layout.groups:
            unused = group.unused_inodes if has_counts else 0
            if "INODE_UNINIT" in group.flags and has_counts:
                unused = self.inodes_per_group
            first = group.number * self.inodes_per_group + 1
            yield from range(first, first + self.inodes_per_group - unused)

    def inodes(self):
        """All inodes in use: linked, or (deleted, but open when the image was taken) marked in their bitmap."""
        free = self.free_inodes()
        for inode in debugfs.stat(self.path, self.inodes_to_ask(), *self.options):
            if inode.links > 0 or inode.number not in free:
                yield inode

    def free_inodes(self):
        if not self.layout.free_is_known:
            return debugfs.free_inodes(self.path, self.inodes_to_ask(), *self.options)
        return {number for group in self.layout.groups
                for first, last in group.free_inodes for number in range(first, last + 1)}

    def free_blocks(self):
        if not self.layout.free_is_known:
            return self.not_marked()
        return {block for group in self.layout.groups
                for first, last in group.free_blocks for block in range(first, last + 1)}

    def not_marked(self):
        """The blocks that their bitmaps do not mark. debugfs takes a bitmap for empty whose checksum is wrong, and that of
        a backup's descriptor is old: of the group that is told by one, the bitmap itself is read. One that was never
        written (BLOCK_UNINIT) is empty; then the group's structure alone is taken."""
        first = self.layout.number("First block")
        free = debugfs.free_blocks(self.path, first, self.layout.blocks - first, *self.bitmap_options)
        if self.told_by_backup is None:
            return free
        group = self.layout.groups[self.told_by_backup]
        place = next(low for kind, low, _ in group.places if kind == "block-bitmap")
        with open(self.path, "rb") as file:
            file.seek(place * self.layout.block_size)
            bits = file.read(self.layout.block_size)
        inside = range(group.first, group.last + 1)
        if not any(bits):
            taken = {block for _, low, high in group.places for block in range(low, high + 1)}
            return (free | set(inside)) - taken
        return (free - set(inside)) | {block for i, block in enumerate(inside) if not bits[i // 8] >> i % 8 & 1}

    def data_kind(self, inode):
        header = self.layout
        special = {
            BAD_BLOCKS: "bad-blocks",
            RESIZE: "reserved-gdt" if "resize_inode" in header.features else "file-data",
            header.number("Journal inode"): "journal",
            header.number("User quota inode"): "quota",
            header.number("Group quota inode"): "quota",
            header.number("Project quota inode"): "quota",
            header.number("Orphan file inode"): "orphan-file",
        }
        if inode.number in special:
            return special[inode.number]
        return "xattr" if inode.flags & EA_INODE else KINDS.get(inode.type, "file-data")

    def map_kind(self, inode, mark):
        kind = self.data_kind(inode)
        if kind == "reserved-gdt":
            return "resize-inode" if mark == "DIND" else "reserved-gdt"
        return "journal" if kind == "journal" else MAP_KINDS[mark]


class Labels:
    """`of[block]`, with the owners of each block in `owners[block]`, lowest first."""

    def __init__(self, fs):
        self.fs = fs
        self.of = [UNKNOWN] * fs.layout.blocks
        self.owners = collections.defaultdict(list)
        self.pushed_out = collections.defaultdict(list)  # owners of blocks that are structure (in damaged images only)
        if fs.is_journal_device():
            self.claim(0, fs.layout.blocks, Label("journal", None, None, frozenset()))
        else:
            for inode in sorted(fs.inodes(), key=lambda inode: -inode.number):
                self.claim_inode(inode)
            self.claim_free()
        self.claim_structure()
        if "bigalloc" in fs.layout.features:
            self.claim_clusters()

    def claim(self, block, count, label, step=0):
        for i in range(count):
            if block + i >= len(self.of):
                continue
            if label.kind in STRUCTURE:
                self.pushed_out[block + i] = self.owners[block + i]
            if step:
                self.of[block + i] = label._replace(offset=label.offset + i * step)
            else:
                self.of[block + i] = label

    def claim_inode(self, inode):
        flags = {"deleted"} if inode.links == 0 and inode.number >= self.fs.first_inode else set()
        size = self.fs.layout.block_size
        if inode.acl:
            self.claim(inode.acl, 1, Label("xattr", inode.number, None, frozenset(flags)))
            self.owners[inode.acl].insert(0, inode.number)
        # Data first: a block that a map uses as a map block is one, even where the map also says it is data.
        for mark, place, count, block, unwritten in sorted(self.data_parts(inode)):
            extra = {"unwritten"} if unwritten else set()
            if inode.flags & ENCRYPTED:
                extra.add("encrypted")
            if inode.flags & VERITY and place * size >= self.verity_tree(inode):
                extra.add("verity")
            for i in range(count):
                self.owners[block + i].insert(0, inode.number)
            if mark:
                label = Label(self.fs.map_kind(inode, mark), inode.number, None, frozenset(flags))
                self.claim(block, count, label)
            elif self.fs.data_kind(inode) == "reserved-gdt":
                self.claim(block, count, Label("reserved-gdt", None, None, frozenset()))
            else:
                label = Label(self.fs.data_kind(inode), inode.number, place * size, frozenset(flags | extra))
                self.claim(block, count, label, size)

    @staticmethod
    def verity_tree(inode):
        """fs-verity's tree begins at the next 64 KiB behind the end of the file (Documentation/filesystems/ext4)."""
        return -(-inode.size // VERITY_ALIGNMENT) * VERITY_ALIGNMENT

    def data_parts(self, inode):
        """The inode's blocks, cut where the file ends and a verity tree begins."""
        size = self.fs.layout.block_size
        for mark, place, count, block, unwritten in inode.blocks:
            here = count
            if inode.flags & VERITY and not mark:
                here = max(0, min(count, self.verity_tree(inode) // size - place))
            for skip, length in ((0, here), (here, count - here)):
                if length:
                    yield mark, place + skip, length, block + skip, unwritten

    def claim_free(self):
        for block in self.fs.free_blocks():
            if self.of[block] is UNKNOWN:
                self.of[block] = FREE

    def claim_clusters(self):
        """What one inode's blocks leave over of a cluster is that inode's: the bitmap says it is taken, and no other
        can get it. Within a cluster, blocks lie as in the file."""
        size, ratio = self.fs.layout.block_size, self.fs.layout.number("Cluster size") // self.fs.layout.block_size
        for first in range(0, len(self.of), ratio):
            cluster = range(first, min(first + ratio, len(self.of)))
            owned = [(block, self.of[block]) for block in cluster if self.of[block].inode]
            if len({label.inode for _, label in owned}) != 1:
                continue
            for block in cluster:
                if self.of[block] == UNKNOWN:
                    place, near = min(owned, key=lambda pair, here=block: (pair[0] > here, abs(pair[0] - here)))
                    self.of[block] = near._replace(
                        offset=None if near.offset is None else near.offset + (block - place) * size,
                        flags=near.flags & {"deleted", "encrypted"} | {"unmapped"})

    def claim_structure(self):
        layout = self.fs.layout
        per_block = layout.block_size // (layout.number("Group descriptor size", 32) or 32)
        for group in layout.groups:
            for kind, first, last in group.places:
                if kind == "superblock" and group.number > 0:
                    kind = "superblock-backup"
                if kind == "group-descriptors":
                    is_meta = self.is_meta(group, first, last)
                    if group.number % per_block if is_meta else group.number:
                        kind = "group-descriptors-backup"
                doubtful = group.number == self.fs.told_by_backup and kind in TABLES
                self.claim(first, last - first + 1, Label(kind, None, None, frozenset({"damaged"} if doubtful else ())))
        if "mmp" in layout.features:
            self.claim(layout.number("MMP block number"), 1, Label("mmp", None, None, frozenset()))
        if layout.block_size == 1024:
            self.claim(0, 1, Label("boot-block", None, None, frozenset()))
        if self.fs.is_journal_device():
            first = 1 if layout.block_size == 1024 else 0
            self.claim(first, 1, Label("superblock", None, None, frozenset()))

    def is_meta(self, group, first, last):
        """Whether these descriptors lie as meta_bg has them: one block for the groups of a meta-group."""
        first_meta = self.fs.layout.number("First meta block group")
        per_block = self.fs.layout.block_size // (self.fs.layout.number("Group descriptor size", 32) or 32)
        return "meta_bg" in self.fs.layout.features and group.number >= first_meta * per_block
