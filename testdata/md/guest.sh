#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# guest.sh: make the md images inside the libguestfs appliance. The disks are
# SCSI targets 1 and up, in the order of the images below. What the kernel reads
# from each array goes to /tmp/out/NAME.kernel.txt.
set -u

export LC_ALL=C TZ=UTC
EPOCH=1262304000 # 2010-01-01, as in testdata/images
export E2FSPROGS_FAKE_TIME=$EPOCH MKE2FS_SKIP_CHECK_MSG=1 MKE2FS_SKIP_PROGRESS=1
UUID=b1c0ffee-0000-4000-8000-00000000006d
OUT=/tmp/out

# scsi TARGET: the disk with that SCSI target number
scsi() {
    for path in /sys/bus/scsi/devices/*:0:"$1":0/block/*; do
        echo "/dev/${path##*/}"
    done
}

# create LEVEL ARGUMENT...: the array /dev/md0, called as the image
create() {
    level=$1
    shift
    yes | mdadm --create /dev/md0 --run --homehost=blkmap --name="${NAME#md-}" --level="$level" \
        --data-offset=256K "$@"
    mdadm --wait /dev/md0 || true
}

# ext4 BLOCKSIZE BIG MKE2FS-OPTION...: files whose sectors say their names, BIG
# bytes in the largest
ext4() {
    bs=$1 big=$2
    shift 2
    rm -rf /tmp/tree
    mkdir -p /tmp/tree/dir
    fill hello 6
    fill dir/one 20000
    fill big "$big"
    find /tmp/tree -exec touch -h -d @$EPOCH {} +
    mke2fs -q -F -t ext4 -b "$bs" -N 64 -U $UUID -E hash_seed=$UUID -O ^resize_inode,^has_journal \
        -d /tmp/tree "$@" /dev/md0
}

# fill PATH BYTES
fill() {
    gawk -v path="@/$1" -v n=$((($2 + 511) / 512)) 'BEGIN {
        dots = sprintf("%512s", ""); gsub(/ /, ".", dots)
        for (i = 0; i < n; i++) {
            s = sprintf("%s %07d\n", path, i)
            print s substr(dots, 1, 511 - length(s))
        }
    }' | head -c "$2" >"/tmp/tree/$1"
}

# read_back: what the kernel reads from the array
read_back() {
    sync
    blockdev --flushbufs /dev/md0
    {
        echo "sectors $(blockdev --getsz /dev/md0)"
        echo "sha256 $(sha256sum </dev/md0 | cut -d ' ' -f 1)"
    } >/tmp/kernel
}

# Two disks, neither a multiple of the rounding; the file system spans them.
image_md_linear_disks() {
    create linear --raid-devices=2 --rounding=64 --metadata=1.2 "$(scsi 1)" "$(scsi 2)"
    ext4 1024 2000000
    read_back
}

# Two partitions of one disk, the later one first.
image_md_linear_parts() {
    disk=$(scsi 3)
    printf 'label: gpt\nsize=3001\nsize=1000\nsize=3003\n' | sfdisk -q "$disk"
    create linear --raid-devices=2 --rounding=4 --metadata=1.1 "${disk}3" "${disk}1"
    ext4 4096 2200000
    read_back
}

# The first disk is a spare, which holds nothing of the array.
image_md_raid1_spare() {
    create 1 --raid-devices=2 --metadata=1.1 "$(scsi 5)" "$(scsi 6)"
    yes "what was here before" 2>/dev/null | head -c 2M >"$(scsi 4)"
    mdadm /dev/md0 --add "$(scsi 4)"
    ext4 1024 1000000
    read_back
}

# The first disk left the array before the last files were written.
image_md_raid1_stale() {
    create 1 --raid-devices=2 --metadata=1.2 "$(scsi 7)" "$(scsi 8)"
    ext4 4096 300000
    sync
    mdadm /dev/md0 --fail "$(scsi 7)"
    mdadm /dev/md0 --remove "$(scsi 7)"
    ext4 1024 1200000
    read_back
}

echo blkmap >/proc/sys/kernel/hostname
date -s "@$EPOCH" >/dev/null
modprobe -a md-mod linear raid1
mkdir -p $OUT
for NAME in md-linear-disks md-linear-parts md-raid1-spare md-raid1-stale; do
    rm -f /tmp/kernel
    (
        set -ex
        "image_$(echo "$NAME" | tr - _)"
    ) >"$OUT/$NAME.log" 2>&1
    mdadm --stop /dev/md0 >>"$OUT/$NAME.log" 2>&1
    [ ! -e /tmp/kernel ] || mv /tmp/kernel "$OUT/$NAME.kernel.txt"
done
sync
