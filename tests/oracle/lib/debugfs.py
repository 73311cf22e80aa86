# SPDX-License-Identifier: LGPL-2.1-or-later
"""What debugfs says of inodes, blocks and names."""
import os
import pathlib
import re
import tempfile

from lib import tools

LINE_MAX = 6000  # debugfs reads commands into 8 KiB
ECHO = re.compile(rb"^debugfs: (.*)\n", re.M)
STAT = re.compile(r"Inode: (\d+)\s+Type: (.*?)\s+Mode:\s+(\d+)\s+Flags: (0x[0-9a-f]+)")
EXTENT = re.compile(r"\(([A-Z]*)(\d+)?(?:-(\d+))?(\[u\])?\):(\d+)(?:-(\d+))?")
NAMED = re.compile(rb"^(\d+)\t(/.*)")


def ask(path, commands, *options):
    """[(command, output)] of many commands in one run."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("SCRATCH")) as place:
        script = pathlib.Path(place, "commands")
        script.write_text("".join(f"{command}\n" for command in commands))
        out = tools.run("debugfs", *options, "-f", script, path)[1]
    parts = ECHO.split(out)
    answers = list(zip((command.decode() for command in parts[1::2]), parts[2::2]))
    if len(answers) != len(commands):
        raise tools.ToolError(f"debugfs answered {len(answers)} of {len(commands)} commands on {path}")
    return answers


def in_lines(command, numbers):
    """The command with as many numbers on each line as debugfs reads."""
    line = command
    for number in numbers:
        if len(line) > LINE_MAX:
            yield line
            line = command
        line += f" {number}"
    if line != command:
        yield line


class Inode:
    """`blocks` are (mark, logical block, count, block, unwritten): the mark is "" for data, and "IND", "DIND", "TIND"
    or "ETB" for what holds the map."""

    def __init__(self, text):
        match = STAT.search(text)
        self.number = int(match.group(1))
        self.type = match.group(2)
        self.flags = int(match.group(4), 16)
        self.links = int(re.search(r"^Links: (\d+)", text, re.M).group(1))
        self.acl = int(re.search(r"^File ACL: (\d+)", text, re.M).group(1))
        self.size = int(re.search(r"\bSize: (\d+)", text).group(1))
        self.deleted_at = "dtime: " in text
        self.blocks = []
        for part in re.findall(r"^(?:BLOCKS|EXTENTS):\n(.*)$", text, re.M):
            self.read_blocks(part)

    def read_blocks(self, text):
        for mark, low, high, unwritten, first, last in EXTENT.findall(text):
            count = int(last or first) - int(first) + 1
            place = int(low) if low and not mark else 0
            if not mark and high and int(high) - place + 1 != count:
                raise tools.ToolError(f"debugfs stat <{self.number}>: cannot read {text[:80]}")
            self.blocks.append((mark, place, count, int(first), bool(unwritten)))


def stat(path, numbers, *options):
    """[Inode]"""
    answers = ask(path, [f"stat <{number}>" for number in numbers], *options)
    return [Inode(out.decode(errors="surrogateescape")) for _, out in answers if out.startswith(b"Inode: ")]


def icheck(path, blocks, *options):
    """{block: inode that owns it, or None}"""
    owners = {}
    for _, out in ask(path, list(in_lines("icheck", blocks)), *options):
        for line in out.decode().splitlines()[1:]:
            block, owner = line.split("\t")
            owners[int(block)] = int(owner) if owner.isdigit() else None
    return owners


def ncheck(path, inodes, *options):
    """{inode: [path as bytes]}. A name may hold a line break; what does not begin with a number and a path goes on."""
    names = {}
    for _, out in ask(path, list(in_lines("ncheck", inodes)), *options):
        last = None
        for line in out.split(b"\n")[1:-1]:
            match = NAMED.match(line)
            if match:
                last = names.setdefault(int(match.group(1)), [])
                last.append(match.group(2).replace(b"//", b"/", 1))
            elif last:
                last[-1] += b"\n" + line
    return names


def free_blocks(path, first, count, *options):
    """The blocks that testb does not find marked in the block bitmap. It refuses to look at block 0."""
    skip = 1 if first == 0 else 0
    out = ask(path, [f"testb {first + skip} {count - skip}"], *options)[0][1].decode()
    return {int(line.split()[1]) for line in out.splitlines() if line.endswith("not in use")}


def free_inodes(path, inodes, *options):
    """The inodes that testi does not find marked in the inode bitmap."""
    answers = ask(path, [f"testi <{number}>" for number in inodes], *options)
    return {int(out.split()[1]) for _, out in answers if out.endswith(b"is not in use\n")}
