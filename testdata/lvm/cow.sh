# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# Volumes with a second place for some of their sectors: snapshots, caches.
# Sourced by guest.sh.
# shellcheck disable=SC2154 # D0, D1 ... are set by guest.sh

# mounted VG/LV COMMAND...: run it with /mnt on that volume
mounted() {
    mount "/dev/$1" /mnt
    shift
    "$@"
    umount /mnt
}

# change VG/LV: a new file, a file gone, another one longer
change() {
    pattern "$1:/new" 30000 >/mnt/new
    rm /mnt/dir/one
    pattern "$1:/dir/sub/two" 40000 >/mnt/dir/sub/two
}

# data has two snapshots; where it was written since, it says "new", and the
# snapshot's store has the old stamps; "new" in the name of old1: written there
image_snapshot() {
    table "$D0" 10240 6144
    group Vsnap "$D0"1 "$D0"2
    lv -l 16 -n data Vsnap "$D0"1
    lv -l 48 -n fs Vsnap "$D0"1
    stamp Vsnap/data
    ext4 Vsnap/fs 1024 600000 -J size=1
    lvcreate -q -y -s -c 4k -l 6 -n old1 Vsnap/data "$D0"2
    stamp Vsnap/data "Vsnap/data new" 100 8
    lvcreate -q -y -s -c 16k -l 6 -n old2 Vsnap/data "$D0"2
    stamp Vsnap/data "Vsnap/data new" 1000 40
    stamp Vsnap/old1 "Vsnap/old1 new" 512 16
    lvcreate -q -y -s -c 16k -l 12 -n fs_old Vsnap/fs "$D0"2
    mounted Vsnap/fs change Vsnap/fs
    report Vsnap
}

# heat VG/LV: write and read until the cache takes an interest
heat() {
    for _ in 1 2 3 4 5 6; do
        stamp "$1" "$1 new" 256 512
        dd if="/dev/$1" of=/dev/null bs=64k skip=2 count=4 iflag=direct status=none
    done
}

image_cache_pool() {
    table "$D0" 8192 28672
    group Vcp "$D0"1 "$D0"2
    for mode in writethrough writeback; do
        lv -l 16 -n $mode Vcp "$D0"1
        stamp Vcp/$mode
        lvcreate -q -y --type cache-pool -l 10 -c 32k --poolmetadatasize 4160k \
            -n pool_$mode Vcp "$D0"2
        lvconvert -q -y --type cache --cachepool Vcp/pool_$mode --cachemode $mode \
            Vcp/$mode
        heat Vcp/$mode
    done
    report Vcp
}

image_cache_vol() {
    table "$D0" 6144 12288
    group Vcv "$D0"1 "$D0"2
    lv -l 32 -n fs Vcv "$D0"1
    ext4 Vcv/fs 1024 300000 -O ^has_journal
    lv -l 84 -n fast Vcv "$D0"2
    lvconvert -q -y --type cache --cachevol Vcv/fast --cachemode writethrough \
        -c 32k Vcv/fs
    mounted Vcv/fs change Vcv/fs
    report Vcv
}

# the sectors that say "new" are in the cache, and the old ones in the origin
image_writecache() {
    table "$D0" 6144 8192
    group Vwc "$D0"1 "$D0"2
    lv -l 16 -n data Vwc "$D0"1
    stamp Vwc/data
    lv -l 40 -n fast Vwc "$D0"2
    lvchange -q -an Vwc/data Vwc/fast
    lvconvert -q -y --type writecache --cachevol Vwc/fast Vwc/data
    lvchange -q -ay Vwc/data
    stamp Vwc/data "Vwc/data new" 256 64
    report Vwc
}
