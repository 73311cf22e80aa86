# SPDX-License-Identifier: LGPL-2.1-or-later
"""A file system under work, recorded by the kernel, and blkmap's labels held against the kernel's word."""
import collections
import json
import os
import random
import subprocess

import kernel
import work

BLKMAP = os.environ.get("BLKMAP", "./blkmap")
Mode = collections.namedtuple("Mode", "name mkfs mount size journal parts full certain path either without")


# What is uncertain of a sound history are blocks that moved along in a file, or from one to another, in one of two transactions
# that come into question: a file of 75 blocks that collapses is half a hundredth of a run.
def mode(name, mkfs=(), mount="", size=64, journal=16, parts=1, full=0, certain=.90, path=.95, either=.999, without=()):
    return Mode(name, list(mkfs), mount, size, journal, parts, full, certain, path, either, without)


def run(*words, **more):
    return subprocess.run([str(word) for word in words], check=True, stdout=subprocess.PIPE, **more).stdout.decode()


def make_node(path):
    """Where nothing makes the nodes of partitions."""
    if not os.path.exists(path):
        with open(f"/sys/class/block/{os.path.basename(path)}/dev", encoding="ascii") as number:
            run("mknod", path, "b", *number.read().strip().split(":"))


class Disk:
    """An image with one file system, or several in partitions, behind a loop device."""

    def __init__(self, scratch, how):
        self.how, self.path = how, f"{scratch}/{how.name}.img"
        with open(self.path, "wb") as image:
            image.truncate(how.size << 20)
        if how.parts > 1:
            share = (how.size - 2) // how.parts
            table = "label: gpt\n" + "".join(f"size={share}MiB\n" for _ in range(how.parts))
            run("sfdisk", "-q", self.path, input=table.encode())
        self.loop = run("losetup", "-f", "--show", self.path).strip()
        if how.parts > 1:
            run("partx", "-a", self.loop)
        for i in range(how.parts if how.parts > 1 else 0):
            make_node(f"{self.loop}p{i + 1}")
        self.devices = [self.loop] if how.parts == 1 else [f"{self.loop}p{i + 1}" for i in range(how.parts)]
        for i, device in enumerate(self.devices):
            run("mkfs.ext4", "-q", "-F", "-N", "2048", "-J", f"size={how.journal}", *how.mkfs, device,
                stderr=subprocess.DEVNULL)
        self.mounts = [f"{scratch}/{how.name}-{i}" for i in range(len(self.devices))]
        for place in self.mounts:
            os.makedirs(place, exist_ok=True)

    def mount(self):
        for device, place in zip(self.devices, self.mounts):
            run("mount", *(["-o", self.how.mount] if self.how.mount else []), device, place)

    def umount(self):
        for place in self.mounts:
            subprocess.run(["umount", place], check=False, stderr=subprocess.DEVNULL)

    def close(self):
        self.umount()
        if self.how.parts > 1:
            run("partx", "-d", self.loop)
            for device in self.devices:
                if os.path.exists(device):
                    os.unlink(device)
        run("losetup", "-d", self.loop)

    @staticmethod
    def number(device):
        number = os.stat(device).st_rdev
        return os.major(number), os.minor(number)

    def first(self, device):
        if device == self.loop:
            return 0
        with open(f"/sys/class/block/{os.path.basename(device)}/start", encoding="ascii") as start:
            return int(start.read())

    def parts(self, block):
        return [(self.number(device), self.first(device), block // 512) for device in self.devices]


def block_size(device):
    for line in run("dumpe2fs", "-h", device, stderr=subprocess.DEVNULL).splitlines():
        if line.startswith("Block size:"):
            return int(line.split()[-1])
    raise RuntimeError("no block size")


def record(scratch, how, seed, steps, mounts):
    """Works; (path of the image, of the trace, {access: [(sector, owner, offset, names)]})."""
    disk = Disk(scratch, how)
    tracing = None
    try:
        block = block_size(disk.devices[0])
        numbers = [disk.number(device) for device in disk.devices]
        tracing = kernel.Tracing(f"{scratch}/tracefs", disk.number(disk.loop), numbers)
        works = []
        for turn in range(mounts):
            disk.mount()
            if turn == 0:
                works = [work.Work(place, f"{seed}/{i}", tracing.mark, numbers[i], block, how.full)
                         for i, place in enumerate(disk.mounts)]
            for _ in range(4):
                for each in works:
                    each.run(steps // (4 * mounts), how.without)
            for each in works:
                each.end()
            disk.umount()
        word = kernel.Word(how.size << 11, disk.parts(block))
        word.read(tracing.stop(), set().union(*(each.inodes for each in works)))
    finally:
        if tracing:
            tracing.close()
        disk.close()
    trace = f"{scratch}/{how.name}.qtr"
    with open(trace, "w", encoding="ascii") as target:
        target.write("\n".join(word.lines) + "\n")
    return disk.path, trace, word.truth, block // 512


class Count:
    def __init__(self):
        self.n = collections.Counter()
        self.wrong, self.moved, self.called = [], [], []

    def block(self, told, sector, owner, offset, names):
        inode = owner.inode
        self.n["short"] += not owner.is_logged()
        if told["kind"] != "file-data" or told.get("inode") != inode:
            self.n["other"] += 1
            if not told.get("uncertain"):
                self.wrong.append(f"sector {sector}: inode {inode} {[name.path for name in names]}, told {json.dumps(told)}")
                return
        if told.get("uncertain"):
            self.n["uncertain " + told["why"]] += 1
            self.n["before"] += told["why"] == "before-history"
            self.n["uncertain"] += 1
            return
        self.n["certain"] += 1
        at = told.get("offset", -1) + (sector - told["start"]) * 512
        if at != offset:
            self.n["offset"] += 1
            self.moved.append(f"sector {sector}: byte {offset} of inode {inode}, told {json.dumps(told)}")
        self.name(told, sector, {name.path for name in names}, all(name.is_logged() for name in names))

    def name(self, told, sector, names, logged):
        path = told.get("path")
        self.n["named"] += 1
        self.n["path"] += path in names or not names and path is None
        if not names or not logged or names & {path, *told.get("path_or", [])}:
            self.n["path or"] += 1
        else:
            self.called.append(f"sector {sector}: {sorted(names)}, told {json.dumps(told)}")


def labels(image, trace):
    with subprocess.Popen([BLKMAP, "dump", "--json", trace, image], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as dump:
        for line in dump.stdout:
            yield json.loads(line)
    if dump.returncode != 0:
        raise RuntimeError(f"blkmap dump: status {dump.returncode}")


def compare(image, trace, truth):
    count = Count()
    for access in labels(image, trace):
        for sector, owner, offset, names in truth.get(access["index"], []):
            told = next(region for region in access["regions"]
                        if region["start"] <= sector < region["start"] + region["sectors"])
            count.block(told, sector, owner, offset, names)
    return count


def check(scratch, how, result, steps=1000, mounts=3):
    """Tells `result` of each sentence: (name, what is wrong with it or "")."""
    seed = random.SystemRandom().randrange(1 << 32) if "SEED" not in os.environ else int(os.environ["SEED"])
    image, trace, truth, _ = record(scratch, how, seed, steps, mounts)
    count = compare(image, trace, truth)
    number = count.n
    seen = number["certain"] + number["uncertain"] + len(count.wrong)
    told = f"SEED={seed}: {seen} blocks, {dict(number)}"
    print(f"# {how.name}: {told}")
    within = seen - number["before"] - number["short"]
    result(f"{how.name}: no certain label is another file's", "\n".join([told, *count.wrong[:6]]) if count.wrong else "")
    result(f"{how.name}: enough blocks were seen", "" if seen > 1000 else told)
    result(f"{how.name}: labels within the history are certain", "" if number["certain"] >= how.certain * within else told)
    result(f"{how.name}: offsets in files are right, but for files that collapsed within a transaction",
           "\n".join([told, *count.moved[:6]]) if len(count.moved) > .02 * seen else "")
    result(f"{how.name}: paths are those that the kernel had", "" if number["path"] >= how.path * number["certain"] else told)
    result(f"{how.name}: one of the paths is", "" if number["path or"] >= how.either * number["certain"] else "\n".join([told, *count.called[:6]]))
    for path in () if "KEEP" in os.environ else (image, trace):
        os.unlink(path)
