#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# guest.sh NAME:FIRST:COUNT...: make images inside the libguestfs appliance.
# The disks of NAME are SCSI targets FIRST and up. What the tools said goes to
# /tmp/out as NAME.*, and how it went to NAME.log, NAME.failed.
set -u

here=/tmp/lvm
export LC_ALL=C TZ=UTC LVM_SYSTEM_DIR=/tmp/lvm-conf
EPOCH=1262304000 # 2010-01-01, as in testdata/images
export E2FSPROGS_FAKE_TIME=$EPOCH MKE2FS_SKIP_CHECK_MSG=1 MKE2FS_SKIP_PROGRESS=1
UUID=b1c0ffee-0000-4000-8000-000000000001
OUT=/tmp/out

die() {
    echo "FAILED: $*"
    exit 1
}

# Devices.

# scsi TARGET: the disk with that SCSI target number, which is the order of
# guestfish -a (sda, sdb ... are given out in the order of discovery)
scsi() {
    for path in /sys/bus/scsi/devices/*:0:"$1":0/block/*; do
        echo "/dev/${path##*/}"
    done
}

# find_disks FIRST COUNT: set DISKS, and D0, D1 ... to the disks of this image
find_disks() {
    DISKS=
    i=0
    while [ $i -lt "$2" ]; do
        eval "D$i=$(scsi $(($1 + i)))"
        eval "DISKS=\"\$DISKS \$D$i\""
        i=$((i + 1))
    done
}

# see DISK...: let LVM see these disks and what lies on volumes, nothing else
see() {
    filter=
    for disk in "$@"; do
        filter="$filter\"a|^${disk}[0-9]*\$|\", "
    done
    mkdir -p $LVM_SYSTEM_DIR
    cat >$LVM_SYSTEM_DIR/lvm.conf <<END
devices {
    dir = "/dev"
    obtain_device_list_from_udev = 0
    external_device_info_source = "none"
    scan_lvs = 1
    pv_min_size = 512
    global_filter = [ $filter"a|^/dev/(mapper/)?V|", "r|.*|" ]
}
global {
    thin_check_executable = ""
    cache_check_executable = ""
    support_mirrored_mirror_log = 1
    use_lvmpolld = 0
    event_activation = 0
}
activation {
    monitoring = 0
    udev_sync = 0
    udev_rules = 0
}
allocation {
    wipe_signatures_when_zeroing_new_lvs = 0
}
backup {
    backup = 0
    archive = 0
}
END
}

# table DISK SECTORS...: a GPT with partitions of so many sectors from 2048 on
table() {
    disk=$1
    shift
    {
        echo "label: gpt"
        for size in "$@"; do
            echo "size=$size"
        done
    } | sfdisk -q "$disk"
}

# group VG PV...: with small metadata areas and extents of 64 KiB
group() {
    vg=$1
    shift
    pvcreate -q --metadatasize "${MDA:-124k}" --dataalignment 64k "$@" >/dev/null
    vgcreate -q -s "${EXTENT:-64k}" "$vg" "$@" >/dev/null
}

# lv ARG...: lvcreate without questions
lv() {
    lvcreate -q -y -Wy -Zy "$@"
}

# wait_sync VG/LV...: until all copies and parity are in place
wait_sync() {
    for vol in "$@"; do
        tries=0
        until lvs --noheadings -o copy_percent "$vol" | grep -q 100.00; do
            tries=$((tries + 1))
            [ $tries -lt 60 ] || die "$vol does not get in sync"
            sleep 1
        done
    done
}

# Contents.

# lines FORMAT FIRST COUNT: so many sectors, each beginning with what FORMAT
# makes of its number and a check number, padded with dots and a newline. The
# check makes the parity of three stamps no stamp.
lines() {
    gawk -v f="$1\n" -v first="$2" -v n="$3" 'BEGIN {
        dots = sprintf("%512s", ""); gsub(/ /, ".", dots)
        for (i = first; i < first + n; i++) {
            s = sprintf(f, i, i * i % 999983)
            print s substr(dots, 1, 511 - length(s))
        }
    }'
}

# stamp VG/LV [NAME [FIRST COUNT]]: say in every sector "NAME sector N", and in
# a second line "check M", M being the rest of N * N divided by 999983
stamp() {
    count=${4:-$(blockdev --getsz "/dev/$1")}
    lines "${2:-$1} sector %d\ncheck %06d" "${3:-0}" "$count" |
        dd of="/dev/$1" bs=512 seek="${3:-0}" iflag=fullblock conv=notrunc,fsync \
            status=none
}

# pattern PATH BYTES: the content of a file, the same as in testdata/images
pattern() {
    lines "@$1 %07d" 0 $((($2 + 511) / 512)) | head -c "$2"
}

# tree VG/LV BIG: a directory $TREE of files that say their names; BIG bytes
# in the largest
tree() {
    TREE=/tmp/tree
    rm -rf $TREE
    mkdir -p $TREE/dir/sub
    pattern "$1:/hello" 6 >$TREE/hello
    pattern "$1:/dir/one" 1000 >$TREE/dir/one
    pattern "$1:/dir/sub/two" 20000 >$TREE/dir/sub/two
    pattern "$1:/big" "$2" >$TREE/big
    chown -R 0:0 $TREE
    find $TREE -exec touch -h -d @$EPOCH {} +
}

# ext4 VG/LV BLOCKSIZE BIG MKE2FS-OPTION...: an ext4 with such a tree
ext4() {
    vol=$1 bs=$2 big=$3
    shift 3
    tree "$vol" "$big"
    mke2fs -q -F -t ext4 -b "$bs" -I 256 -N 64 -U $UUID -E hash_seed=$UUID \
        -O ^resize_inode,^orphan_file,metadata_csum,64bit -d $TREE "$@" "/dev/$vol"
    sync
}

# What the tools say, in the words that would be right if the image's disks
# were the only ones: sda, sdb ..., 8:0 and up.

# as_if_alone: a sed script that renames devices and device numbers
as_if_alone() {
    i=0
    for disk in $DISKS; do
        name=${disk#/dev/}
        for dev in "/sys/block/$name" "/sys/block/$name/$name"[0-9]*; do
            [ -e "$dev/dev" ] || continue
            part=${dev##*"$name"}
            printf 's/\\b%s\\b/8:@%s/g\n' "$(cat "$dev/dev")" $((i * 16 + ${part:-0}))
        done
        printf 's/\\b%s\\([0-9]*\\)\\b/sd@%s\\1/g\n' "$name" "$(echo $i | tr 0-9 a-j)"
        i=$((i + 1))
    done
    echo "s/8:@/8:/g; s/sd@/sd/g"
}

# rows COMMAND FIELDS [ARG...]: a report with a header line
rows() {
    command=$1 fields=$2
    shift 2
    echo "# $fields" | tr , '|'
    "$command" --noheadings --units s --nosuffix --separator '|' -o "$fields" "$@" |
        sed 's/^ *//'
}

LVS=lv_full_name,lv_attr,segtype,seg_start,seg_size,stripes,stripe_size
LVS=$LVS,region_size,chunk_size,seg_pe_ranges,devices,metadata_devices,lv_role
LVS=$LVS,lv_layout,data_offset,reshape_len,origin,pool_lv,thin_id
PVS=pv_name,vg_name,pv_uuid,dev_size,pe_start,pv_pe_count,vg_extent_size
PVS=$PVS,pv_mda_count,pv_mda_used_count,pv_missing

dm_report() {
    echo "# dmsetup table"
    dmsetup table
    echo "# dmsetup info -c: name, major, minor"
    dmsetup info -c --noheadings --separator ' ' -o name,major,minor
    echo "# dmsetup ls --tree"
    dmsetup ls --tree
}

# report VG...: to be called while the volumes are active
report() {
    report_text "$@"
    dm_report | sed -f /tmp/names.sed >"$OUT/$NAME.dmsetup.txt"
}

# report_text VG...: what LVM says even of volumes that are not active
report_text() {
    as_if_alone >/tmp/names.sed
    rows lvs "$LVS" -a "$@" | sed -f /tmp/names.sed >"$OUT/$NAME.lvs.txt"
    rows pvs "$PVS" | sed -f /tmp/names.sed >"$OUT/$NAME.pvs.txt"
    backup "$@"
}

# backup VG...: the metadata as text
backup() {
    : >"$OUT/$NAME.vgcfg"
    for vg in "$@"; do
        vgcfgbackup -q -f /tmp/vgcfg "$vg" >/dev/null || die "vgcfgbackup $vg"
        sed -f /tmp/names.sed /tmp/vgcfg >>"$OUT/$NAME.vgcfg"
    done
}

# close_all: no volume stays active, whatever happened
close_all() {
    sync
    grep -o '^/dev/[^ ]* /mnt[^ ]*' /proc/mounts | while read -r _ dir; do
        umount "$dir"
    done
    vgchange -q -an >/dev/null 2>&1
    dmsetup remove_all --force >/dev/null 2>&1
    sync
    for disk in $DISKS; do
        blockdev --flushbufs "$disk"
    done
}

# make_image NAME FIRST COUNT
make_image() {
    NAME=$1
    find_disks "$2" "$3"
    # shellcheck disable=SC2086 # a list of devices
    see $DISKS
    start=$(cut -d. -f1 /proc/uptime)
    (
        set -ex
        "image_$(echo "$NAME" | tr - _)"
    ) >"$OUT/$NAME.log" 2>&1 # not followed by ||, which would undo set -e
    made=$?
    [ $made -eq 0 ] || tail -n 3 "$OUT/$NAME.log" >"$OUT/$NAME.failed"
    close_all >>"$OUT/$NAME.log" 2>&1
    echo "$NAME: $(($(cut -d. -f1 /proc/uptime) - start)) s" >>"$OUT/times"
}

echo blkmap >/proc/sys/kernel/hostname
date -s "@$EPOCH" >/dev/null
# LVM makes the device nodes itself: under emulation udev takes most of the time
udevadm control --exit
mkdir -p $OUT /mnt
for family in plain raid cow meta thin; do
    if [ -f "$here/$family.sh" ]; then
        # shellcheck source=/dev/null
        . "$here/$family.sh"
    fi
done
for image; do
    # shellcheck disable=SC2046 # three words
    make_image $(echo "$image" | tr : ' ')
done
