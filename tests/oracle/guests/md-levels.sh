#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# md-levels.sh: inside the libguestfs appliance. Makes an array of each line of /tmp/arrays (NAME DISKS LEVEL VERSION
# ARGUMENT...) on the scratch disks (SCSI targets 2 and up), writes sectors that say where they belong into it through
# the kernel, and puts the members one behind the other on the disk of target 1, each with room for $ROOM bytes.
set -u
ROOM=4194304

scsi() {
    for path in /sys/bus/scsi/devices/*:0:"$1":0/block/*; do
        echo "/dev/${path##*/}"
    done
}

stamps() {
    gawk 'BEGIN {
        dots = sprintf("%512s", ""); gsub(/ /, ".", dots)
        for (i = 0; i < 65536; i++) {
            s = sprintf("sector %d\n", i)
            print s substr(dots, 1, 511 - length(s))
        }
    }'
}

echo blkmap >/proc/sys/kernel/hostname
modprobe -a md-mod linear raid0 raid1 raid456 raid10
stamps >/tmp/stamps
out=$(scsi 1) at=0
while read -r name disks level version arguments; do
    members='' i=2
    while [ $i -lt $((2 + disks)) ]; do
        member=$(scsi $i)
        dd if=/dev/zero of="$member" bs=1M 2>/dev/null
        members="$members $member"
        i=$((i + 1))
    done
    case $version in 0.90 | 1.0) offset='' ;; *) offset=--data-offset=256K ;; esac
    # shellcheck disable=SC2086 # lists of words
    yes | mdadm --create /dev/md0 --run --homehost=blkmap --name="$name" --level="$level" --metadata="$version" \
        --raid-devices="$disks" $offset $arguments $members
    if [ ! -b /dev/md0 ] || [ "$(blockdev --getsz /dev/md0)" -eq 0 ]; then
        echo "$name failed"
        at=$((at + disks))
        mdadm --stop --scan
        continue
    fi
    mdadm --wait /dev/md0
    dd if=/tmp/stamps of=/dev/md0 bs=64k conv=fsync 2>/dev/null
    echo "$name $(blockdev --getsz /dev/md0)" >>/tmp/sizes
    mdadm --wait /dev/md0
    mdadm --stop /dev/md0
    for member in $members; do
        dd if="$member" of="$out" bs=1M seek=$((at * ROOM / 1048576)) conv=notrunc 2>/dev/null
        at=$((at + 1))
    done
done </tmp/arrays
sync
