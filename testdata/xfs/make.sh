#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: make.sh [-o DIR] [NAME...]
#
# Makes the XFS images of this directory anew (all, or those named), as NAME.img.xz. Needs root, xfsprogs, xz and
# a kernel that mounts XFS; images of version 4, which new kernels do not mount, are filled by mkfs.xfs itself.
# UUIDs and times differ from run to run, and with them a little of the layout.

set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
out=$here
[ "${1:-}" != -o ] || { out=$2 && shift 2; }
work=$(mktemp -d)
loop='' log=''
clean() {
    mountpoint -q "$work/mnt" && umount "$work/mnt"
    [ -z "$loop" ] || losetup -d "$loop"
    [ -z "$log" ] || losetup -d "$log"
    rm -rf "$work"
}
trap clean EXIT
trap 'exit 1' INT TERM
mkdir "$work/mnt"

# NAME|SIZE|what the files are|options of mkfs.xfs
images='
xfs-default|300M|files|
xfs-all-features|300M|files|-m rmapbt=1,reflink=1,bigtime=1,inobtcount=1,finobt=1 -i sparse=1
xfs-nrext64|300M|files|-m rmapbt=1 -i nrext64=1
xfs-plain-v5|300M|files|-m rmapbt=0,reflink=0,finobt=0 -i sparse=0
xfs-1k|300M|files|-b size=1k -m rmapbt=1
xfs-2k-dir16k|300M|files|-b size=2k -n size=16k -m rmapbt=1
xfs-64k|1200M|files|-b size=64k -m rmapbt=1
xfs-4kn|300M|files|-s size=4k -m rmapbt=1
xfs-inode-2k-dir64k|300M|files|-n size=64k -i size=2048
xfs-many-ags|320M|files|--unsupported -d agcount=19 -m rmapbt=1
xfs-short-ag|301M|files|--unsupported -d agsize=32m -m rmapbt=1
xfs-sparse-inodes|300M|sparse|-i sparse=1 -m rmapbt=1
xfs-unlinked|300M|unlinked|-m rmapbt=1
xfs-fragmented|300M|fragmented|-b size=1k -m rmapbt=1,reflink=1
xfs-dirty|300M|dirty|
xfs-dirty-rmap|300M|dirty|-m rmapbt=1,reflink=1 -b size=1k
xfs-aged|300M|aged|-m rmapbt=1,reflink=1
xfs-crash|300M|crash|--unsupported -l size=13m -m rmapbt=1,reflink=1
xfs-crash-1k|200M|crash|--unsupported -b size=1k -l size=13m -m rmapbt=0,reflink=1
xfs-crash-64k|1200M|crash|-b size=64k -i nrext64=1 -l su=256k
xfs-stripe|700M|files|-d su=64k,sw=4
xfs-lazy-log|300M|files|-l su=32k,version=2
xfs-small|16M|proto|--unsupported
xfs-v4|300M|proto|-m crc=0
xfs-v4-512|300M|proto|-m crc=0 -b size=512 -i size=256
xfs-v4-noftype|300M|proto|-m crc=0 -n ftype=0
xfs-v4-64k|1200M|proto|-m crc=0 -b size=64k
'

text() { # BYTES
    head -c "$1" /dev/zero | tr '\0' x
}

# What many have: directories of all forms, links, attributes, holes, files that share blocks.
files() { # ROOT
    mkdir -p "$1/a/b/c" "$1/leaf" "$1/node" "$1/short"
    for i in 1 2 3; do text 100 >"$1/short/f$i"; done
    for i in $(seq 80); do text 10 >"$1/leaf/a-file-with-a-longer-name-$i"; done
    for i in $(seq 1500); do ln "$1/short/f1" "$1/node/another-name-of-the-same-file-$i"; done
    text 300000 >"$1/a/big"
    cp --reflink=auto "$1/a/big" "$1/a/b/clone"
    text 9000 | dd of="$1/a/b/clone" bs=4k seek=10 conv=notrunc status=none
    truncate -s 50M "$1/a/sparse"
    for i in 0 7 300 9000; do text 4096 | dd of="$1/a/sparse" bs=4k seek=$i conv=notrunc status=none; done
    fallocate -l 1M "$1/a/unwritten"
    ln -s big "$1/a/link"
    ln -s "$(text 800)" "$1/a/long-link"
    setfattr -n user.short -v value "$1/a/big"
    setfattr -n user.long -v "$(text 5000)" "$1/a/b/clone"
    for i in $(seq 60); do setfattr -n "user.many-$i" -v "$(text 200)" "$1/a/b"; done
    mkfifo "$1/a/pipe"
    sync
    rm "$1/leaf/"*7*
}

# Chunks of inodes with holes, where free space is in small pieces.
sparse() {
    for i in $(seq 3000); do text 4096 >"$1/fill-$i"; done
    sync
    fallocate -l 180M "$1/rest" || true
    for i in $(seq 20000); do text 4096 >"$1/more-$i" 2>/dev/null || break; done
    sync
    rm -f "$1"/fill-*[02468]
    sync
    for i in $(seq 3000); do : >"$1/empty-$i" 2>/dev/null || break; done
    sync
}

# Files that are open and have no name: the log is clean, but they are still there.
unlinked() {
    files "$1"
    for i in 1 2 3; do text 20000 >"$1/gone-$i"; done
    sync
    exec 7<"$1/gone-1" 8<"$1/gone-2"
    rm "$1/gone-1" "$1/gone-2"
    sync
    freeze "$1"
    exec 7<&- 8<&-
}

fragmented() {
    for i in $(seq 0 2 2400); do
        text 1024 | dd of="$1/one" bs=1k seek="$i" conv=notrunc,fsync status=none
        text 1024 | dd of="$1/other" bs=1k seek="$i" conv=notrunc,fsync status=none
    done
    cp --reflink=always "$1/one" "$1/clone"
}

# A copy of the disk while its log holds what is not in place yet.
dirty() {
    files "$1"
    sync
    for i in $(seq 50); do text 500 >"$1/late-$i" && mv "$1/late-$i" "$1/a/moved-$i"; done
    mkdir "$1/new"
    for i in $(seq 300); do ln "$1/short/f2" "$1/new/a-name-that-is-only-in-the-log-$i"; done
    for i in $(seq 200); do : >"$1/new/empty-$i"; done
    rm -r "$1/leaf"
    for i in 1 3 5 7 9 11 13 15 17 19 21 23 25 27 29 31 33 35 37 39 41 43 45 47 49; do
        text 4096 | dd of="$1/a/pieces" bs=4k seek=$i conv=notrunc status=none
    done
    sync
    copy_now
}

# Months of use.
aged() {
    python3 "$here/age.py" "$1" 7 2500
}

# A machine that stops in the middle of it: what is in the log is not in place.
crash() {
    python3 "$here/age.py" "$1" 11 2600
    sync
    sleep 1
    mkdir "$1/last"
    python3 "$here/age.py" "$1/last" 13 300
    sleep 2
    xfs_io -x -c 'shutdown -f' "$1"
}

# The disk is copied when all that is to be there has been written, and before the log is emptied.
freeze() { # ROOT
    fsfreeze -f "$1"
    copy_now
    fsfreeze -u "$1"
}

copy_now() {
    cp --sparse=always "$work/disk.img" "$work/frozen.img"
}

# mkfs.xfs fills a file system from such a description.
proto() {
    mkdir "$work/files"
    text 300000 >"$work/files/big"
    text 100 >"$work/files/small"
    {
        printf '/\n0 0\nd--755 0 0\nbig ---644 0 0 %s\n' "$work/files/big"
        printf 'dir d--755 0 0\n'
        for i in $(seq 400); do
            printf 'a-file-with-a-name-%s ---644 0 0 %s\n' "$i" "$work/files/small"
        done
        printf 'link l--777 0 0 a-file-with-a-name-1\npipe p--644 0 0\n$\n$\n'
    } >"$work/proto"
}

pack() { # NAME
    xz -T0 -9 -c "$work/disk.img" >"$out/$1.img.xz"
    echo "$1"
}

# The same disk when the kernel has replayed its log: what a map of it is held against.
make_replayed() {
    loop=$(losetup -f --show "$work/disk.img")
    mount -t xfs "$loop" "$work/mnt"
    umount "$work/mnt"
    losetup -d "$loop"
    loop=
    pack "$name-replayed"
}

make_image() { # NAME SIZE FILES OPTION...
    name=$1 size=$2 files=$3
    shift 3
    rm -rf "$work"/*.img "$work/files" "$work/proto"
    truncate -s "$size" "$work/disk.img"
    if [ "$files" = proto ]; then
        proto
        mkfs.xfs -q -f -p "$work/proto" "$@" "$work/disk.img"
    else
        mkfs.xfs -q -f "$@" "$work/disk.img"
        loop=$(losetup -f --show "$work/disk.img")
        mount -t xfs "$loop" "$work/mnt"
        "$files" "$work/mnt"
        umount "$work/mnt"
        losetup -d "$loop"
        loop=
    fi
    [ ! -e "$work/frozen.img" ] || mv "$work/frozen.img" "$work/disk.img"
    pack "$name"
    case $files in dirty | crash) make_replayed ;; esac
}

# A file system and its log on a disk of its own, as a machine that stopped leaves them, and the first one when the
# kernel has replayed it.
make_external() {
    rm -rf "$work"/*.img
    truncate -s 300M "$work/disk.img"
    truncate -s 64M "$work/log.img"
    mkfs.xfs -q -f -m rmapbt=1 -l logdev="$work/log.img",size=64m "$work/disk.img"
    log=$(losetup -f --show "$work/log.img")
    mount_external
    python3 "$here/age.py" "$work/mnt" 3 300
    sleep 1
    xfs_io -x -c 'shutdown -f' "$work/mnt"
    umount_external
    mkdir -p "$out/external"
    pack external/disk
    xz -T0 -9 -c "$work/log.img" >"$out/external/log.img.xz"
    mount_external
    umount_external
    pack external/disk-replayed
    losetup -d "$log"
    log=
}

mount_external() {
    loop=$(losetup -f --show "$work/disk.img")
    mount -t xfs -o logdev="$log" "$loop" "$work/mnt"
}

umount_external() {
    umount "$work/mnt"
    losetup -d "$loop"
    loop=
}

# Quotas, and version 4 with them, need a kernel with support for both: libguestfs' appliance (libguestfs-tools,
# libguestfs-xfs) has one.
make_quota() {
    rm -rf "$work"/*.img
    truncate -s 300M "$work/disk.img" "$work/v4.img"
    mkfs.xfs -q -f "$work/disk.img"
    mkfs.xfs -q -f -m crc=0 "$work/v4.img"
    guestfish add "$work/disk.img" format:raw : add "$work/v4.img" format:raw : run : \
        debug sh "mkdir -p /q /v && mount -t xfs -o uquota,gquota,pquota /dev/sda /q &&
            mount -t xfs -o uquota,gquota /dev/sdb /v &&
            for m in /q /v; do
                for i in \$(seq 40); do
                    head -c 20000 /dev/zero | tr '\\0' x >\$m/file-\$i
                    chown \$((i * 40)):\$((i * 70)) \$m/file-\$i
                done
                mkdir \$m/dir
                for i in \$(seq 200); do echo x >\$m/dir/a-longer-name-of-a-file-\$i; done
            done
            sync; umount /q /v"
    pack xfs-quota
    mv "$work/v4.img" "$work/disk.img"
    pack xfs-v4-quota
}

case " $* " in *" quota "* | "  ") make_quota ;; esac
case " $* " in *" external "* | "  ") make_external ;; esac
echo "$images" | while IFS='|' read -r name size files options; do
    [ -n "$name" ] || continue
    case " $* " in *" $name "* | "  ") ;; *) continue ;; esac
    # shellcheck disable=SC2086 # options are words
    make_image "$name" "$size" "$files" $options </dev/null
done
