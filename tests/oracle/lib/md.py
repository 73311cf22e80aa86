# SPDX-License-Identifier: LGPL-2.1-or-later
"""Linux software RAID: members whose data are those of their array, as mdadm reads them."""
import re

from lib import tools

WHOLE = {"raid1", "linear"}


def array(path):
    """(name, first data sector, sectors) of an array that one member holds all of, or None."""
    told = tools.text_of("mdadm", "--examine", path)
    facts = dict(re.findall(r"^ *(.+?) : (.*)$", told, re.M))
    if not facts.get("Version", "").startswith("1.") or facts["Raid Level"] not in WHOLE:
        return None
    if facts["Raid Level"] == "linear" and facts["Raid Devices"] != "1":
        return None
    size = facts.get("Used Dev Size", facts["Avail Dev Size"])
    return facts["Name"].split(":")[-1].split()[0], number(facts.get("Data Offset", "0")), number(size)


def number(text):
    return int(text.split()[0])
