#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# table.sh >images.txt: look at every image with the tools and say what it is.
# The purpose is the comment above the image's function.
set -u
export LC_ALL=C
cd "$(dirname "$0")" || exit 2
TMP=$(mktemp -d) || exit 2
trap 'rm -rf "$TMP"' EXIT

# fsck IMAGE: what e2fsck says, in a word
fsck_word() {
    if [ -f "$1.device" ]; then
        e2fsck -fn -j "$1.device" "$1" >/dev/null 2>&1
    else
        e2fsck -fn "$1" >/dev/null 2>&1
    fi
    case $? in
    0) echo clean ;;
    4) echo errors ;;
    *) echo refused ;;
    esac
}

# features IMAGE: what the superblock says
features() {
    dumpe2fs -h "$1" 2>/dev/null |
        sed -n 's/^Filesystem features: *//p; s/^Block size: */bs=/p' |
        tr '\n' ' ' | sed 's/ $//'
}

# recognised IMAGE: what libblkid says
recognised() {
    blkid -p -o export "$1" 2>/dev/null |
        sed -n 's/^\(TYPE\|PTTYPE\|VERSION\)=/\L\1=/p' | tr '\n' ' ' | sed 's/ $//'
}

# facts NAME IMAGE: oracles, verdict of e2fsck, features
facts() {
    case $1 in
    gpt-* | mbr-* | damage-mbr-* | damage-ebr-* | damage-cut)
        printf 'sfdisk,sgdisk,mmls\t-\t%s' "$(recognised "$2")" ;;
    md-*) printf 'blkid,mdadm\t-\t%s' "$(recognised "$2")" ;;
    opaque-* | swap-* | blank) printf 'blkid\t-\t%s' "$(recognised "$2")" ;;
    *-device) printf 'dumpe2fs,debugfs\t-\t%s' "$(features "$2")" ;;
    *) printf 'dumpe2fs,debugfs,tsk\t%s\t%s' "$(fsck_word "$2")" "$(features "$2")" ;;
    esac
}

# purpose NAME: the comment above its function, or behind its "also" line
purpose() {
    awk -v f="image_$(echo "$1" | tr - _)() {" -v also="    also $1 " '
        /^# / { text = text " " substr($0, 3); next }
        $0 == f { print substr(text, 2); exit }
        index($0, also) == 1 { sub(/.* # /, ""); print; exit }
        { text = "" }' ./*.sh
}

row() {
    if [ -f "$1-device.img.xz" ]; then
        xz -dc "$1-device.img.xz" >"$TMP/img.device"
    fi
    xz -dc "$1.img.xz" | dd of="$TMP/img" bs=64k conv=sparse iflag=fullblock status=none
    truncate -s "$(xz -l --robot "$1.img.xz" | awk '/^totals/ { print $5 }')" "$TMP/img"
    printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$1.img.xz" \
        "$(($(stat -c %s "$TMP/img") / 1024))K" "$(facts "$1" "$TMP/img")" "$(purpose "$1")"
    rm -f "$TMP/img" "$TMP/img.device"
}

echo '# made by table.sh; in a column of e2fsck -fn, "errors" is intended'
printf '# name\tfile\tsize\toracles\te2fsck -fn\tfeatures found\twhat it is for\n'
# shellcheck disable=SC2046 # a list of words
[ $# -gt 0 ] || set -- $(./make.sh -l)
for name; do
    row "$name"
    [ ! -f "$name-device.img.xz" ] || row "$name-device"
done
