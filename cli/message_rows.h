/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines that tell of a place, a row each; included where FORM is defined:

     FORM(word, expression, device, number, count, unit)

   `word` must be in the line; then the extended regular expression is tried, whose groups of these numbers
   are the device, the address and how many (0: it has no such group).  The first that fits is taken. */

/* block/blk-core.c, blk-mq.c: end_request, blk_update_request, print_req_error, and since 5.16 nothing before
   "I/O error"; the words before "dev" are of blk_errors[]. */
FORM(", sector ", "error, dev ([^ ,]+), sector ([0-9]+)", 1, 2, 0, MESSAGE_SECTORS)
/* fs/buffer.c: "device" up to 3.17, "dev" since */
FORM("Buffer I/O error", "Buffer I/O error on dev(ice)? ([^ ,]+), logical block ([0-9]+)", 2, 3, 0,
     MESSAGE_BLOCKS)
/* drivers/md/raid5.c, raid1.c, raid10.c: on a member, its data offset included */
FORM("read error", "\\(([0-9]+) sectors at ([0-9]+) on ([^) ]+)\\)", 3, 2, 1, MESSAGE_SECTORS)
FORM("read error", "\\(sector ([0-9]+) on ([^) ]+)\\)", 2, 1, 0, MESSAGE_SECTORS)
/* the array's own sectors */
FORM("sector ", "md/raid[0-9]*:([^: ]+): ([^: ]+: )?(rescheduling|redirecting) sector ([0-9]+)", 1, 4, 0,
     MESSAGE_SECTORS)
FORM("unrecoverable I/O", "md/raid[0-9]*:([^: ]+): .*error for block ([0-9]+)", 1, 2, 0, MESSAGE_SECTORS)
/* drivers/nvme/host/core.c: nvme_log_error; multipath's nvme0c1n1 is a path of nvme0n1 */
FORM(" @ LBA ", "(nvme[0-9]+(c[0-9]+)?n[0-9]+): .* @ LBA ([0-9]+), ([0-9]+) blocks", 1, 3, 4, MESSAGE_LBA)
/* fs/xfs/xfs_buf.c: basic blocks of 512 bytes; up to 4.16 "block" */
FORM("XFS (", "XFS \\(([^)]+)\\): .* at daddr (0x[0-9a-f]+) len ([0-9]+)", 1, 2, 3, MESSAGE_SECTORS)
FORM("XFS (", "XFS \\(([^)]+)\\): metadata I/O error: block (0x[0-9a-f]+) .*numblks ([0-9]+)", 1, 2, 3,
     MESSAGE_SECTORS)
FORM("XFS (", "XFS \\(([^)]+)\\): Metadata (corruption|CRC error) detected at .* block (0x[0-9a-f]+)", 1, 3,
     0, MESSAGE_SECTORS)
/* fs/btrfs/scrub.c, bio.c */
FORM(", physical ", " on dev ([^ ,]+), physical ([0-9]+)", 1, 2, 0, MESSAGE_BYTES)

/* smartctl, ataprint.cpp: the error logs, and the self-test log */
FORM("LBA = 0x", "LBA = 0x[0-9a-f]+ = ([0-9]+)", 0, 1, 0, MESSAGE_LBA)
FORM("%", "^ *# *[0-9]+ .*[0-9]+% +[0-9]+ +([0-9]+) *$", 0, 1, 0, MESSAGE_LBA)
/* scsiprint.cpp: the self-test log, and the background scan's */
FORM("[0x", "^ *# *[0-9]+ .* (0x[0-9a-f]+|[0-9]+) +\\[0x[0-9a-f]+ +0x[0-9a-f]+ +0x[0-9a-f]+\\]", 0, 1, 0,
     MESSAGE_LBA)

/* hdparm: --read-sector, --write-sector, --repair-sector, and their commands */
FORM(" sector ", "^(reading|re-writing|writing) sector ([0-9]+)", 0, 2, 0, MESSAGE_LBA)
FORM("hdparm ", "--(read|write|repair)-sector[ =]([0-9]+)[^/]*(/dev/[^ ]+)?", 3, 2, 0, MESSAGE_LBA)
