#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# make.sh [-o DIR]: make the md test images again, in the libguestfs appliance
# (one start for all of them). -o: where to put the results.
set -u

here=$(cd "$(dirname "$0")" && pwd)
out=$here

die() {
    echo "make.sh: $*" >&2
    exit 2
}

# NAME SIZE...: the images and their disks, in KiB
images() {
    cat <<END
md-linear-disks 2060 1572
md-linear-parts 6144
md-raid1-spare 2048 2048 2048
md-raid1-stale 2048 2048
END
}

# disks NAME SIZE...: their files and sizes, a line each
disks() {
    name=$1
    shift
    i=0
    for size; do
        if [ $# -gt 1 ]; then echo "$name-m$i.img $size"; else echo "$name.img $size"; fi
        i=$((i + 1))
    done
}

# what guestfish is told: the disks of all images, the scratch disk first
arguments() {
    printf ' -a %s' "$work/scratch"
    while read -r name _; do
        printf " -a $work/%s" "$name"
    done <"$work/disks"
}

# /dev/kvm may open and yet never get through the start of a kernel.
set_up_libguestfs() {
    export LIBGUESTFS_BACKEND=direct
    [ -z "${LIBGUESTFS_BACKEND_SETTINGS:-}" ] || return 0
    if ! timeout -k 5 60 guestfish -a /dev/null run >/dev/null 2>&1; then
        export LIBGUESTFS_BACKEND_SETTINGS=force_tcg
    fi
}

while getopts o: opt; do
    case $opt in
    o) out=$OPTARG ;;
    *) exit 2 ;;
    esac
done
mkdir -p "$out" && out=$(cd "$out" && pwd) || exit 2
work=$(mktemp -d "${TMPDIR:-/tmp}/md.XXXXXX") || exit 2
trap '[ -n "${KEEP:-}" ] || rm -rf "$work"' EXIT
trap 'exit 2' INT TERM
set_up_libguestfs

# shellcheck disable=SC2086 # a list of sizes
images | while read -r name sizes; do disks "$name" $sizes; done >"$work/disks"
while read -r name size; do
    truncate -s "${size}K" "$work/$name" || die "no room for $name"
done <"$work/disks"
tar -C "$here" -cf "$work/scratch" guest.sh
truncate -s 8M "$work/scratch"
# shellcheck disable=SC2046 # a list of options
guestfish --format=raw $(arguments) <<END || die "the appliance failed"
run
debug sh "S=/dev/\$(ls /sys/bus/scsi/devices/*:0:0:0/block | grep sd); tar -C /tmp -xf \$S && sh /tmp/guest.sh; tar -C /tmp -cf \$S out && sync"
END
tar -C "$work" -xf "$work/scratch" || die "the appliance gave no results"
images | while read -r name sizes; do
    [ -e "$work/out/$name.kernel.txt" ] || die "$name failed: $(tail -n 5 "$work/out/$name.log")"
    cp "$work/out/$name.kernel.txt" "$out"
    # shellcheck disable=SC2086 # a list of sizes
    disks "$name" $sizes | while read -r disk _; do
        xz -6 -T1 --check=crc32 -c "$work/$disk" >"$out/$disk.xz"
    done
done
