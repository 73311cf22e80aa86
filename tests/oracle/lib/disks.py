# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whole disks, made by the tools that make them: tables over remains of each kind, tables of other systems, nested ones,
members of arrays, LUKS. Each has a name, a maker, and what is expected beyond what sfdisk and blkid tell."""
import pathlib
import struct

from lib import tools

MIB = 1 << 20


def sh(path, *argv, stdin=b""):
    tools.run(*[str(path) if word == "@" else word for word in argv], stdin=stdin)


def poke(path, offset, data):
    with open(path, "r+b") as file:
        file.seek(offset)
        file.write(data)


def blank(path, mib=64):
    path.unlink(missing_ok=True)
    with open(path, "wb") as file:
        file.truncate(mib * MIB)


def table(path, text):
    """As from a script: what was there before is not wiped."""
    sh(path, "sfdisk", "-q", "--wipe", "never", "--wipe-partitions", "never", "@", stdin=text.encode())


def inside(path, start, sectors, maker):
    """Makes something in a file of its own, which then becomes a partition's content."""
    part = path.with_name("part.img")
    part.unlink(missing_ok=True)
    with open(part, "wb") as file:
        file.truncate(sectors * 512)
    maker(part)
    tools.run("dd", f"if={part}", f"of={path}", "bs=512", f"seek={start}", "conv=notrunc,sparse")
    part.unlink()


# What a disk or a partition may hold, by blkid's word.
def ext4(path):
    sh(path, "mke2fs", "-q", "-F", "-t", "ext4", "@")


def ext4_1k(path):
    sh(path, "mke2fs", "-q", "-F", "-t", "ext4", "-b", "1024", "@")


def ext2(path):
    sh(path, "mke2fs", "-q", "-F", "-t", "ext2", "@")


def swap(path):
    sh(path, "mkswap", "-q", "-f", "@")


def vfat(path):
    sh(path, "mkfs.vfat", "@")


def xfs(path):
    with open(path, "r+b") as file:
        file.truncate(max(path.stat().st_size, 320 * MIB))
    sh(path, "mkfs.xfs", "-q", "-f", "@")


def btrfs(path):
    with open(path, "r+b") as file:
        file.truncate(max(path.stat().st_size, 128 * MIB))
    sh(path, "mkfs.btrfs", "-q", "-f", "@")


def squashfs(path):
    tree = path.with_name("squash")
    tree.mkdir(exist_ok=True)
    (tree / "file").write_bytes(b"x" * 100000)
    sh(path, "mksquashfs", str(tree), str(path) + ".sq", "-noappend", "-quiet")
    data = pathlib.Path(str(path) + ".sq").read_bytes()
    pathlib.Path(str(path) + ".sq").unlink()
    poke(path, 0, data)


def luks1(path):
    sh(path, "cryptsetup", "luksFormat", "-q", "--type", "luks1", "--pbkdf-force-iterations", "1000", "@", "-", stdin=b"secret")


def luks2(path):
    sh(path, "cryptsetup", "luksFormat", "-q", "--type", "luks2", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000",
       "@", "-", stdin=b"secret")


def luks2_second(path):
    """Its first header is gone."""
    blank(path)
    luks2(path)
    poke(path, 0, bytes(4096))


def pv(path):
    """As pvcreate leaves it, with a label whose checksum is right."""
    label = bytearray(512)
    label[0:8] = b"LABELONE"
    struct.pack_into("<Q", label, 8, 1)
    struct.pack_into("<I", label, 20, 32)
    label[24:32] = b"LVM2 001"
    label[32:64] = b"abcdefghijklmnopqrstuvwxyz012345"
    struct.pack_into("<QQQ", label, 64, path.stat().st_size, MIB, 0)
    struct.pack_into("<I", label, 16, lvm_crc(label[20:]))
    poke(path, 512, label)


def lvm_crc(data, crc=0xf597a6cf):
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xedb88320 if crc & 1 else 0)
    return crc


def md_super(path, version, level, devices=2, role=0, chunk=128, minor=0, layout=0):
    """A member's superblock, as linux/raid/md_p.h has it."""
    sectors = path.stat().st_size // 512
    if version == "0.90":
        at = (sectors & ~127) - 128
        words = [0] * 1024
        words[0:16] = [0xa92b4efc, 0, 90, 0, 0, 0x11111111, 1, level & 0xffffffff, at // 2 // 64 * 64 if level > 0 else 0,
                       devices, devices, minor, 0, 0x22222222, 0x33333333, 0x44444444]
        words[32:38] = [1, 1, devices, devices, 0, 0]
        words[39] = 2
        words[64:66] = [layout, chunk * 512]
        for i in range(devices):
            words[128 + 32 * i:128 + 32 * i + 5] = [i, 8, 16 * i, i, 6]
        words[992:997] = [role, 8, 16 * role, role, 6]
        total = sum(words)
        words[38] = ((total & 0xffffffff) + (total >> 32)) & 0xffffffff
        poke(path, at * 512, struct.pack("<1024I", *words))
        return
    at = {"1.0": sectors - 16 & ~7, "1.1": 0, "1.2": 8}[version]
    start, size = (0, at & ~127) if version == "1.0" else (2048, sectors - 2048)
    block = bytearray(512)
    struct.pack_into("<III", block, 0, 0xa92b4efc, 1, 4096 if level == 0 else 0)
    block[16:32] = b"\x0f\x1e\x2d\x3c\x4b\x5a\x69\x78" * 2
    block[32:36] = b"h:md"
    struct.pack_into("<QiIQII", block, 64, 1, level, layout, size, chunk, devices)
    struct.pack_into("<QQQQI", block, 128, start, size, at, 0, role)
    struct.pack_into("<QQQ", block, 192, 1, 2, (1 << 64) - 1)
    struct.pack_into("<I", block, 220, 128)
    for i in range(128):
        struct.pack_into("<H", block, 256 + 2 * i, i if i < devices else 0xfffe)
    total = sum(struct.unpack("<128I", bytes(block)))
    struct.pack_into("<I", block, 216, ((total & 0xffffffff) + (total >> 32)) & 0xffffffff)
    poke(path, at * 512, block)


def bcache(path):
    """A backing device's superblock."""
    super_block = bytearray(4096)
    struct.pack_into("<QQ", super_block, 8, 8, 4)
    super_block[24:40] = bytes.fromhex("c68573f64e1a45ca8265f57f48ba6d81")
    super_block[40:56] = b"bcache-uuid-0001"
    struct.pack_into("<Q", super_block, 184, 2048)
    struct.pack_into("<Q", super_block, 0, bcache_crc(bytes(super_block[8:208])))
    poke(path, 4096, super_block)


def bcache_crc(data):
    crc = (1 << 64) - 1
    for byte in data:
        crc ^= byte << 56
        for _ in range(8):
            crc = (crc << 1 ^ (0x42f0e1eba9ea3693 if crc >> 63 else 0)) & (1 << 64) - 1
    return crc ^ (1 << 64) - 1


def integrity(path):
    block = bytearray(512)
    block[0:8] = b"integrt\0"
    struct.pack_into("<BBHIQI", block, 8, 1, 15, 4, 88, 100000, 0)
    poke(path, 0, block)


def vdo(path):
    poke(path, 0, b"dmvdo001" + struct.pack("<IIIQ", 5, 0, 0, 1) + bytes(8) + b"vdo-uuid-0000001")


def drbd(path):
    """Internal metadata behind an ext4."""
    size = path.stat().st_size
    block = bytearray(4096)
    struct.pack_into(">Q", block, 0, size // 512 - 88)
    struct.pack_into(">QII", block, 48, 1, 0, 0x8374026d)
    struct.pack_into(">I", block, 68, 4096)
    ext4(path)
    poke(path, size - 4096, block)


def isw(path):
    """A member of Intel's firmware RAID, with an ext4 in its first stripe."""
    ext4(path)
    poke(path, path.stat().st_size - 1024, b"Intel Raid ISM Cfg Sig. 1.3.00\0\0")


def ddf(path):
    ext4(path)
    header = bytearray(512)
    header[0:4] = b"\xde\x11\xde\x11"
    header[8:32] = b"LSI     ABCDEFGHIJKLMNOP"
    header[32:40] = b"02.00.00"
    struct.pack_into(">QQ", header, 96, path.stat().st_size // 512 - 33, path.stat().st_size // 512 - 1)
    poke(path, path.stat().st_size - 512, header)


def bsd_label(slices, base):
    label = bytearray(148 + 16 * 8)
    struct.pack_into("<IHH", label, 0, 0x82564557, 4, 0)
    struct.pack_into("<I", label, 40, 512)
    struct.pack_into("<I", label, 132, 0x82564557)
    struct.pack_into("<HII", label, 138, 8, 8192, 8192)
    for i, (start, size) in enumerate(slices):
        struct.pack_into("<IIIBBH", label, 148 + 16 * i, size, base + start, 1024, 7, 8, 16)
    total = 0
    for word in struct.unpack(f"<{len(label) // 2}H", bytes(label)):
        total ^= word
    struct.pack_into("<H", label, 136, total)
    return bytes(label)


def nested_bsd(path):
    blank(path)
    table(path, "label: dos\n2048,60000,a5\n,20000,83\n")
    poke(path, 2049 * 512, bsd_label([(16, 20000), (20016, 30000)], 2048))


def nested_minix(path):
    blank(path)
    table(path, "label: dos\n2048,60000,81\n,20000,83\n")
    entries = b"".join(struct.pack("<BBBBBBBBII", 0, 0, 0, 0, 0x81, 0, 0, 0, start, size)
                       for start, size in ((2049, 10000), (12049, 20000), (0, 0), (0, 0)))
    poke(path, 2048 * 512 + 446, entries + b"\x55\xaa")


def nested_solaris(path):
    blank(path)
    table(path, "label: dos\n2048,60000,bf\n,20000,83\n")
    vtoc = bytearray(512)
    struct.pack_into("<II", vtoc, 12, 0x600ddeee, 1)
    struct.pack_into("<HH", vtoc, 28, 512, 16)
    for i, (tag, start, size) in enumerate(((2, 16, 20000), (3, 20016, 30000))):
        struct.pack_into("<HHII", vtoc, 72 + 12 * i, tag, 0, start, size)
    poke(path, 2049 * 512, vtoc)


def nested_unixware(path):
    blank(path)
    table(path, "label: dos\n2048,60000,63\n,20000,83\n")
    label = bytearray(512)
    struct.pack_into("<I", label, 4, 0xca5e600d)
    struct.pack_into("<I", label, 156, 0x600ddeee)
    struct.pack_into("<H", label, 172, 16)
    for i, (start, size) in enumerate(((2048, 60000), (2100, 20000), (22100, 30000))):
        struct.pack_into("<HHII", label, 216 + 12 * i, 2, 0x0200, start, size)
    poke(path, (2048 + 29) * 512, label)


MAKERS = {
    "ext4": ext4, "ext4_1k": ext4_1k, "ext2": ext2, "swap": swap, "vfat": vfat, "xfs": xfs, "btrfs": btrfs,
    "squashfs": squashfs, "luks1": luks1, "luks2": luks2, "pv": pv,
    "bcache": bcache, "integrity": integrity, "vdo": vdo, "drbd": drbd, "isw": isw, "ddf": ddf,
    "md10": lambda path: md_super(path, "1.0", 1), "md11": lambda path: md_super(path, "1.1", 1),
    "md12": lambda path: md_super(path, "1.2", 1), "md090": lambda path: md_super(path, "0.90", 1),
}


def over(remains, label, contents):
    """A table over a whole disk that was something else; then what the first partition holds."""
    def make(path):
        blank(path)
        MAKERS[remains](path)
        sectors = path.stat().st_size // 512
        start = 4096 if remains == "md12" else 2048  # where an array's data begin, both may be meant
        end = 80000 if contents else sectors - 4096
        table(path, f"label: {label}\n{start},{end - start}\n" + (f"{end},{sectors - end - 2048}\n" if contents else ""))
        if contents:
            inside(path, start, end - start, MAKERS[contents])
    return make


def whole(kind):
    def make(path):
        blank(path)
        MAKERS[kind](path)
    return make


def member(*args, **more):
    def make(path):
        blank(path)
        ext4(path)  # the first stripe of an array may look like this
        md_super(path, *args, **more)
    return make


def tabled(text, *contents):
    def make(path):
        blank(path, 96)
        table(path, text)
        for start, sectors, kind in contents:
            inside(path, start, sectors, MAKERS[kind])
    return make


def parted(label, *parts):
    def make(path):
        blank(path)
        sh(path, "parted", "-s", "@", "mklabel", label, *(
            word for start, end in parts for word in ("mkpart", *(["x"] if label == "mac" else []), "ext2",
                                                      f"{start}MiB", f"{end}MiB")))
    return make


def all_disks():
    """{name: maker}"""
    found = {}
    for remains in ("ext4", "ext4_1k", "ext2", "xfs", "btrfs", "swap", "luks2", "luks1", "pv", "squashfs", "md12"):
        for contents in ("swap", "ext4", None):
            if remains == "md12" and contents is None:
                continue  # there, the array is as likely
            found[f"dos-{contents or 'nothing'}-over-{remains}"] = over(remains, "dos", contents)
    for remains in ("btrfs", "swap", "md090"):
        found[f"gpt-ext4-over-{remains}"] = over(remains, "gpt", "ext4")
    for contents in ("vfat", "luks2", "pv", "md12", "luks1"):
        found[f"dos-{contents}-over-ext4"] = over("ext4", "dos", contents)
    for kind in ("ext4", "ext2", "xfs", "btrfs", "swap", "luks1", "luks2", "pv", "vfat", "squashfs", "bcache", "integrity", "vdo",
                 "drbd", "isw", "ddf"):
        found[f"whole-{kind}"] = whole(kind)
    for version in ("0.90", "1.0", "1.1", "1.2"):
        for level, chunk in ((0, 128), (5, 128), (10, 64)):
            found[f"member-{version}-raid{level}"] = member(version, level, devices=3, role=0, chunk=chunk,
                                                            layout=2 if level == 5 else 0x102 if level == 10 else 0)
    found["whole-luks2-second"] = luks2_second
    found["sun"] = tabled("label: sun\nsize=40000\nsize=60000\n")
    found["sgi"] = tabled("label: sgi\nstart=4096, size=40000\nstart=50000, size=60000\n")
    found["mac"] = parted("mac", (1, 20), (20, 50))
    found["nested-bsd"], found["nested-minix"] = nested_bsd, nested_minix
    found["nested-solaris"], found["nested-unixware"] = nested_solaris, nested_unixware
    found["logical"] = tabled("label: dos\n2048,20000,83\n,,5\n,40000,83\n,40000,82\n",
                              (2048, 20000, "ext4"), (26624, 40000, "ext4"))
    found["gpt-types"] = tabled("label: gpt\nsize=20000, type=uefi\nsize=60000, type=lvm\nsize=20000, type=swap\n",
                                (2048, 20000, "vfat"), (22528, 60000, "pv"))
    return found
