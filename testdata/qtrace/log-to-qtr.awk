# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: awk -v image=FILE -v bytes=SIZE -f log-to-qtr.awk LOG
#
# Makes a .qtr trace of the accesses to one raw disk image from the log that
# qemu-trace.sh writes. A node is the disk when it was opened under that file
# name by the raw driver: the protocol node below it ("file"), the appliance's
# own disk and any image that QEMU only probes have other nodes. A pointer that
# is used again speaks of the node opened last. blk_co_* events come once for
# each guest request; a write of zeroes is among them (flag 0x2), flush and
# discard have no such event.

function fail(what) {
    printf "log-to-qtr: line %d: %s\n", NR, what > "/dev/stderr"
    failed = 1
    exit 1
}

function access(letter, blk, bs, offset, length_) {
    if (!(bs in is_disk) || !is_disk[bs] || length_ == 0)
        return
    if (attached[blk] != bs)
        fail("blk " blk " is not attached to bs " bs)
    if (offset % 512 || length_ % 512)
        fail("access is not of whole sectors")
    if (offset + length_ > bytes)
        fail("access is past the end of the disk")
    printf "%s %.0f %.0f\n", letter, offset / 512, length_ / 512
}

BEGIN { printf "S %.0f\n", bytes / 512 }

# TID@TIME:bdrv_open_common bs BS filename "FILE" flags FLAGS format_name "FORMAT"
$1 ~ /:bdrv_open_common$/ {
    is_disk[$3] = index($0, " filename \"" image "\" flags ") && $NF == "\"raw\""
    seen = seen || is_disk[$3]
}

# TID@TIME:blk_root_attach child CHILD blk BLK bs BS
$1 ~ /:blk_root_attach$/ { attached[$5] = $7 }

# TID@TIME:blk_co_preadv blk BLK bs BS offset BYTES bytes BYTES flags FLAGS
$1 ~ /:blk_co_preadv$/ { access("R", $3, $5, $7, $9) }
$1 ~ /:blk_co_pwritev$/ { access("W", $3, $5, $7, $9) }

END {
    if (!failed && !seen)
        fail("the image was never opened: " image)
    exit failed
}
