#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# make.sh [-o DIR] [-l] [NAME...]: make the LVM test images again, all or by
# name, in the libguestfs appliance (one start for all of them). -o: where to
# put the results; -l: list the names.
set -u

here=$(cd "$(dirname "$0")" && pwd)
out=$here
list=

die() {
    echo "make.sh: $*" >&2
    exit 2
}

names() {
    awk -F '|' '!/^#/ { print $1 }' "$here/images.txt"
}

column() { # NAME NUMBER
    awk -F '|' -v name="$1" -v n="$2" '$1 == name { print $n }' "$here/images.txt"
}

need() { # TOOL PACKAGE
    command -v "$1" >/dev/null || die "$1 is missing: install the package $2"
}

need_tools() {
    need guestfish libguestfs-tools
    need xz xz-utils
    need thin_dump thin-provisioning-tools
}

# /dev/kvm may open and yet never get through the start of a kernel.
set_up_libguestfs() {
    export LIBGUESTFS_BACKEND=direct
    [ -z "${LIBGUESTFS_BACKEND_SETTINGS:-}" ] || return 0
    if ! timeout -k 5 60 guestfish -a /dev/null run >/dev/null 2>&1; then
        export LIBGUESTFS_BACKEND_SETTINGS=force_tcg
    fi
}

# disks NAME: its image files and their sizes, a line each
disks() {
    column "$1" 2 | awk -v name="$1" '{
        for (i = 1; i <= NF; i++)
            print name (NF > 1 ? "-pv" (i - 1) : "") ".img", $i
    }'
}

disk_files() { # NAME
    disks "$1" | cut -d ' ' -f 1
}

blank_disks() { # NAME
    disks "$1" | while read -r file size; do
        rm -f "$work/$file"
        truncate -s "$size" "$work/$file" || die "no room for $file"
    done
}

# in_appliance ARGUMENTS DISK...: run guest.sh, scratch disk first
in_appliance() {
    arguments=$1
    shift
    tar -C "$here/.." -cf "$work/scratch" lvm/guest.sh lvm/plain.sh lvm/raid.sh \
        lvm/cow.sh lvm/meta.sh lvm/thin.sh
    truncate -s 64M "$work/scratch"
    set -- "$work/scratch" "$@"
    for disk; do
        set -- "$@" -a "$disk"
        shift
    done
    guestfish --format=raw "$@" <<END
run
debug sh "S=/dev/\$(ls /sys/bus/scsi/devices/*:0:0:0/block | grep sd); tar -C /tmp -xf \$S && sh /tmp/lvm/guest.sh $arguments; tar -C /tmp -cf \$S out && sync"
END
}

# session NAME...: all the images in one appliance, results in $work/out
session() {
    arguments='' first=1 disks=''
    for name; do
        blank_disks "$name"
        count=$(disk_files "$name" | wc -l)
        arguments="$arguments $name:$first:$count"
        first=$((first + count))
        for file in $(disk_files "$name"); do
            disks="$disks $work/$file"
        done
    done
    # shellcheck disable=SC2086 # a list of files
    in_appliance "$arguments" $disks || die "the appliance failed"
    tar -C "$work" -xf "$work/scratch" || die "the appliance gave no results"
}

# publish NAME: pack the disks and take the reports
publish() {
    if [ -e "$work/out/$1.failed" ]; then
        echo "$1: failed"
        cat "$work/out/$1.failed"
        cp "$work/out/$1.log" "$out"
        return 1
    fi
    for file in $(disk_files "$1"); do
        xz -6 -T1 --check=crc32 -c "$work/$file" >"$out/$file.xz"
    done
    for kind in lvs.txt pvs.txt dmsetup.txt vgcfg; do
        cp "$work/out/$1.$kind" "$out"
    done
    for meta in "$work/out/$1".*.tmeta; do
        [ -e "$meta" ] || continue
        pool=${meta#"$work/out/$1".}
        thin_dump "$meta" >"$out/$1.${pool%.tmeta}.thin.xml" || die "$1: thin_dump"
    done
}

while getopts o:l opt; do
    case $opt in
    o) out=$OPTARG ;;
    l) list=1 ;;
    *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))

if [ -n "$list" ]; then
    names
    exit
fi
# shellcheck disable=SC2046 # names are single words
[ $# -gt 0 ] || set -- $(names)
for name; do
    [ -n "$(column "$name" 1)" ] || die "$name: no such image"
done

need_tools
mkdir -p "$out" && out=$(cd "$out" && pwd) || exit 2
work=$(mktemp -d "${TMPDIR:-/tmp}/lvm.XXXXXX") || exit 2
trap '[ -n "${KEEP:-}" ] || rm -rf "$work"' EXIT
trap 'exit 2' INT TERM
set_up_libguestfs

session "$@"
cat "$work/out/times"
status=0
for name; do
    publish "$name" || status=2
done
exit $status
