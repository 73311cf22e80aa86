# SPDX-License-Identifier: LGPL-2.1-or-later
"""Members of md arrays that hold sectors which say where they belong, made by the kernel of the libguestfs appliance, and the
places that blkmap says they have."""
import lzma
import os
import pathlib
import re

from lib import blkmap, tools

ROOM = 4 << 20
SIZES = [3072, 3072, 2560, 4032, 3072, 3072]  # KiB
STAMP = re.compile(rb"sector (\d+)\n\.")
PARITY = ["left-asymmetric", "right-asymmetric", "left-symmetric", "right-symmetric", "parity-first", "parity-last"]
RAID6 = PARITY + ["ddf-zero-restart", "ddf-N-restart", "ddf-N-continue"] + [
    f"{way}-6" for way in PARITY[:4]] + ["parity-first-6"]


def arrays():
    """(name, disks, level, version, arguments)"""
    yield "raid0-even", 2, 0, "1.2", "--chunk=4"
    yield "raid0-zones", 4, 0, "1.2", "--chunk=16 --layout=original"
    yield "raid0-zones-new", 4, 0, "1.1", "--chunk=8 --layout=alternate"
    yield "raid1-90", 2, 1, "0.90", "--bitmap=internal"
    yield "raid1-3", 3, 1, "1.0", "--bitmap=internal"
    yield "linear-90", 3, "linear", "0.90", "--rounding=16"
    yield "raid4-90", 3, 4, "0.90", "--chunk=16"
    yield "raid4", 4, 4, "1.1", "--chunk=4"
    for i, layout in enumerate(PARITY):
        yield f"raid5-{layout}", 3 + i % 3, 5, ("0.90", "1.0", "1.1", "1.2")[i % 4], f"--chunk=16 --layout={layout}"
    for i, layout in enumerate(RAID6):
        yield f"raid6-{layout}", 4 + i % 3, 6, ("1.2", "0.90", "1.0")[i % 3], f"--chunk=4 --layout={layout}"
    for disks, layout in (2, "n2"), (3, "n2"), (5, "n3"), (4, "n4"), (2, "f2"), (3, "f2"), (5, "f3"), (4, "f2"), (2, "o2"), \
            (3, "o2"), (5, "o3"), (6, "o2"):
        yield f"raid10-{layout}-{disks}", disks, 10, ("1.2", "0.90")[disks == 3], f"--chunk=8 --layout={layout}"


def make(scratch, rows):
    """Runs the appliance; {name: sectors of the array}, and each member as a file."""
    (scratch / "tmp").mkdir()
    script = pathlib.Path("tests/oracle/guests/md-levels.sh").read_text()
    (scratch / "tmp/md-levels.sh").write_text(script)
    (scratch / "tmp/arrays").write_text("".join(" ".join(map(str, row)) + "\n" for row in rows))
    tools.run("tar", "-C", scratch, "-cf", scratch / "desk", "tmp")
    os.truncate(scratch / "desk", 4 << 20)
    (scratch / "out").touch()
    os.truncate(scratch / "out", ROOM * sum(row[1] for row in rows))
    disks = ["desk", "out"]
    for i, size in enumerate(SIZES):
        (scratch / f"disk{i}").touch()
        os.truncate(scratch / f"disk{i}", size << 10)
        disks.append(f"disk{i}")
    commands = "run\ndebug sh \"S=/dev/$(ls /sys/bus/scsi/devices/*:0:0:0/block | grep sd); tar -C / -xf $S && " \
               "sh /tmp/md-levels.sh >/tmp/log 2>&1; tar -C /tmp -cf $S log sizes && sync\"\n"
    os.environ.setdefault("LIBGUESTFS_BACKEND", "direct")
    os.environ.setdefault("LIBGUESTFS_BACKEND_SETTINGS", "force_tcg")
    tools.ENVIRONMENT.update(os.environ)
    tools.run("guestfish", "--format=raw", *(word for disk in disks for word in ("-a", scratch / disk)),
              stdin=commands.encode())
    tools.run("tar", "-C", scratch, "-xf", scratch / "desk", "log", "sizes")
    with open(scratch / "out", "rb") as out:
        for name, disks, _, _, _ in rows:
            for i in range(disks):
                (scratch / f"{name}-m{i}").write_bytes(out.read(ROOM)[:SIZES[i] << 10])
    return dict(line.split() for line in (scratch / "sizes").read_text().splitlines())


def runs(members, i, left_out=None):
    others = [word for k, one in enumerate(members) if k not in (i, left_out) for word in ("--with", one)]
    out = tools.run(tools.BLKMAP, "map", "--json", *others, members[i])[1]
    return [blkmap.Run(line) for line in out.splitlines()]


def stamps(path):
    """{sector of the file: what it says}"""
    data = path.read_bytes()
    return {at // 512: int(match.group(1)) for at in range(0, len(data), 512)
            if (match := STAMP.match(data, at))}


PARITY_LEVELS = {4: 1, 5: 1, 6: 2}


def compare(name, level, members, i, sectors, left_out=None):
    """Stamps of a member against its map, sector by sector. What is parity may look like a stamp."""
    told, wrong, seen = stamps(members[i]), [], 0
    for run in runs(members, i, left_out):
        for sector in range(run.start, run.end):
            at, start = told.get(sector), run.get("device_start")
            inside = run.get("device") == f"md/{name}" and run.get("kind") == "unknown"
            seen += inside or run.get("kind") == "md-parity"
            if inside and start + sector - run.start >= sectors:
                wrong.append(f"sector {sector} lies behind the end of the array: {run.all}")
            elif inside and at != start + sector - run.start:
                wrong.append(f"sector {sector} says {at}; blkmap says {run.all}")
            elif at is not None and not inside and not (run.get("kind") == "md-parity" and level in PARITY_LEVELS):
                wrong.append(f"sector {sector} says {at}; blkmap says {run.all}")
    return wrong if seen else wrong + ["no sector of the array"]


def compare_areas(path, told):
    """Superblock, bitmap and log of bad blocks begin where mdadm reads them."""
    facts = tools.text_of("mdadm", "--examine", path)
    if not (match := re.search(r"Super Offset : (\d+) sectors", facts)):
        return []
    start, want = int(match.group(1)), {"md-superblock": int(match.group(1))}
    for kind, pattern in (("md-bitmap", r"Internal Bitmap : (-?\d+) sectors"),
                          ("md-bad-blocks", r"Bad Block Log .* offset (-?\d+) sectors")):
        if match := re.search(pattern, facts):
            want[kind] = start + int(match.group(1))
    got = {run.get("kind"): run.start for run in reversed(told) if run.get("kind") in
           ("md-superblock", "md-bitmap", "md-bad-blocks")}
    return [] if got == want else [f"mdadm says {want}; blkmap says {got}"]


def check(scratch, row, sizes):
    name, disks, level, version, _ = row
    members = [scratch / f"{name}-m{i}" for i in range(disks)]
    device = "0" if version == "0.90" else name
    if name not in sizes:
        return [f"the appliance made no {name}"]
    wrong = [line for i in range(disks) for line in compare(device, level, members, i, int(sizes[name]))]
    wrong += [line for i in range(disks) for line in compare_areas(members[i], runs(members, i))]
    if level in (1, 4, 5, 6, 10):
        wrong += [f"without {disks - 1}: {line}" for line in compare(device, level, members, 0, int(sizes[name]), disks - 1)]
    return wrong


def keep(scratch, rows, sizes, place):
    """Packs the members for testdata."""
    (place / "sizes.txt").write_text("".join(f"{row[0]} {sizes[row[0]]}\n" for row in rows))
    for name, disks, *_ in rows:
        for i in range(disks):
            (place / f"{name}-m{i}.xz").write_bytes(lzma.compress((scratch / f"{name}-m{i}").read_bytes(), preset=9))


def unpack(scratch, place):
    """The arrays that are kept: their rows and sizes."""
    sizes = dict(line.split() for line in (place / "sizes.txt").read_text().splitlines())
    for packed in place.glob("*.xz"):
        (scratch / packed.stem).write_bytes(lzma.open(packed).read())
    return [row for row in arrays() if row[0] in sizes], sizes


def report(scratch, rows, sizes):
    """TAP; whether something failed."""
    failed = 0
    for n, row in enumerate(rows, 1):
        wrong = check(scratch, row, sizes)
        failed += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {n} - {row[0]}: {row[1]} members, version {row[3]}")
        for line in wrong[:4]:
            print(f"# {line}")
    print(f"1..{len(rows)}")
    return failed > 0
