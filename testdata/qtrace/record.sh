#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: record.sh [-o DIR] [EXPERIMENT...]
#
# Records the experiments of experiments.txt (all, or those named) with the
# installed libguestfs and QEMU: a .qtr trace and the disk before and after,
# and for volumes what LVM and device-mapper said. Results go to DIR, or next
# to this script. Makes first whatever disk an experiment starts from.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
table=$here/experiments.txt
out=$here
work=

fail() {
    echo "record.sh: $*" >&2
    exit 1
}

usage() {
    sed -n 's/^# usage: /usage: /p' "$0"
    echo "experiments:"
    stems | sed 's/^/  /'
}

# The table.

stems() {
    awk '!/^#/ { print $1 }' "$table"
}

column() { # STEM NUMBER
    awk -v stem="$1" -v n="$2" '$1 == stem { print $n }' "$table"
}

# The tools.

need() { # TOOL PACKAGE
    command -v "$1" >/dev/null || fail "$1 is missing: install the package $2"
}

need_tools() {
    need awk mawk
    need guestfish guestfish
    need timeout coreutils
    need xz xz-utils
    need "${QTRACE_QEMU:-qemu-system-x86_64}" qemu-system-x86
}

# Whether the appliance really starts under KVM: /dev/kvm may open, even run
# simple code, and yet never get through the start of a kernel.
kvm_works() {
    [ -r /dev/kvm ] && [ -w /dev/kvm ] || return 1
    timeout -k 5 60 guestfish -a /dev/null run >/dev/null 2>&1
}

set_up_libguestfs() {
    export LIBGUESTFS_BACKEND=direct
    export LIBGUESTFS_HV="$here/qemu-trace.sh"
    unset QTRACE_LOG # set only where a session is traced
    [ -z "${LIBGUESTFS_BACKEND_SETTINGS:-}" ] || return 0
    kvm_works || export LIBGUESTFS_BACKEND_SETTINGS=force_tcg
}

# guestfish on a disk, commands from standard input; the second one traced.

on_disk() { # DISK
    guestfish --format=raw -a "$1" >/dev/null
}

on_disk_traced() { # DISK
    QTRACE_LOG=$work/trace.log guestfish --format=raw -a "$1" >/dev/null
}

# guestfish commands.

make_ext2() { # START
    cat <<EOF
run
part-init /dev/sda mbr
part-add /dev/sda p $1 -1
mkfs ext2 /dev/sda1
EOF
}

make_lv() { # START
    cat <<EOF
run
part-init /dev/sda mbr
part-add /dev/sda p $1 -1
pvcreate /dev/sda1
vgcreate VG /dev/sda1
lvcreate LV VG 32
EOF
}

make_ext4() {
    echo "mkfs ext4 /dev/VG/LV blocksize:4096"
}

marked() { # commands from standard input
    echo 'debug qtrace "/dev/sda on"'
    cat
    echo 'debug qtrace "/dev/sda off"'
}

# The file system is unmounted within the marks so that all writes fall there.
write_hello() {
    marked <<EOF
write /hello "hello"
sync
umount /
EOF
}

# What LVM says, which shows only in reads outside the marks. The quotes are
# for guestfish, its list parser and the appliance's shell.
lvm_report() { # COMMAND FIELDS FILE
    cat <<EOF
!echo "# $2" | tr , "|" >"$3"
debug sh "$1 --noheadings --units s --nosuffix --separator \"'|'\" -o $2" | sed -e 's/^ *//' -e '/^\$/d' >>"$3"
EOF
}

lvm_reports() { # STEM
    lvm_report lvs lv_full_name,segtype,seg_start,seg_size,seg_pe_ranges,devices "$out/$1.lvs.txt"
    lvm_report pvs pv_name,vg_name,dev_size,pe_start,pv_pe_count,vg_extent_size "$out/$1.pvs.txt"
    cat <<EOF
debug sh "dmsetup table" | sed '/^\$/d' >"$out/$1.dmsetup.txt"
debug sh "vgcfgbackup -f /tmp/VG.vgcfg VG"
debug sh "cat /tmp/VG.vgcfg" | cat >"$out/$1.vgcfg"
EOF
}

# The disks that experiments start from.

make_before() { # NAME.img.xz
    start_disk=$work/${1%.xz}
    case $1 in
    empty-10M.*) truncate -s 10M "$start_disk" ;;
    N-fs-10M-start63.after.*)
        truncate -s 10M "$start_disk"
        make_ext2 63 | on_disk "$start_disk"
        ;;
    N-fs-10M.after.*) guestfish -N "$start_disk=fs:ext2:10M" exit ;;
    lv-ext4-4k.before.*)
        truncate -s 40M "$start_disk"
        make_lv 2048 | on_disk "$start_disk"
        ;;
    lv-ext4-4k.after.*)
        truncate -s 40M "$start_disk"
        { make_lv 2048 && make_ext4; } | on_disk "$start_disk"
        ;;
    lv-ext4-4k-start63-write-hello.before.*)
        truncate -s 40M "$start_disk"
        { make_lv 63 && make_ext4; } | on_disk "$start_disk"
        ;;
    *) fail "$1: do not know how to make this disk" ;;
    esac
}

# The experiments.

run_experiment() { # STEM DISK
    case $1 in
    N-fs-10M-start63) make_ext2 63 | on_disk_traced "$2" ;;
    N-fs-10M) QTRACE_LOG=$work/trace.log guestfish -N "$2=fs:ext2:10M" exit ;;
    add-mount)
        on_disk_traced "$2" <<EOF
run
mount /dev/sda1 /
EOF
        ;;
    write-hello)
        {
            echo run
            echo mount /dev/sda1 /
            write_hello
        } | on_disk_traced "$2"
        ;;
    lv-ext4-4k)
        {
            echo run
            make_ext4 | marked
            lvm_reports "$1"
        } | on_disk_traced "$2"
        ;;
    # noinit_itable: the kernel would clear the inode table at a random moment
    lv-ext4-4k-write-hello | lv-ext4-4k-start63-write-hello)
        {
            echo run
            echo mount-options noinit_itable /dev/VG/LV /
            write_hello
            lvm_reports "$1"
        } | on_disk_traced "$2"
        ;;
    *) fail "$1: do not know how to run this experiment" ;;
    esac
}

# Each image is compressed once in a run, however many experiments share it.
publish() { # NAME.img.xz
    [ ! -e "$work/$1" ] || return 0
    xz -9e -T1 -k "$work/${1%.xz}"
    cp "$work/$1" "$out/$1"
}

record() { # STEM
    before=$(column "$1" 2)
    after=$(column "$1" 3)
    disk=$work/${after%.xz}
    [ -e "$work/${before%.xz}" ] || make_before "$before"
    rm -f "$work/$after"
    cp --sparse=always "$work/${before%.xz}" "$disk"
    run_experiment "$1" "$disk"
    awk -v image="$disk" -v bytes="$(stat -c %s "$disk")" \
        -f "$here/log-to-qtr.awk" "$work/trace.log" >"$work/$1.qtr"
    publish "$before"
    publish "$after"
    mv "$work/$1.qtr" "$out/$1.qtr"
    echo "$1: $(grep -c '^R' "$out/$1.qtr") reads, $(grep -c '^W' "$out/$1.qtr") writes"
}

while getopts ho: option; do
    case $option in
    h)
        usage
        exit
        ;;
    o) out=$OPTARG ;;
    *)
        usage >&2
        exit 2
        ;;
    esac
done
shift $((OPTIND - 1))

# shellcheck disable=SC2046 # stems are single words
[ $# -gt 0 ] || set -- $(stems)
for stem; do
    [ -n "$(column "$stem" 1)" ] || fail "$stem: no such experiment"
done

need_tools
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
set_up_libguestfs

for stem; do
    record "$stem"
done
