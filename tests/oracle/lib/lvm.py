# SPDX-License-Identifier: LGPL-2.1-or-later
"""LVM2: what lvs and pvs said in the appliance that made an image, and what pvck reads in a PV today."""
import re

from lib import tools


def recorded(image, what):
    """[{column: value}] of a text with "|" between columns, named in its first line."""
    path = image.beside(f"{what}.txt")
    if not path.exists():
        return []
    head, *lines = path.read_text().splitlines()
    columns = head.lstrip("# ").split("|")
    return [dict(zip(columns, line.split("|"))) for line in lines if line and not line.startswith("#")]


def public_names(image):
    return {row["lv_full_name"] for row in recorded(image, "lvs") if "public" in row.get("lv_role", "public")}


class Hidden:
    """Which volume or pool each hidden sub-volume serves, from the columns of lvs that name volumes."""

    def __init__(self, image):
        self.rows = {row["lv_full_name"]: row for row in recorded(image, "lvs")}
        self.parents = {}
        for name, row in self.rows.items():
            vg = name.split("/")[0]
            words = ",".join(row.get(column, "") for column in ("devices", "metadata_devices", "pool_lv"))
            if row["segtype"] != "thin":
                for child in re.findall(r"[\w.+-]+", re.sub(r"\(\d+\)", "", words)):
                    self.parents[f"{vg}/{child}"] = name

    def is_seen(self, name):
        return "public" in self.rows[name].get("lv_role", "public") or self.rows[name]["segtype"] == "thin-pool"

    def serves(self, name):
        """A spare serves nobody, and is returned itself. The metadata of pools and mirrors stand in no column."""
        while not self.is_seen(name):
            parent = self.parents.get(name, re.sub(r"_(tmeta|cmeta|mlog|imeta)$", "", name))
            if parent == name:
                break
            name = parent
        return name


def device_name(path):
    """/dev/sda1 is part1 of the first disk, /dev/sdb the whole second one, /dev/VG/LV a volume: (number of the disk or
    None, name)."""
    match = re.fullmatch(r"/dev/sd([a-z])(\d*)", path)
    if not match:
        return None, path.removeprefix("/dev/")
    return ord(match.group(1)) - ord("a"), f"part{match.group(2)}" if match.group(2) else "disk"


class Pv:
    """Where a PV's extents lie, in sectors of the PV."""

    def __init__(self, row):
        self.name = row["pv_name"]
        self.vg = row["vg_name"]
        self.place = device_name(self.name)
        self.sectors, self.pe_start, self.pe_count, self.extent = (
            int(row[key]) for key in ("dev_size", "pe_start", "pv_pe_count", "vg_extent_size"))


def pvs(image):
    return [Pv(row) for row in recorded(image, "pvs")]


class Segment:
    """A segment of a volume that lies directly on PVs: `places` are (Pv, first sector of it, sectors)."""

    def __init__(self, row, by_name):
        self.name, self.kind = row["lv_full_name"], row["segtype"]
        self.start, self.sectors = int(row["seg_start"]), int(row["seg_size"])
        self.places = []
        for name, first, last in re.findall(r"([^\s:]+):(\d+)-(\d+)", row["seg_pe_ranges"]):
            if name in by_name:
                pv = by_name[name]
                self.places.append((pv, pv.pe_start + int(first) * pv.extent, (int(last) - int(first) + 1) * pv.extent))


def segments(image):
    by_name = {pv.name: pv for pv in pvs(image)}
    return [Segment(row, by_name) for row in recorded(image, "lvs")]


class Headers:
    """What pvck reads in a PV: label, metadata areas, and the texts in the rings; in bytes from the start."""

    def __init__(self, path):
        self.path = path
        told = next((text for text in map(self.dump, range(4)) if "CHECK: label_header" not in text), "")
        self.label = int(re.search(r"label_header at (\d+)", told).group(1))
        self.areas = self.located("metadata area", told)
        self.current = {(int(at), int(crc, 16)) for at, crc in re.findall(
            r"metadata text at (\d+) crc 0x([0-9a-f]+)", told)}

    def dump(self, label_sector):
        """pvck has to be told in which of the first four sectors the label is."""
        return tools.run("pvck", "--dump", "headers", "--labelsector", label_sector, self.path)[1].decode()

    @staticmethod
    def located(what, told):
        return [tuple(map(int, pair)) for pair in re.findall(
            rf"disk_locn\[\d+\] at \d+ # location of {what}\n.*offset (\d+)\n.*size (\d+)", told)]

    def texts(self):
        """(area, offset, length, whether it is the current one); one that goes on at the ring's start is one text."""
        for number, area in enumerate(self.areas, 1):
            told = tools.run("pvck", "--dump", "metadata_all", "--settings", f"mda_num={number}", "--labelsector",
                             self.label // 512, self.path)[1].decode()
            for at, length, crc in re.findall(r"metadata at (\d+) length (\d+) crc ([0-9a-f]+)", told):
                yield area, int(at), int(length), (int(at), int(crc, 16)) in self.current
