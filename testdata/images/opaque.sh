# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# Contents that are only recognised, and md members, which pass through.

# xfs, btrfs, vfat, LUKS 1 and 2 and squashfs in partitions of one disk
image_opaque_disk() {
    blank 46M
    table <<END
label: gpt
label-id: ${GUID}00
1: start=2048, size=32768, type=$LINUX, uuid=${GUID}01, name="xfs"
2: start=34816, size=32768, type=$LINUX, uuid=${GUID}02, name="btrfs"
3: start=67584, size=4096, type=$LINUX, uuid=${GUID}03, name="vfat"
4: start=71680, size=8192, type=$LINUX, uuid=${GUID}04, name="luks1"
5: start=79872, size=8192, type=$LINUX, uuid=${GUID}05, name="luks2"
6: start=88064, size=2048, type=$LINUX, uuid=${GUID}06, name="squashfs"
END
    opaque_part xfs 16M 2048
    opaque_part btrfs 16M 34816
    opaque_part vfat 2M 67584
    opaque_part luks1 4M 71680
    opaque_part luks2 4M 79872
    opaque_part squashfs 0 88064
}

# opaque_part TYPE SIZE SECTOR
opaque_part() {
    rm -f "$TMP/part"
    truncate -s "$2" "$TMP/part"
    "make_$1" "$TMP/part" >"$TMP/out" 2>&1 || die "$1: $(cat "$TMP/out")"
    paste_at "$TMP/part" "$3"
}

# the three variables are how mkfs.xfs lets its own tests make small ones
make_xfs() {
    TEST_DIR=1 TEST_DEV=1 QA_CHECK_FS=1 mkfs.xfs -L xfs -m "uuid=${GUID}a3" "$1"
}

make_btrfs() {
    mkfs.btrfs -M -L btrfs -U "${GUID}a4" "$1"
}

make_vfat() {
    mkfs.vfat --invariant -n VFAT "$1"
}

# The key material is zeroed: it is noise that does not compress, and nothing
# reads it.
make_luks1() {
    printf pass | cryptsetup luksFormat -q --type luks1 --uuid "${GUID}a1" \
        --pbkdf-force-iterations 1000 "$1" - &&
        dd if=/dev/zero of="$1" bs=4096 seek=1 count=511 conv=notrunc
}

make_luks2() {
    printf pass | cryptsetup luksFormat -q --type luks2 --uuid "${GUID}a2" \
        --label luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --offset 2048 \
        --luks2-metadata-size 16k --luks2-keyslots-size 256k "$1" - &&
        dd if=/dev/zero of="$1" bs=4096 seek=8 count=248 conv=notrunc
}

make_squashfs() {
    mkdir -p "$TMP/squash"
    pattern /squash 3000 >"$TMP/squash/file"
    mksquashfs "$TMP/squash" "$1" -noappend -all-root
}

# Without the kernel's md driver mdadm makes no array, so the superblock is
# written here, byte by byte, after Linux include/uapi/linux/raid/md_p.h.

# md_super BYTE LEVEL DISKS ROLE DATA SIZE [START]: a version 1 superblock at
# BYTE for member ROLE; its data are SIZE sectors from sector DATA of the member
# on; the member begins at sector START
md_super() {
    base=$1
    poke "$base" "$(le 4 0xa92b4efc)$(le 4 1)"
    poke $((base + 16)) "$MD_UUID"
    poke $((base + 32)) 'blkmap:md'
    poke $((base + 64)) "$(le 8 "$EPOCH")$(le 4 $(($2)))$(le 4 0)$(le 8 "$6")$(le 4 0)$(le 4 "$3")"
    poke $((base + 128)) "$(le 8 "$5")$(le 8 "$6")$(le 8 $((base / 512 - ${7:-0})))$(le 8 0)$(le 4 "$4")"
    poke $((base + 168)) "$MD_UUID"
    poke $((base + 192)) "$(le 8 "$EPOCH")$(le 8 17)$(le 8 -1)"
    poke $((base + 220)) "$(le 4 128)"
    roles=
    i=0
    while [ $i -lt 128 ]; do
        [ $i -lt "$3" ] && roles="$roles$(le 2 $i)" || roles="$roles\\377\\377"
        i=$((i + 1))
    done
    poke $((base + 256)) "$roles"
    poke $((base + 216)) "$(le 4 "$(md_sum "$base" 512)")"
}

MD_UUID='\261\300\377\356\000\000\100\000\200\000\000\000\000\000\000\155'

# md_sum BYTE LENGTH: the sum of the 32-bit words, carries folded in once
md_sum() {
    od -An -v -tu4 -w4 -j "$1" -N "$2" "$IMG" | awk '
        { sum += $1 }
        END { high = int(sum / 4294967296)
              printf "%.0f\n", (sum - high * 4294967296 + high) % 4294967296 }'
}

# md_content SECTOR SIZE: the file system that the array holds
md_content() {
    inner "$1" "$2" in-md -t ext4 -O ^has_journal
}

# RAID1, superblock 1.2 (at 4 KiB), data from 1 MiB on
image_md_raid1_12() {
    blank 4M
    md_super 4096 1 2 0 2048 6144
    md_content 2048 3M
}

# RAID1, superblock 1.1 (at the start)
image_md_raid1_11() {
    blank 4M
    md_super 0 1 2 1 2048 6144
    md_content 2048 3M
}

# RAID1, superblock 1.0 (near the end): the data look like a bare ext4
image_md_raid1_10() {
    blank 4M
    md_super $(((8192 - 16) * 512)) 1 2 0 0 8160
    md_content 0 4080K
}

# RAID1 in a partition, and it holds a partition table of its own
image_md_raid1_parted() {
    blank 6M
    table <<END
label: dos
label-id: 0x0badcafe
1: start=2048, size=4096, type=83
END
    inner 2048 2M md-p1 -t ext2
    mv "$IMG" "$TMP/array"
    blank 10M
    table <<END
label: dos
label-id: 0xb1c0ffee
1: start=2048, size=16384, type=fd
END
    md_super $((2048 * 512 + 4096)) 1 2 0 2048 12288 2048
    paste_at "$TMP/array" $((2048 + 2048))
}

# linear array of one member, superblock 1.2
image_md_linear() {
    blank 4M
    md_super 4096 -1 1 0 2048 6144
    md_content 2048 3M
}

# RAID5 member: recognised, but its data are not those of one file system
image_md_raid5() {
    blank 4M
    md_super 4096 5 3 1 2048 6144
    pattern /stripe 2000000 >"$TMP/stripe"
    paste_at "$TMP/stripe" 2048
}
