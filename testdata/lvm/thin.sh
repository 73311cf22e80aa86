# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# Thin pools. Sourced by guest.sh.
# shellcheck disable=SC2154 # D0, D1 ... are set by guest.sh

# pool VG/POOL ARG...
pool() {
    name=$1
    shift
    lvcreate -q -y --type thin-pool --poolmetadatasize 2m -n "${name#*/}" "$@"
}

# thin VG/POOL NAME SIZE
thin() {
    lvcreate -q -y --thin -V "$3" -n "$2" "$1"
}

# thin_snapshot VG/LV NAME
thin_snapshot() {
    lvcreate -q -y -s -n "$2" "$1"
    lvchange -q -ay -K "${1%/*}/$2"
}

# thin_report VG POOL...: the reports, then the pools' metadata at rest
thin_report() {
    vg=$1
    shift
    report "$vg"
    vgchange -q -an "$vg"
    for pool; do
        lvchange -q -y -ay "$vg/${pool}_tmeta"
        dd if="/dev/$vg/${pool}_tmeta" of="$OUT/${NAME:?}.$pool.tmeta" bs=64k status=none
        lvchange -q -an "$vg/${pool}_tmeta"
    done
}

# data: chunks in the order 5 2 9 0 3, one of them discarded and taken by
# another volume; fs1 shares with fs1_snap, then both change
image_thin() {
    table "$D0" 30720
    group Vthin "$D0"1
    pool Vthin/pool -l 128 -c 64k Vthin
    thin Vthin/pool data 4m
    thin Vthin/pool fs1 16m
    thin Vthin/pool fs2 64m
    for chunk in 5 2 9 0 3; do
        stamp Vthin/data "" $((chunk * 128)) 128
    done
    ext4 Vthin/fs1 1024 400000 -J size=1
    blkdiscard -o 589824 -l 65536 /dev/Vthin/data
    ext4 Vthin/fs2 4096 500000 -O ^has_journal
    thin_snapshot Vthin/fs1 fs1_snap
    mounted Vthin/fs1 change Vthin/fs1
    mounted Vthin/fs1_snap change Vthin/fs1_snap
    mounted Vthin/fs2 trim_some Vthin/fs2
    thin_snapshot Vthin/data data_snap
    stamp Vthin/data_snap "" $((2 * 128 + 10)) 20
    stamp Vthin/data "Vthin/data new" $((5 * 128 + 10)) 20
    thin Vthin/pool empty 1m
    thin Vthin/pool gone 1m
    stamp Vthin/gone
    lvremove -q -y Vthin/gone
    thin_report Vthin pool
}

# trim_some VG/LV: a file goes, and what it had is given back to the pool
trim_some() {
    rm /mnt/big
    sync
    fstrim /mnt
    pattern "$1:/after" 70000 >/mnt/after
}

# chunks of 128 KiB, not zeroed before use, data in two segments, metadata on
# a PV of their own
image_thin_128k() {
    table "$D0" 8192 8192 12288
    group Vt128 "$D0"1 "$D0"2 "$D0"3
    lv -l 24 -n pool Vt128 "$D0"1
    lv -l 4 -n between Vt128 "$D0"1
    lvextend -q -l +24 Vt128/pool "$D0"2
    lv -l 32 -n meta Vt128 "$D0"3
    stamp Vt128/pool "stale"
    stamp Vt128/between
    lvconvert -q -y --type thin-pool -c 128k -Zn --poolmetadata Vt128/meta \
        --poolmetadataspare n Vt128/pool
    thin Vt128/pool data 8m
    thin Vt128/pool fs 16m
    for chunk in 31 0 7; do
        stamp Vt128/data "" $((chunk * 256 + 64)) 100
    done
    ext4 Vt128/fs 1024 500000 -O ^has_journal
    thin_report Vt128 pool
}

# top is on a read-only volume outside of the pool; its last chunk is beyond
# the end of that volume
image_thin_external() {
    table "$D0" 28672
    group Vext "$D0"1
    lv -l 17 -n base Vext
    lv -l 48 -n fs_base Vext
    stamp Vext/base
    ext4 Vext/fs_base 1024 600000 -O ^has_journal
    lvchange -q -an -pr Vext/base
    lvchange -q -an -pr Vext/fs_base
    pool Vext/pool -l 48 -c 128k Vext
    lvcreate -q -y -s --thinpool Vext/pool -n top Vext/base
    lvcreate -q -y -s --thinpool Vext/pool -n fs_top Vext/fs_base
    lvextend -q -l +4 Vext/top
    stamp Vext/top "" 10 20
    stamp Vext/top "" 700 600
    stamp Vext/top "" 2100 300
    mounted Vext/fs_top change Vext/fs_top
    lvchange -q -ay Vext/base
    lvchange -q -ay Vext/fs_base
    thin_report Vext pool
}

# one stamp in each of 400 chunks, in an order of their own: a mapping tree of
# two levels; then a snapshot that shares most of it; root of the metadata held
image_thin_big() {
    table "$D0" 69632
    group Vbig "$D0"1
    pool Vbig/pool -l 440 -c 64k Vbig
    thin Vbig/pool data 64m
    chunk=0
    while [ $chunk -lt 400 ]; do
        at=$((chunk * 257 % 400))
        stamp Vbig/data "" $((at * 128)) 1
        chunk=$((chunk + 1))
    done
    thin_snapshot Vbig/data snap
    dmsetup message Vbig-pool-tpool 0 reserve_metadata_snap
    for chunk in 3 300 399; do
        stamp Vbig/snap "" $((chunk * 128)) 4
    done
    stamp Vbig/data "Vbig/data new" $((300 * 128)) 4
    stamp Vbig/data "" $((900 * 128)) 4
    thin_report Vbig pool
}

# data striped, metadata in two legs; then data with parity
image_thin_raid() {
    table "$D0" 14336 14336 14336
    MDA=252k group Vtr "$D0"1 "$D0"2 "$D0"3
    lv -l 32 -i 2 -I 16k -n striped Vtr
    lv --type raid1 -m 1 -R 64k -l 32 -n meta Vtr
    lv --type raid5 -i 2 -I 16k -R 64k -l 32 -n parity Vtr
    wait_sync Vtr/meta Vtr/parity
    lvconvert -q -y --type thin-pool -c 64k --poolmetadata Vtr/meta Vtr/striped
    lvconvert -q -y --type thin-pool -c 128k --poolmetadatasize 2m Vtr/parity
    thin Vtr/striped a 8m
    thin Vtr/parity b 8m
    for chunk in 6 1 4; do
        stamp Vtr/a "" $((chunk * 128)) 128
        stamp Vtr/b "" $((chunk * 256)) 256
    done
    thin_report Vtr striped parity
}
