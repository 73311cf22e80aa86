# SPDX-License-Identifier: LGPL-2.1-or-later
"""Images and traces of a few kilobytes that are made to cost as much time and memory as can be: makers, by name, of
files in a directory. Formats as in layout/ and trace/ (sources there); sizes are apparent, the files are sparse."""
import gzip
import os
import struct
import zlib

KIB, MIB, GIB, TIB = 1 << 10, 1 << 20, 1 << 30, 1 << 40


def crc32c_table():
    table = []
    for n in range(256):
        for _ in range(8):
            n = n >> 1 ^ (0x82f63b78 if n & 1 else 0)
        table.append(n)
    return table


CRC32C = crc32c_table()


def crc32c(data, crc=0xffffffff):
    for byte in data:
        crc = CRC32C[(crc ^ byte) & 0xff] ^ crc >> 8
    return crc


def write(path, pieces, size):
    """A sparse file of pieces (offset, bytes)."""
    with open(path, "wb") as out:
        for offset, data in pieces:
            out.seek(offset)
            out.write(data)
        out.truncate(size)


# --- ext2/3/4 ---

EXTENTS = 0x40
JOURNAL_DEV = 8


def superblock(blocks, groups, block_size, blocks_per_group, inodes_per_group, compat=0, incompat=2, journal=0):
    s = bytearray(1024)
    first = 1 if block_size == 1024 else 0
    struct.pack_into("<11I", s, 0, inodes_per_group * groups, blocks & 0xffffffff, 0, 0, 0, first,
                     block_size.bit_length() - 11, block_size.bit_length() - 11, blocks_per_group, blocks_per_group,
                     inodes_per_group)
    struct.pack_into("<HHHH", s, 56, 0xef53, 1, 1, 0)
    struct.pack_into("<I", s, 76, 1)
    struct.pack_into("<IHHIII", s, 84, 11, 128, 0, compat, incompat, 0)
    s[104:120] = b"HOSTILE-HOSTILE!"
    struct.pack_into("<I", s, 224, journal)
    return bytes(s)


def descriptor(block_bitmap, inode_bitmap, inode_table):
    return struct.pack("<IIIHHHHIIHHHH", block_bitmap, inode_bitmap, inode_table, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


def inode(blocks, mode=0o100644, flags=0, size=1 << 20, sectors=8, links=1):
    """`blocks`: 15 numbers, or 60 bytes."""
    raw = blocks if isinstance(blocks, bytes) else struct.pack("<15I", *(list(blocks) + [0] * (15 - len(blocks))))
    i = bytearray(128)
    struct.pack_into("<HHI", i, 0, mode, 0, size)
    struct.pack_into("<HII", i, 26, links, sectors, flags)
    i[40:40 + len(raw)] = raw
    return bytes(i)


def extents(leaves, depth=0):
    """The i_block of an extent root: (logical, length, block) or, with a depth, (logical, block) of nodes."""
    body = struct.pack("<HHHHI", 0xf30a, len(leaves), 4, depth, 0)
    for leaf in leaves:
        body += extent(leaf) if depth == 0 else struct.pack("<IIHH", leaf[0], leaf[1] & 0xffffffff, leaf[1] >> 32, 0)
    return body.ljust(60, b"\0")


def extent(leaf):
    return struct.pack("<IHHI", leaf[0], leaf[1], leaf[2] >> 32, leaf[2] & 0xffffffff)


def leaf_node(leaves, block_size):
    return (struct.pack("<HHHHI", 0xf30a, len(leaves), (block_size - 12) // 12, 0, 0) +
            b"".join(extent(leaf) for leaf in leaves)).ljust(block_size, b"\0")


def dirent(number, name, size=None):
    name = name.encode()
    length = size or (8 + len(name) + 3) & ~3
    return struct.pack("<IHBB", number, length, len(name), 0) + name.ljust(length - 8, b"\0")


def directory(entries, block_size):
    """One block."""
    body = b"".join(dirent(*e) for e in entries[:-1])
    return body + dirent(*entries[-1], size=block_size - len(body))


def file_system(path, inodes, blocks, size=16 * MIB, total=None, groups=1, per_group=32768, inodes_per_group=32,
                shared_table=False, **features):
    """Blocks of 4096 bytes: bitmaps in 200 and 201, the inode table from 202 on; `inodes` and `blocks` by number."""
    block_size = 4096
    total = total or size // block_size
    table = bytearray(inodes_per_group * 128)
    for number, raw in inodes.items():
        table[(number - 1) * 128:number * 128] = raw
    first = descriptor(200, 201, 202)
    pieces = [(1024, superblock(total, groups, block_size, per_group, inodes_per_group, **features)),
              (block_size, first * groups if shared_table else first),
              (200 * block_size, b"\xff" * 2 * block_size), (202 * block_size, bytes(table))]
    pieces += [(number * block_size, data) for number, data in blocks.items()]
    write(path, sorted(pieces), size)


def pointers(block, n=1024):
    return struct.pack("<I", block) * n


def shared_table(path):
    """Groups that share one inode table, whose inodes have 12 fragments each."""
    inodes = {n: inode([1000 + (n * 24 + 2 * i) % 30000 for i in range(12)]) for n in range(12, 8192)}
    file_system(path, inodes, {}, size=64 * GIB, groups=512, inodes_per_group=8192, shared_table=True)


def indirect_self(path):
    """An indirect block that points to itself, in a sparse file."""
    file_system(path, {12: inode([0] * 12 + [0, 0, 300])}, {300: pointers(300)}, size=TIB, groups=8192)


def indirect_self_many(path):
    """The same from each inode."""
    inodes = {n: inode([0] * 12 + [300, 301, 302]) for n in range(12, 8192)}
    file_system(path, inodes, {300: pointers(300), 301: pointers(301), 302: pointers(302)}, size=TIB, groups=8192,
                inodes_per_group=8192)


def owners(path):
    """2^20 owners of one block."""
    file_system(path, {12: inode([0] * 12 + [0, 301])}, {301: pointers(300), 300: pointers(302)})


def owners_many(path):
    """Inodes that have all blocks in common, each in another order."""
    inodes = {n: inode([400 + (n * 7 + i * i) % 40 for i in range(12)] + [300]) for n in range(12, 8192)}
    file_system(path, inodes, {300: struct.pack("<1024I", *(400 + i * 17 % 1000 for i in range(1024)))},
                inodes_per_group=8192)


def xattr_owners(path):
    """2^17 inodes with one attribute block."""
    raw = bytearray(inode([]))
    struct.pack_into("<I", raw, 104, 399)
    file_system(path, {n: bytes(raw) for n in range(12, 131072)}, {}, inodes_per_group=131072, size=64 * MIB)


def tiny_groups(path):
    """2^20 groups of 256 blocks."""
    write(path, [(1024, superblock(256 << 20, 1 << 20, 4096, 256, 8)), (4096, descriptor(10, 11, 12) * 100)],
          256 * 4096 << 20)


def huge_groups(path):
    """2^29 groups, whose descriptors alone are 16 GB of nothing."""
    write(path, [(1024, superblock((1 << 32) - 1, (1 << 32) // 8 - 1, 4096, 8, 8))], 15 * TIB)


def tiny_groups_valid(path):
    """2^14 groups whose descriptors are there, and all say the same."""
    file_system(path, {n: inode([1000 + 2 * i + n for i in range(12)]) for n in range(12, 4096)}, {}, size=8 * GIB,
                groups=8192, per_group=256, inodes_per_group=4096, shared_table=True)


def journal_place(path):
    """A journal inode whose only extent lies at block 2^28 of it."""
    file_system(path, {8: inode(extents([(1 << 28, 8, 500)]), flags=0x80000)}, {}, total=1 << 28, groups=8192,
                compat=4, incompat=2 | EXTENTS, journal=8)


def journal_long(path):
    """A journal inode that has 2^28 blocks of a sparse file."""
    nodes = {300 + i: leaf_node([((i * 340 + j) * 32768, 32768, 1024 + (i * 340 + j) % 8000 * 32768)
                                 for j in range(340)], 4096) for i in range(24)}
    index = struct.pack("<HHHHI", 0xf30a, 24, 340, 1, 0)
    index += b"".join(struct.pack("<IIHH", i * 340 * 32768, 300 + i, 0, 0) for i in range(24))
    file_system(path, {8: inode(extents([(0, 299)], depth=2), flags=0x80000)}, {299: index.ljust(4096, b"\0"), **nodes},
                size=TIB, groups=8192, compat=4, incompat=2 | EXTENTS, journal=8)


def journal_device(path, blocks, size):
    write(path, [(1024, superblock(blocks, 0, 4096, 32768, 0, incompat=JOURNAL_DEV))], size)


def journal_device_claim(path):
    """A journal device that claims 2^32 blocks, of 2 MiB."""
    journal_device(path, (1 << 32) - 1, 2 * MIB)


def journal_device_sparse(path):
    """The same with a file that seems to have them."""
    super_v2 = struct.pack(">IIIIIII", 0xc03b3998, 4, 0, 4096, (1 << 31) - 2, 2, 1).ljust(1024, b"\0")
    write(path, [(1024, superblock(1 << 31, 0, 4096, 32768, 0, incompat=JOURNAL_DEV)), (4096, super_v2)], 8 * TIB)


def journal_replay(path):
    """A log that a mount would replay, all of whose blocks are one descriptor or one revoke block."""
    log_super = struct.pack(">IIIIIIIIII", 0xc03b3998, 4, 0, 4096, 32768 * 4, 1, 5, 1, 0, 0).ljust(4096, b"\0")
    tags = b"".join(struct.pack(">IHH", 400 + i, 0, 2) for i in range(509))
    copies = (struct.pack(">III", 0xc03b3998, 1, 5) + tags).ljust(4096, b"\0")
    revokes = (struct.pack(">IIII", 0xc03b3998, 5, 5, 4096) + struct.pack(">1020I", *range(1020))).ljust(4096, b"\0")
    leaves = [(0, 1, 400)] + [(1 + i, 1, 401 + i % 2) for i in range(339)]
    nodes = {300: leaf_node(leaves, 4096)}
    nodes.update({301 + k: leaf_node([(340 + k * 340 + i, 1, 401) for i in range(340)], 4096) for k in range(90)})
    index = struct.pack("<HHHHI", 0xf30a, 91, 340, 1, 0)
    index += b"".join(struct.pack("<IIHH", i * 340, 300 + i, 0, 0) for i in range(91))
    file_system(path, {8: inode(extents([(0, 299)], depth=2), flags=0x80000)},
                {299: index.ljust(4096, b"\0"), 400: log_super, 401: revokes, 402: copies, **nodes},
                compat=4, incompat=2 | EXTENTS | 4, journal=8)


def symlinks(path):
    """Links that go through links: as many ways as 20^7."""
    inodes = {2: inode([310], mode=0o40755, size=4096, links=3)}
    names = [(2, "."), (2, "..")]
    for level in range(8):
        target = b"." if level == 0 else b"/".join([b"l%d" % (level - 1)] * 20)
        inodes[12 + level] = inode(target.ljust(60, b"\0"), mode=0o120777, size=len(target), sectors=0)
        names.append((12 + level, f"l{level}"))
    file_system(path, inodes, {310: directory(names, 4096)})


def names_scattered(path):
    """Names of inodes that each lie in another page of a table by their numbers."""
    entries = [(1 + 512 * i, f"{i:x}") for i in range(1, 65536)]
    blocks, at = {}, 0
    while at < len(entries):
        some = entries[at:at + 300]
        blocks[400 + len(blocks)] = directory(some, 4096)
        at += 300
    n = len(blocks)
    file_system(path, {2: inode([400 + i for i in range(12)] + [300], mode=0o40755, size=4096 * n)},
                {300: struct.pack(f"<{n - 12}I", *range(412, 400 + n)), **blocks}, size=TIB, groups=8192,
                inodes_per_group=32768 // 2)


def directories_deep(path):
    """5000 directories, each in the one before."""
    inodes = {2: inode([3000], mode=0o40755, size=4096, links=3)}
    blocks = {3000: directory([(2, "."), (2, ".."), (12, "d")], 4096)}
    for i in range(5000):
        inodes[12 + i] = inode([3001 + i], mode=0o40755, size=4096, links=3)
        blocks[3001 + i] = directory([(12 + i, "."), (11 + i, ".."), (13 + i, "d")], 4096)
    file_system(path, inodes, blocks, size=64 * MIB, inodes_per_group=8192)


def notes_many(path):
    """An inode table of nothing but damage, for many groups."""
    bad = inode(b"\x0a\xf3\xff\xff" + bytes(56), flags=0x80000)
    file_system(path, {n: bad for n in range(12, 1024)}, {}, size=TIB, groups=8192, inodes_per_group=1024,
                shared_table=True, incompat=2 | EXTENTS)


def bitmaps_dense(path):
    """Bitmaps whose every other bit is set, shared by all groups."""
    file_system(path, {}, {200: b"\x55" * 4096}, size=TIB, groups=8192, shared_table=True)


# --- partitions ---

def gpt(path, count, inner, size=64 * MIB):
    """`count` partitions with the same sectors, in which the file `inner` lies."""
    entries = b"".join(b"\xaf\x3d\xc6\x0f\x83\x84\x72\x47\x8e\x79\x3d\x69\xd8\x47\x7d\xe4" + struct.pack("<QQ", i, ~i &
                       0xffffffffffffffff) + struct.pack("<QQQ", 20480, 40000 + 8 * (i % 50), 0) +
                       f"p{i}".encode("utf-16-le").ljust(72, b"\0") for i in range(count))
    header = bytearray(struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, 0, 0, 1, size // 512 - 1, 34 +
                                   len(entries) // 512, size // 512 - 34, b"HOSTILE-HOSTILE!", 2, count, 128,
                                   zlib.crc32(entries)))
    struct.pack_into("<I", header, 16, zlib.crc32(bytes(header)))
    mbr = bytes(446) + b"\0\0\2\0\xee\xff\xff\xff" + struct.pack("<II", 1, size // 512 - 1) + bytes(48) + b"\x55\xaa"
    with open(inner, "rb") as file:
        content = file.read(12 * MIB)
    write(path, [(0, mbr), (512, bytes(header)), (1024, entries), (20480 * 512, content)], size)


def partitions(path):
    """1024 partitions over one file system."""
    inner = path + ".inner"
    inodes = {n: inode([1000 + (n * 24 + 2 * i) % 2000 for i in range(12)]) for n in range(12, 8192)}
    file_system(inner, inodes, {}, inodes_per_group=8192, size=12 * MIB)
    gpt(path, 1024, inner)
    os.unlink(inner)


# --- LVM ---

def lvm_crc(data):
    return zlib.crc32(data, 0xf597a6cf ^ 0xffffffff) ^ 0xffffffff


def lvm_id(n):
    text = f"{n:032d}"
    return text, "-".join([text[:6], text[6:10], text[10:14], text[14:18], text[18:22], text[22:26], text[26:]])


def lvm(path, volumes, data=(), size=64 * MIB, area=16 * MIB, extents_count=None, pe_start=None):
    """A PV whose text has these logical volumes; `data` are pieces behind the metadata area."""
    pv, dashed = lvm_id(1)
    count = extents_count or (size - area - MIB) // (4 * MIB)
    text = (f'VG {{\nid = "{lvm_id(2)[1]}"\nseqno = 1\nformat = "lvm2"\nstatus = ["RESIZEABLE", "READ", "WRITE"]\n'
            f'flags = []\nextent_size = 8192\nmax_lv = 0\nmax_pv = 0\nmetadata_copies = 0\n'
            f'physical_volumes {{\npv0 {{\nid = "{dashed}"\ndevice = "/dev/x"\nstatus = ["ALLOCATABLE"]\n'
            f'dev_size = {size // 512}\npe_start = {(area + MIB) // 512 if pe_start is None else pe_start}\npe_count = {count}\n}}\n}}\n'
            f'{volumes}\n}}\n').encode() + b"\0"
    assert len(text) < area - 512, len(text)
    header = b" LVM2 x[5A%r0N*>" + struct.pack("<IQQ", 1, 4096, area) + struct.pack("<QQII", 512, len(text),
                                                                                 lvm_crc(text), 0)
    header = header.ljust(508, b"\0")
    pv_header = pv.encode() + struct.pack("<QQQQQQQQQ", size, area + MIB, 0, 0, 0, 4096, area, 0, 0)
    label = struct.pack("<I", 32) + b"LVM2 001" + pv_header
    label = label.ljust(512 - 20, b"\0")
    sector = b"LABELONE" + struct.pack("<QI", 1, lvm_crc(label)) + label
    write(path, [(512, sector), (4096, struct.pack("<I", lvm_crc(header)) + header), (4608, text), *data], size)


def volume(name, n, segments, visible=True):
    status = '"READ", "WRITE"' + (', "VISIBLE"' if visible else "")
    return (f'{name} {{\nid = "{lvm_id(100 + n)[1]}"\nstatus = [{status}]\nflags = []\n'
            f'segment_count = {len(segments)}\n' +
            "".join(f"segment{i + 1} {{\n{s}\n}}\n" for i, s in enumerate(segments)) + "}\n")


def striped(start, count, pv_extent, outer="pv0"):
    return (f'start_extent = {start}\nextent_count = {count}\ntype = "striped"\nstripe_count = 1\n'
            f'stripes = ["{outer}", {pv_extent}]')


def volumes(texts):
    return "logical_volumes {\n" + "".join(texts) + "}\n"


def lvm_keys(path):
    """A text of 100,000 keys."""
    lvm(path, "".join(f"k{i} = {i}\n" for i in range(100000)) + volumes([volume("a", 0, [striped(0, 1, 0)])]))


def lvm_keys_nested(path):
    """100,000 sections with a section each."""
    lvm(path, "".join(f"s{i} {{\nt {{\n}}\n}}\n" for i in range(100000)) + volumes([volume("a", 0, [striped(0, 1, 0)])]))


def lvm_keys_in_volume(path):
    """The keys stand in a segment, and in each of 4000 volumes."""
    keys = "".join(f"k{i} = {i}\n" for i in range(50000))
    lvm(path, volumes([volume("big", 0, [keys + striped(0, 1, 0)])] +
                      [volume(f"v{i}", i + 1, [striped(0, 1, i % 8)]) for i in range(5000)]))


def lvm_segments(path):
    """A volume of 60,000 segments."""
    lvm(path, volumes([volume("a", 0, [striped(i, 1, i % 8) for i in range(60000)])]))


def lvm_areas(path):
    """4000 volumes, each over the same 200 stripes."""
    stripes = ", ".join(f'"pv0", {i % 8}' for i in range(200))
    one = f'start_extent = 0\nextent_count = 200\ntype = "striped"\nstripe_count = 200\nstripe_size = 8\nstripes = [{stripes}]'
    lvm(path, volumes([volume(f"v{i}", i, [one]) for i in range(4000)]))


def lvm_chain(path):
    """Each of 4000 volumes lies in the one before."""
    lvm(path, volumes([volume("v0", 0, [striped(0, 1, 0)])] +
                      [volume(f"v{i}", i, [striped(0, 1, 0, f"v{i - 1}")]) for i in range(1, 4000)]))


def lvm_extents_at_0(path):
    """Extents that begin where the label lies."""
    lvm(path, volumes([volume("a", 0, [striped(0, 1, 0)]), volume("b", 1, [striped(0, 1, 2)])]), pe_start=0)


def lvm_many(path):
    """200 PVs in partitions, each with the text of another group."""
    inner = path + ".inner"
    lvm(inner, "".join(f"k{i} = {i}\n" for i in range(20000)), size=8 * MIB, area=2 * MIB)
    with open(inner, "rb") as file:
        pv = bytearray(file.read(MIB))
    entries, pieces = [], []
    for i in range(200):
        first = 16384 + i * 2048
        entries.append((first, first + 2047))
        label = struct.pack("<I", 32) + b"LVM2 001" + lvm_id(1000 + i)[0].encode() + bytes(pv[512 + 64:1024])
        pv[512:1024] = b"LABELONE" + struct.pack("<QI", 1, lvm_crc(label)) + label
        text = bytes(pv[4608:pv.index(b"\0", 4608) + 1]).replace(lvm_id(2)[1].encode(), lvm_id(2000 + i)[1].encode())
        header = bytearray(pv[4100:4608])
        struct.pack_into("<I", header, 16 + 20 + 16, lvm_crc(text))
        pieces += [(first * 512, bytes(pv[:4096])),
                   (first * 512 + 4096, struct.pack("<I", lvm_crc(bytes(header))) + bytes(header) + text)]
    size = 256 * MIB
    array = b"".join(b"\xaf\x3d\xc6\x0f\x83\x84\x72\x47\x8e\x79\x3d\x69\xd8\x47\x7d\xe4" + struct.pack(
        "<QQQQQ", i, i, first, last, 0) + bytes(72) for i, (first, last) in enumerate(entries))
    header = bytearray(struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, 0, 0, 1, size // 512 - 1, 2048,
                                   size // 512 - 34, b"HOSTILE-HOSTILE!", 2, 200, 128, zlib.crc32(array)))
    struct.pack_into("<I", header, 16, zlib.crc32(bytes(header)))
    mbr = bytes(446) + b"\0\0\2\0\xee\xff\xff\xff" + struct.pack("<II", 1, size // 512 - 1) + bytes(48) + b"\x55\xaa"
    write(path, [(0, mbr), (512, bytes(header)), (1024, array), *pieces], size)
    os.unlink(inner)


def btree_node(block, leaf, pairs):
    body = struct.pack("<IQIIII", 2 if leaf else 1, block, len(pairs), 252, 8, 0)
    body += b"".join(struct.pack("<Q", k) for k, _ in pairs).ljust(252 * 8, b"\0")
    body += b"".join(struct.pack("<Q", v) for _, v in pairs)
    body = body.ljust(4092, b"\0")
    return struct.pack("<I", crc32c(body) ^ 121107) + body


def thin_pool(path, devices):
    """A pool of that many devices, which share one tree of 60 leaves whose chunks lie apart."""
    area, base = 16 * MIB, 17 * MIB
    blocks = {2: btree_node(2, False, [(i * 252, 3 + i) for i in range(60)])}
    for i in range(60):
        blocks[3 + i] = btree_node(3 + i, True, [(i * 252 + j, (2 * (i * 252 + j) % 32768) << 24) for j in range(252)])
    at, roots = 100, []
    for first in range(0, devices, 252):
        some = range(first + 1, min(first + 252, devices) + 1)
        blocks[at] = btree_node(at, True, [(i, 2) for i in some])
        roots.append((first + 1, at))
        at += 1
    blocks[1] = btree_node(1, False, roots)
    body = struct.pack("<IQ16sQIIQQQQ", 0, 0, b"HOSTILE-HOSTILE!", 27022010, 2, 0, 1, 0, 0, 32768)
    super_block = bytearray(4092)
    struct.pack_into("<Q", super_block, 32 - 4, 27022010)
    struct.pack_into("<Q", super_block, 48 - 4, 1)
    struct.pack_into("<Q", super_block, 64 - 4, 32768)
    struct.pack_into("<Q", super_block, 320 - 4, 1)
    struct.pack_into("<I", super_block, 336 - 4, 128)
    del body
    blocks[0] = struct.pack("<I", crc32c(bytes(super_block)) ^ 160774) + bytes(super_block)
    pool = ('start_extent = 0\nextent_count = 512\ntype = "thin-pool"\nmetadata = "tmeta"\npool = "tdata"\n'
            'transaction_id = 1\nchunk_size = 128\ndiscards = "passdown"\nzero_new_blocks = 1')
    texts = [volume("pool", 0, [pool]), volume("tmeta", 1, [striped(0, 1, 0)], False),
             volume("tdata", 2, [striped(0, 512, 1)], False)]
    texts += [volume(f"t{i}", 3 + i, ['start_extent = 0\nextent_count = 512\ntype = "thin"\nthin_pool = "pool"\n'
                                      f"transaction_id = 0\ndevice_id = {i}"]) for i in range(1, devices + 1)]
    lvm(path, volumes(texts), [(base + n * 4096, data) for n, data in sorted(blocks.items())], size=3 * GIB, area=area,
        extents_count=600)


def thin_shared(path):
    thin_pool(path, 4000)


def thin_in_itself(path):
    """The pool's metadata volume lies in itself."""
    pool = ('start_extent = 0\nextent_count = 2\ntype = "thin-pool"\nmetadata = "tmeta"\npool = "tdata"\n'
            'transaction_id = 1\nchunk_size = 128')
    thin = 'start_extent = 0\nextent_count = 2\ntype = "thin"\nthin_pool = "pool"\ndevice_id = 1'
    lvm(path, volumes([volume("pool", 0, [pool]), volume("tmeta", 1, [striped(0, 1, 0, "tmeta")], False),
                       volume("tdata", 2, [striped(0, 1, 0)], False), volume("t", 3, [thin])]))


IMAGES = [shared_table, indirect_self, indirect_self_many, owners, owners_many, xattr_owners, tiny_groups, huge_groups,
          tiny_groups_valid, journal_place, journal_long, journal_device_claim, journal_device_sparse, journal_replay,
          symlinks, names_scattered, directories_deep, notes_many, bitmaps_dense, partitions, lvm_keys, lvm_keys_nested,
          lvm_keys_in_volume, lvm_segments, lvm_areas, lvm_chain, lvm_extents_at_0, lvm_many, thin_shared, thin_in_itself]


# --- traces ---

def blktrace_devices(path):
    """100,000 devices."""
    with open(path, "wb") as out:
        for i in range(100000):
            out.write(struct.pack("<IIQQIIIIIHH", 0x65617407, i + 1, i * 1000, i * 8, 4096, 1 | 1 << 16, 1, i + 1, 0, 0, 0))


def blktrace_pending(path):
    """300,000 requests that all wait, with the same key."""
    with open(path, "wb") as out:
        for i in range(300000):
            out.write(struct.pack("<IIQQIIIIIHH", 0x65617407, i + 1, i * 1000, 8, 4096, 7 | 1 << 16, 1, 8 << 20, 0, 0, 0))


def zipped(path, lines):
    with gzip.open(path, "wb", 6) as out:
        for line in lines:
            out.write(line)


def long_commands(path):
    """100 commands of a megabyte."""
    zipped(path, (b"  8,0    1 %8d     0.%09d  123  D   R %d + 8 [%d%s]\n" % (i, i, i * 8, i, b"A" * 1000000)
                  for i in range(100)))


def long_devices(path):
    """100 devices of a megabyte."""
    zipped(path, [b"time,op,sector,sectors,device\n"] + [b"0.%d,R,%d,8,%d%s\n" % (i, i * 8, i, b"A" * 1000000)
                                                         for i in range(100)])


def unfinished(path):
    """1000 calls of a megabyte that do not return."""
    zipped(path, (b'%d 1.%06d pread64(3</dev/sda>, "%s" <unfinished ...>\n' % (i, i, b"A" * 1000000) for i in range(1, 1000)))


TRACES = [blktrace_devices, blktrace_pending, long_commands, long_devices, unfinished]
