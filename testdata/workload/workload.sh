#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A day's work on a sparse disk of 20 GB with ext4, recorded from the kernel through a loop device: unpacking, git,
# sqlite, a log that is written directly and unaligned, rm, fstrim. As root; makes workload.ndjson.xz (the trace) and
# workload.map.xz (the disk's map) beside itself. Pictures are tried on these two: docs/gallery.md.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
blkmap=$here/../../blkmap
work=$(mktemp -d)
loop=
trap 'umount "$work/mnt" 2>/dev/null || true; [ -z "$loop" ] || losetup -d "$loop"; rm -rf "$work"' EXIT
export work

cat >"$work/day" <<'DAY'
set -eu
cd "$work/mnt"
tar -xf ../tree.tar && sync
git -C tree init -q
git -C tree add .
git -C tree -c user.name=nobody -c user.email=nobody@example.org commit -qm 'all of it' && sync
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    sqlite3 shop.db "create table if not exists sale (id integer primary key, what text);
        insert into sale (what) select hex(randomblob(200)) from (with recursive c(x) as
        (select 1 union all select x + 1 from c where x < 200) select x from c)"
done
for n in $(seq 1 60); do
    dd if=/dev/zero of=audit.log bs=1536 count=1 seek="$n" oflag=direct conv=notrunc status=none
done
dd if=/dev/zero of=backup.img bs=1M count=24 oflag=direct status=none
echo 3 >/proc/sys/vm/drop_caches
tar -cf /dev/null tree shop.db
rm -r tree/part2 && sync
fstrim .
DAY

mkdir "$work/tree" "$work/mnt"
for part in 1 2 3; do
    mkdir "$work/tree/part$part"
    for n in $(seq 1 120); do
        head -c $((n * 97 % 61 * 512 + 200)) /dev/zero | tr '\0' "$part" >"$work/tree/part$part/source-$n.c"
    done
done
tar -C "$work" -cf "$work/tree.tar" tree
truncate -s 20G "$work/disk.img"
mke2fs -q -F -t ext4 -E lazy_itable_init=0,lazy_journal_init=0 "$work/disk.img"
loop=$(losetup --show -f "$work/disk.img")
mount "$loop" "$work/mnt"
"$blkmap" record --device "$loop" -o "$work/trace.ndjson" -- sh "$work/day"
umount "$work/mnt"
losetup -d "$loop"
loop=
"$blkmap" map "$work/disk.img" -o "$work/disk.map"
xz -9 <"$work/trace.ndjson" >"$here/workload.ndjson.xz"
xz -9 <"$work/disk.map" >"$here/workload.map.xz"
