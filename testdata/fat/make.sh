#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: make.sh [-o DIR] [NAME...]
#
# Makes the FAT images of this directory anew (all, or those named), as NAME.img.xz, with mkfs.fat and mtools; no
# root needed.

set -eu
out=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
[ "${1:-}" != -o ] || { out=$2 && shift 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
export MTOOLS_SKIP_CHECK=1

# NAME|SIZE in KiB|options of mkfs.fat
images='
fat12|1440|-F 12 -i 0badcafe -n FLOPPY
fat12-1fat|720|-F 12 -f 1 -i 0badcafe
fat16|20480|-F 16 -i 0badcafe
fat16-cluster|204800|-F 16 -s 32 -i 0badcafe
fat32|40960|-F 32 -i 0badcafe -n EFI
fat32-no-backup|40960|-F 32 -b 0 -i 0badcafe
fat32-4k-sectors|307200|-F 32 -S 4096 -s 1 -i 0badcafe
fat32-cluster|102400|-F 32 -s 2 -R 40 -i 0badcafe
'

text() { # BYTES
    head -c "$1" /dev/zero | tr '\0' x
}

# Short and long names, directories of several clusters, fragmented and deleted files.
fill() { # IMAGE
    mmd -i "$1" ::/EFI ::/EFI/BOOT ::/many "::/a directory with a long name"
    text 70000 >"$work/file" && mcopy -i "$1" "$work/file" ::/EFI/BOOT/BOOTX64.EFI
    text 10 >"$work/file" && mcopy -i "$1" "$work/file" "::/a directory with a long name/grüße, ☃.txt"
    mcopy -i "$1" "$work/file" ::/lower.txt
    : >"$work/empty" && mcopy -i "$1" "$work/empty" ::/empty
    for i in $(seq 40); do
        text $((i * 100)) >"$work/file" && mcopy -i "$1" "$work/file" "::/many/a file with number $i"
    done
    for i in $(seq 1 2 40); do mdel -i "$1" "::/many/a file with number $i"; done
    text 60000 >"$work/file" && mcopy -i "$1" "$work/file" ::/many/in-pieces
    mdel -i "$1" ::/lower.txt
}

echo "$images" | while IFS='|' read -r name size options; do
    [ -n "$name" ] || continue
    case " $* " in *" $name "* | "  ") ;; *) continue ;; esac
    rm -f "$work/disk.img"
    truncate -s "${size}k" "$work/disk.img"
    # shellcheck disable=SC2086 # options are words
    mkfs.fat --invariant $options "$work/disk.img" >/dev/null
    fill "$work/disk.img"
    xz -9 -c "$work/disk.img" >"$out/$name.img.xz"
    echo "$name"
done
