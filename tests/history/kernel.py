# SPDX-License-Identifier: LGPL-2.1-or-later
"""The kernel's word on which file a block is, when a request for it goes to the device: the extents that ext4 has in
mind, from its tracepoints (include/trace/events/ext4.h), and the requests, all in one tracefs instance of our own."""
import os
import re
import subprocess

EVENT = re.compile(r"^\s*.*?-\d+\s+\[\d+\]\s+\S+\s+\d+:\s+(\w+): (.*)$")
EXTENT = re.compile(r"dev (\d+),(\d+) ino (\d+) (?:es|found 1) \[(\d+)/(\d+)\) (?:mapped )?(\d+) (?:status )?(\w*)")
FREE = re.compile(r"dev (\d+),(\d+) ino (\d+) mode \S+ block (\d+) count (\d+)")
INODE = re.compile(r"dev (\d+),(\d+) ino (\d+) ")
COMMIT = re.compile(r"dev (\d+),(\d+) ")
REQUEST = re.compile(r"(\d+),(\d+) (\S+) (\d+) \(.*?\) (\d+) \+ (\d+)")

EXT4 = {"ext4_es_insert_extent": "", "ext4_es_cache_extent": "", "ext4_es_lookup_extent_exit": "found == 1",
        "ext4_free_blocks": "", "ext4_free_inode": ""}
BUFFER_KB = 65536


def put(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


class Tracing:
    """Requests of the disk `device`, and extents of the file systems on `parts` (numbers as major, minor)."""

    def __init__(self, place, device, parts):
        self.place = place
        os.makedirs(place, exist_ok=True)
        subprocess.run(["mount", "-t", "tracefs", "tracefs", place], check=True)
        self.at = f"{place}/instances/blkmap-test-{os.getpid()}"
        os.mkdir(self.at)
        put(f"{self.at}/buffer_size_kb", str(BUFFER_KB // (os.cpu_count() or 1)))
        put(f"{self.at}/trace_clock", "counter")
        self.enable("block/block_rq_issue", f"dev == {self.number(device)}")
        wanted = " || ".join(f"dev == {self.number(part)}" for part in parts)
        for event, condition in EXT4.items():
            self.enable(f"ext4/{event}", f"({wanted}) && {condition}" if condition else wanted)
        self.enable("jbd2/jbd2_commit_locking", wanted)

    @staticmethod
    def number(device):
        return device[0] << 20 | device[1]

    def enable(self, event, condition):
        put(f"{self.at}/events/{event}/filter", condition)
        put(f"{self.at}/events/{event}/enable", "1")

    def mark(self, text):
        put(f"{self.at}/trace_marker", text)

    def stop(self):
        """All events, in order: (name, text)."""
        put(f"{self.at}/tracing_on", "0")
        lost = 0
        for cpu in os.listdir(f"{self.at}/per_cpu"):
            with open(f"{self.at}/per_cpu/{cpu}/stats", encoding="ascii") as stats:
                lost += sum(int(line.split()[-1]) for line in stats if line.startswith(("overrun", "dropped")))
        with open(f"{self.at}/trace", encoding="utf-8") as trace:
            events = [match.groups() for match in map(EVENT.match, trace) if match]
        if lost:
            raise RuntimeError(f"the kernel lost {lost} events")
        return events

    def close(self):
        try:
            for event in ["block/block_rq_issue", "jbd2/jbd2_commit_locking", *(f"ext4/{event}" for event in EXT4)]:
                put(f"{self.at}/events/{event}/enable", "0")
            os.rmdir(self.at)
        finally:
            subprocess.run(["umount", self.place], check=True)


class Owner:
    """What has a block, in its time."""

    def __init__(self, inode, logical, commits):
        self.inode, self.logical, self.born, self.died = inode, logical, commits, None

    def is_logged(self):
        return self.died is None or self.died > self.born


class Owners:
    """Which inode has which block, as the events tell."""

    def __init__(self):
        self.of = {}  # by block

    def extent(self, inode, logical, length, physical, commits):
        for i in range(length):
            known = self.of.get(physical + i)
            if known is None or (known.inode, known.logical) != (inode, logical + i):
                self.of[physical + i] = Owner(inode, logical + i, known.born if known and known.inode == inode else commits)

    def free(self, block, count, commits):
        for i in range(count):
            if owner := self.of.pop(block + i, None):
                owner.died = commits

    def end(self, inode):
        """What e4defrag gave another file is not told again when that file's pages are there already."""
        for block in [block for block, owner in self.of.items() if owner.inode == inode]:
            del self.of[block]


class Name:
    """A name in its time: what no transaction ended in nobody can know but the kernel."""

    def __init__(self, path, commits):
        self.path, self.born, self.died = path, commits, None

    def is_logged(self):
        return self.died is None or self.died > self.born


class Names:
    """Which names the inodes of a file system have; those of the last step, too, for that may not have been over."""

    def __init__(self):
        self.now, self.left, self.commits = {}, {}, 0

    def take(self, words):
        if words[0] == "step":
            self.left = {}
            return
        names = self.now.setdefault(int(words[1]), {})
        if words[0] == "name":
            names[words[2]] = Name(words[2], self.commits)
        elif words[2] in names:
            name = names.pop(words[2])
            name.died = self.commits
            self.left.setdefault(int(words[1]), {})[words[2]] = name

    def of(self, inode):
        return [*self.now.get(inode, {}).values(), *self.left.get(inode, {}).values()]


class Word:
    """A trace as .qtr, and what each of its blocks of file data was: {access: [(sector, owner, offset, names)]}."""

    def __init__(self, sectors, parts):
        self.lines = [f"S {sectors} version=2"]
        self.truth = {}
        # of each part: number, first sector, sectors a block
        self.parts = parts
        self.owners = {number: Owners() for number, _, _ in parts}
        self.names = {number: Names() for number, _, _ in parts}

    def read(self, events, files):
        for name, text in events:
            if name == "tracing_mark_write":
                major, minor, *words = text.strip().split(" ", 4)
                self.names[int(major), int(minor)].take(words)
            elif name == "jbd2_commit_locking":
                self.names[tuple(map(int, COMMIT.match(text).groups()))].commits += 1
            elif name == "block_rq_issue":
                self.request(REQUEST.match(text), files)
            elif name == "ext4_free_blocks":
                major, minor, _, block, count = map(int, FREE.match(text).groups())
                self.owners[major, minor].free(block, count, self.names[major, minor].commits)
            elif name == "ext4_free_inode":
                major, minor, inode = map(int, INODE.match(text).groups())
                self.owners[major, minor].end(inode)
            elif (match := EXTENT.match(text)) and set(match.group(7)) & {"W", "U"}:
                major, minor, inode, logical, length, physical = map(int, match.groups()[:6])
                self.owners[major, minor].extent(inode, logical, length, physical,
                                                 self.names[major, minor].commits)

    def request(self, match, files):
        rwbs, start, count = match.group(3), int(match.group(5)), int(match.group(6))
        if count == 0 or rwbs[0] == "F" and "W" not in rwbs:
            return
        index = len(self.lines) - 1
        if "D" in rwbs:
            self.lines.append(f"R {start} 0 op=discard sectors={count}")
            return
        write = "W" in rwbs
        self.lines.append(f"{'W' if write else 'R'} {start} {count}")
        for number, first, block_sectors in self.parts:
            for sector in range(start, start + count, block_sectors):
                owner = self.owners[number].of.get((sector - first) // block_sectors)
                if owner and (number, owner.inode) in files:
                    self.truth.setdefault(index, []).append(
                        (sector, owner, owner.logical * block_sectors * 512, self.names[number].of(owner.inode)))
