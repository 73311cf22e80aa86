# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# Labels, metadata areas, states of a volume group, nesting. Sourced by guest.sh.
# shellcheck disable=SC2154 # D0, D1 ... are set by guest.sh

# pv OPTIONS... DEVICE: small metadata areas unless told otherwise
pv() {
    pvcreate -q --metadatasize 60k --dataalignment 64k "$@" >/dev/null
}

# two of three PVs have no metadata area
image_no_mda() {
    table "$D0" 2048 2048 2048
    pv --pvmetadatacopies 0 "$D0"1
    pv "$D0"2
    pv --pvmetadatacopies 0 "$D0"3
    vgcreate -q -s 64k Vnomda "$D0"1 "$D0"2 "$D0"3
    lv -l 6 -n a Vnomda "$D0"3
    lv -l 8 -i 2 -I 4k -n b Vnomda "$D0"1 "$D0"2
    stamp Vnomda/a
    stamp Vnomda/b
    report Vnomda
}

# the first PV has two areas, the second two that are to be ignored
image_two_mda() {
    table "$D0" 3072 3072
    pv --pvmetadatacopies 2 "$D0"1
    pv --pvmetadatacopies 2 --metadataignore y "$D0"2
    vgcreate -q -s 64k Vtwo "$D0"1 "$D0"2
    lv -l 6 -n a Vtwo "$D0"1
    stamp Vtwo/a
    lv -l 6 -n b Vtwo "$D0"2
    stamp Vtwo/b
    report Vtwo
}

# number DEVICE OFFSET: the little-endian 64-bit number there
number() {
    od -A n -t u8 -j "$2" -N 8 "$1" | tr -d ' '
}

# wrapped DEVICE: whether the text that counts goes around the end of the ring
wrapped() {
    sync
    blockdev --flushbufs "$1"
    [ $(($(number "$1" 4136) + $(number "$1" 4144))) -gt "$(number "$1" 4128)" ]
}

image_ring() {
    pvcreate -q --metadatasize 32k --dataalignment 4k "$D0" >/dev/null
    vgcreate -q -s 64k Vring "$D0"
    lv -l 6 -n a Vring
    stamp Vring/a
    tag=1
    for long in 1 2 3 4; do
        vgchange -q --addtag "long$long$(printf '%0200d' 0)" Vring
    done
    until wrapped "$D0"; do
        [ $tag -lt 40 ] || die "the ring does not wrap"
        vgchange -q --addtag "turn$tag" Vring
        tag=$((tag + 1))
    done
    report Vring
}

# The second disk is lost, and the metadata on the first were changed since,
# so that they say MISSING; those of the second are older.
image_missing() {
    group Vmiss "$D0" "$D1"
    lv -l 6 -n here Vmiss "$D0"
    lv -l 1 -n extra Vmiss "$D0"
    lv -l 6 -n gone Vmiss "$D1"
    lv -l 4 -n part Vmiss "$D0"
    lvextend -q -l +4 Vmiss/part "$D1"
    lv -l 8 -i 2 -I 4k -n striped Vmiss
    lv --type raid1 -m 1 -R 16k -l 8 -n legs Vmiss
    wait_sync Vmiss/legs
    for vol in here gone part striped legs; do
        stamp Vmiss/$vol
    done
    vgchange -q -an Vmiss
    see "$D0"
    lvremove -q -y Vmiss/extra
    vgchange -q -ay --activationmode partial Vmiss
    DISKS=$D0 report Vmiss
}

# The third disk is lost, and its part in all volumes given up.
image_reduced() {
    group Vred "$D0" "$D1" "$D2"
    lv --type raid1 -m 1 -R 16k -l 8 -n legs Vred "$D0" "$D2"
    lv --type raid5 -i 2 -I 16k -R 16k -l 16 -n parity Vred "$D2" "$D0" "$D1"
    lv -l 4 -n here Vred "$D0"
    lv -l 4 -n gone Vred "$D2"
    wait_sync Vred/legs Vred/parity
    for vol in legs parity here; do
        stamp Vred/$vol
    done
    vgchange -q -an Vred
    see "$D0" "$D1"
    vgreduce -q --removemissing --force Vred
    vgchange -q -ay --activationmode partial Vred
    report Vred
}

image_exported() {
    table "$D0" 3072
    pv "$D0"1
    vgcreate -q -s 64k Vexp "$D0"1
    lv -l 6 -n a Vexp
    stamp Vexp/a
    report Vexp
    vgchange -q -an Vexp
    vgexport -q Vexp
    backup Vexp
}

# PVs that belong to no volume group: with metadata areas, and without any
image_orphan() {
    table "$D0" 2048 2048 3072
    pv "$D0"1
    pv --pvmetadatacopies 0 "$D0"2
    pv --pvmetadatacopies 2 --bootloaderareasize 64k "$D0"3
    report
}

# MBR and partitions at odd sectors, label not in its usual place, extents
# that begin on odd sectors, an area for a boot loader
image_odd_start() {
    printf '%s\n' 'label: dos' 'start=63, size=3087, type=8e' \
        'start=3151, size=4001, type=8e' | sfdisk -q "$D0"
    pvcreate -q --labelsector 3 --metadatasize 60k --dataalignment 64k \
        --dataalignmentoffset 3584b "$D0"1 >/dev/null
    pvcreate -q --labelsector 0 --metadatasize 33k --bootloaderareasize 64k \
        --dataalignment 512b "$D0"2 >/dev/null
    vgcreate -q -s 4k Vodd "$D0"1 "$D0"2
    lv -l 77 -n a Vodd "$D0"1
    lv -l 33 -n b Vodd "$D0"2
    lvextend -q -l +11 Vodd/a "$D0"2
    stamp Vodd/a
    stamp Vodd/b
    report Vodd
}

# volumes that hold partition tables; the first is in two segments
image_nested_table() {
    group Vnest "$D0"
    lv -l 20 -n gpt Vnest
    lv -l 16 -n mbr Vnest
    lvextend -q -l +40 Vnest/gpt
    printf '%s\n' 'label: gpt' 'start=64, size=5120' 'start=5184, size=2000' |
        sfdisk -q --no-reread --no-tell-kernel /dev/Vnest/gpt
    printf '%s\n' 'label: dos' 'start=64, size=512, type=83' \
        'start=640, size=1400, type=5' 'start=704, size=1200, type=83' |
        sfdisk -q --no-reread --no-tell-kernel /dev/Vnest/mbr
    stamp Vnest/gpt "Vnest/gpt:part2" 5184 2000
    stamp Vnest/mbr "Vnest/mbr:part1" 64 512
    ext4_at Vnest/gpt 64 2560k
    ext4_at Vnest/mbr 704 600k
    report Vnest
}

# ext4_at VG/LV SECTOR SIZE: an ext4 at that sector of the volume
ext4_at() {
    tree "$1" $((${3%k} * 300))
    mke2fs -q -F -t ext4 -b 1024 -I 256 -N 64 -U "${UUID:?}" -d "${TREE:?}" \
        -O ^resize_inode,^orphan_file,^has_journal,metadata_csum,64bit \
        -E "hash_seed=$UUID,offset=$(($2 * 512))" "/dev/$1" "$3"
}

# two volumes of the outer group, one of them striped, are PVs of the inner
image_nested_pv() {
    table "$D0" 8192 8192
    group Vout "$D0"1 "$D0"2
    lv -l 24 -n one Vout
    lv -l 24 -i 2 -I 16k -n two Vout
    pv /dev/Vout/one
    pv /dev/Vout/two
    vgcreate -q -s 16k Vin /dev/Vout/one /dev/Vout/two
    lv -l 30 -n a Vin /dev/Vout/two
    lvextend -q -l +20 Vin/a /dev/Vout/one
    lv -l 54 -n fs Vin
    stamp Vin/a
    ext4 Vin/fs 1024 200000 -O ^has_journal
    report Vout Vin
    vgchange -q -an Vin
}

# segments that lead nowhere
image_nowhere() {
    table "$D0" 3072
    group Vnil "$D0"1
    lv -l 4 -n a Vnil
    lvcreate -q -y --type error -l 4 -n err Vnil
    lvcreate -q -y --type zero -l 4 -n zero Vnil
    lvextend -q -y --type error -l +2 Vnil/a
    lvextend -q -y --type linear -l +3 Vnil/a
    stamp Vnil/a "" 0 512
    stamp Vnil/a "" 768 384
    report Vnil
}

# freeze_pvmove VG ARG...: begin to move and leave it like that; it is looked
# at after the interval, and at once, too, where that has no plus sign
freeze_pvmove() {
    vg=$1
    shift
    pvmove -q -b "$@"
    wait_sync_dm "$vg"-pvmove0
    pkill -x pvmove || true
}

# wait_sync_dm NAME: until device-mapper has copied what it is to copy now
wait_sync_dm() {
    tries=0
    until dmsetup status "$1" | gawk '$3 == "mirror" || $3 == "raid" {
        for (i = 4; i <= NF; i++)
            if (split($i, n, "/") == 2 && n[1] == n[2] && n[1] > 0) ok = 1
        if (!ok) exit 1
    }'; do
        tries=$((tries + 1))
        [ $tries -lt 30 ] || die "$1 does not get in sync"
        sleep 1
    done
}

# moving: three volumes, in four segments, of the first PV
moving() {
    table "$D0" 3072 3072 4096
    group "$1" "$D0"1 "$D0"2 "$D0"3
    lv -l 5 -n a "$1" "$D0"1
    lv -l 4 -n b "$1" "$D0"1
    lvextend -q -l +3 "$1/a" "$D0"1
    lvextend -q -l +4 "$1/b" "$D0"2
    stamp "$1/a"
    stamp "$1/b"
}

image_pvmove() {
    moving Vmove
    freeze_pvmove Vmove -i 3600 "$D0"1 "$D0"3
    report Vmove
}

image_pvmove_atomic() {
    moving Vmova
    freeze_pvmove Vmova -i +3600 --atomic "$D0"1 "$D0"3
    report Vmova
}
