# SPDX-License-Identifier: LGPL-2.1-or-later
"""What programs do to a file system, at random: steps of a seeded generator."""
import mmap
import os
import random
import subprocess

SIZES = (100, 5000, 40000, 300000)
FALLOC_KEEP, FALLOC_PUNCH, FALLOC_COLLAPSE, FALLOC_ZERO = "-n", "-p", "-c", "-z"


class Work:
    """Steps below `root`; `mark` tells the kernel's log which names there are."""

    def __init__(self, root, seed, mark, number, block, full):
        self.root, self.mark, self.number, self.block = root, mark, number, block
        self.random = random.Random(seed)
        self.full = full  # how many bytes to keep free, so that blocks are used again
        self.files, self.dirs, self.inodes = [], [], set()
        self.open = []
        self.step = 0
        for i in range(6):
            self.dirs.append(f"{root}/d{i}")
            os.mkdir(self.dirs[-1])

    def told(self, path):
        return path[len(self.root):]

    def say(self, text):
        self.mark(f"{self.number[0]} {self.number[1]} {text}")

    def name(self, path):
        inode = os.lstat(path).st_ino
        self.inodes.add((self.number, inode))
        self.say(f"name {inode} {self.told(path)}")

    def gone(self, inode, path):
        self.say(f"gone {inode} {self.told(path)}")

    def write(self, path, size, mode="wb"):
        with open(path, mode) as file:
            if mode == "wb":
                self.name(path)
            file.write(self.random.randbytes(size))

    def pick(self):
        return self.random.choice(self.files)

    def room(self):
        stat = os.statvfs(self.root)
        return stat.f_bavail * stat.f_frsize > self.full + 400000

    # --- steps ---

    def create(self):
        if not self.room():
            return self.remove()
        path = f"{self.random.choice(self.dirs)}/f{self.step}"
        self.write(path, self.random.choice(SIZES))
        self.files.append(path)

    def append(self):
        if self.room():
            self.write(self.pick(), self.random.choice((3000, 60000)), "ab")

    def overwrite(self):
        path = self.pick()
        with open(path, "r+b") as file:
            size = os.path.getsize(path)
            file.seek(self.random.randrange(size + 1))
            file.write(self.random.randbytes(min(20000, max(1, size))))

    def remove(self):
        path = self.files.pop(self.random.randrange(len(self.files)))
        inode = os.lstat(path).st_ino
        os.remove(path)
        self.gone(inode, path)

    def rename(self):
        i = self.random.randrange(len(self.files))
        old, new = self.files[i], f"{self.random.choice(self.dirs)}/r{self.step}"
        os.rename(old, new)
        self.files[i] = new
        self.gone(os.lstat(new).st_ino, old)
        self.name(new)

    def replace(self):
        if len(self.files) < 2:
            return
        i, j = self.random.sample(range(len(self.files)), 2)
        old, new = self.files[i], self.files[j]
        over = os.lstat(new).st_ino
        if over == os.lstat(old).st_ino:
            return
        os.rename(old, new)
        self.gone(over, new)
        self.gone(os.lstat(new).st_ino, old)
        self.name(new)
        self.files.pop(i)

    def rename_dir(self):
        i = self.random.randrange(len(self.dirs))
        old, new = self.dirs[i], f"{self.root}/D{self.step}"
        os.rename(old, new)
        self.dirs[i] = new
        for at, path in enumerate(self.files):
            if path.startswith(old + "/"):
                self.files[at] = new + path[len(old):]
                self.gone(os.lstat(self.files[at]).st_ino, path)
                self.name(self.files[at])

    def link(self):
        path = f"{self.random.choice(self.dirs)}/l{self.step}"
        os.link(self.pick(), path)
        self.files.append(path)
        self.name(path)

    def open_unlinked(self):
        path = f"{self.random.choice(self.dirs)}/u{self.step}"
        file = open(path, "wb")
        self.name(path)
        file.write(self.random.randbytes(30000))
        inode = os.lstat(path).st_ino
        os.remove(path)
        self.gone(inode, path)
        self.open.append(file)
        if len(self.open) > 3:
            self.open.pop(0).close()

    def tmpfile(self):
        fd = os.open(self.random.choice(self.dirs), os.O_TMPFILE | os.O_RDWR)
        self.inodes.add((self.number, os.fstat(fd).st_ino))
        os.write(fd, self.random.randbytes(50000))
        os.fsync(fd)
        os.close(fd)

    def truncate(self):
        path = self.pick()
        os.truncate(path, os.path.getsize(path) // 2)

    def fallocate(self):
        path, how = self.pick(), self.random.choice((FALLOC_PUNCH, FALLOC_COLLAPSE, FALLOC_ZERO))
        blocks = os.path.getsize(path) // self.block
        if blocks >= 4:
            subprocess.run(["fallocate", how, "-o", str(self.block), "-l", str(2 * self.block), path],
                           stderr=subprocess.DEVNULL, check=False)

    def map(self):
        path = self.pick()
        if os.path.getsize(path) > self.block:
            with open(path, "r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
                memory[self.block // 2] = self.step % 256
                memory.flush()

    def direct(self):
        if not self.room():
            return
        path = f"{self.random.choice(self.dirs)}/o{self.step}"
        fd = os.open(path, os.O_CREAT | os.O_RDWR | os.O_DIRECT, 0o644)
        self.name(path)
        with mmap.mmap(-1, 65536) as buffer:
            os.write(fd, buffer)
        os.close(fd)
        self.files.append(path)

    def fsync(self):
        fd = os.open(self.pick(), os.O_RDWR)
        os.fsync(fd)
        os.close(fd)

    def sync(self):
        os.sync()

    def read(self):
        os.sync()
        with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as caches:
            caches.write("3")
        for path in self.random.sample(self.files, min(20, len(self.files))):
            with open(path, "rb") as file:
                file.read()

    def trim(self):
        subprocess.run(["fstrim", self.root], stderr=subprocess.DEVNULL, check=False)

    def defragment(self):
        subprocess.run(["e4defrag", self.pick()], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)

    STEPS = ((create, 34), (append, 10), (overwrite, 9), (remove, 14), (rename, 7), (replace, 2), (rename_dir, 1),
             (link, 2), (open_unlinked, 2), (tmpfile, 1), (truncate, 4), (fallocate, 3), (map, 2), (direct, 2),
             (fsync, 5), (sync, 4), (read, 1), (trim, .3), (defragment, 1))

    def run(self, steps, without=()):
        ways = [(way, weight) for way, weight in self.STEPS if way.__name__ not in without]
        for _ in range(steps):
            self.step += 1
            self.say("step")
            way = self.random.choices([way for way, _ in ways], [weight for _, weight in ways])[0]
            (way if self.files else Work.create)(self)

    def end(self):
        for file in self.open:
            file.close()
        self.open = []
        os.sync()
