#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: base-image.sh [-o DIR]
#
# Makes base.img.xz, the disk that most of the traces here start from.

set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

make_tree() {
    mkdir -p tree/dir/sub
    echo hello >tree/hello
    yes 'all work and no play' | head -c 2097152 >tree/dir/big
    for n in 1 2 3 4 5 6 7 8; do
        yes "$n" | head -c $((n * 700)) >"tree/dir/sub/small$n"
    done
    ln -s dir/big tree/link
    find tree -exec touch -h -d @1700000000 {} +
}

begin "$@"
need sfdisk fdisk
need mke2fs e2fsprogs
make_tree
truncate -s 16M base.img
printf 'label: dos\nlabel-id: 0x626c6b6d\n2048,,L\n' | sfdisk -q base.img
E2FSPROGS_FAKE_TIME=1700000000
export E2FSPROGS_FAKE_TIME
uuid=8d2f1c5e-60b7-4d0a-9c1b-2f4b6a7d8e90
mke2fs -q -t ext4 -b 1024 -N 512 -J size=1 -L base -U "$uuid" -d tree \
    -E "offset=$part_start,hash_seed=$uuid,root_owner=0:0,lazy_itable_init=0" \
    base.img 15M
publish_image base.img
