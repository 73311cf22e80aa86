# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# Partition tables, each with small file systems and swap in the partitions.

GUID=b1c0ffee-0000-4000-8000-0000000000
LINUX=0FC63DAF-8483-4772-8E79-3D69D8477DE4
SWAP=0657FD6D-A4AB-43C4-84E5-0933C84B4F4F

# table: sfdisk with the script on standard input, on an image of 512-byte sectors
table() {
    sfdisk -q --no-reread --no-tell-kernel "$IMG" >"$TMP/out" 2>&1 ||
        die "sfdisk: $(cat "$TMP/out")"
}

# table_4k: the same on a disk of 4096-byte sectors, which needs a loop device
table_4k() {
    loop=$(losetup --show -f -b 4096 "$IMG") || return
    sfdisk -q --no-reread --no-tell-kernel "$loop" >"$TMP/out" 2>&1
    rc=$?
    losetup -d "$loop"
    [ $rc -eq 0 ] || die "sfdisk: $(cat "$TMP/out")"
}

# inner SECTOR SIZE LABEL TYPE...: a small file system at that 512-byte sector
inner() {
    truncate -s 0 "$TMP/inner" && truncate -s "$2" "$TMP/inner"
    at=$1 label=$3
    shift 3
    mke2fs -q -F -U "$(inner_uuid "$label")" -E hash_seed="$SEED" -L "$label" \
        -b 1024 -N 32 "$@" "$TMP/inner" >/dev/null 2>&1 || die "mke2fs $label"
    pattern "/hello-$label" 5000 >"$TMP/hello"
    debugfs -w -R "write $TMP/hello hello-$label" "$TMP/inner" >/dev/null 2>&1
    paste_at "$TMP/inner" "$at"
}

# inner_uuid LABEL: the same UUID for the same label
inner_uuid() {
    echo "$GUID$(printf '%s' "$1" | cksum | awk '{ printf "%02x", $1 % 256 }')"
}

# swap_at SECTOR SIZE MKSWAP-OPTION...: a swap area
swap_at() {
    truncate -s 0 "$TMP/inner" && truncate -s "$2" "$TMP/inner"
    at=$1
    shift 2
    mkswap -q "$@" "$TMP/inner" 2>/dev/null || return
    paste_at "$TMP/inner" "$at"
}

# four primary partitions: one misaligned, gaps between, not in disk order
image_mbr_primary() {
    blank 8M
    table <<END
label: dos
label-id: 0xb1c0ffee
1: start=63, size=2017, type=83, bootable
2: start=8192, size=2048, type=83
3: start=4096, size=2048, type=82
4: start=12288, size=4096, type=c
END
    inner 63 1000K p1 -t ext2
    inner 8192 1M p2 -t ext4 -O ^has_journal
    swap_at 4096 1M -L swap -U "${GUID}51"
}

# an extended partition: logical partitions with holes, chain not in disk order
image_mbr_logical() {
    blank 16M
    table <<END
label: dos
label-id: 0xb1c0ffee
1: start=2048, size=2048, type=83
2: start=6144, size=26624, type=5
5: start=8192, size=2048, type=83
6: start=24576, size=2048, type=83
7: start=14336, size=2048, type=82
8: start=18432, size=2048, type=83
END
    inner 2048 1M p1 -t ext2
    inner 8192 1M l5 -t ext2
    inner 24576 1M l6 -t ext4 -O ^has_journal
    swap_at 14336 1M -L swap -U "${GUID}52"
    inner 18432 1M l8 -t ext2
}

# two extended partitions, which Linux follows both; an EBR with three logical partitions, one link in the first entry
image_mbr_two_extended() {
    blank 8M
    entry 0 0 05 2048 4096
    entry 0 1 83 1024 512
    entry 0 2 0f 8192 6144
    entry 2048 0 83 16 496
    entry 2048 1 05 1024 2048
    entry 3072 0 83 16 240
    entry 3072 1 82 256 256
    entry 3072 2 83 512 512
    entry 3072 3 83 4096 4096 # leaves the extended partition: not one
    entry 8192 0 05 2048 4096
    entry 10240 0 83 64 1984
    inner 1024 256K p2 -t ext2
    inner 10304 992K l9 -t ext2
}

# entry SECTOR NUMBER TYPE START COUNT: an entry of the table in a sector, with the mark of a table
entry() {
    poke $(($1 * 512 + 446 + 16 * $2)) \
        "\\000\\000\\000\\000$(le 1 $((0x$3)))\\000\\000\\000$(le 4 "$4")$(le 4 "$5")"
    poke $(($1 * 512 + 510)) "\\125\\252"
}

# a table in a table: the second partition holds an MBR of its own
image_mbr_nested() {
    blank 6M
    table <<END
label: dos
label-id: 0x0badcafe
1: start=64, size=2048, type=83
2: start=4096, size=4096, type=83
END
    mv "$IMG" "$TMP/nested"
    blank 12M
    table <<END
label: dos
label-id: 0xb1c0ffee
1: start=2048, size=2048, type=83
2: start=6144, size=12288, type=83
END
    paste_at "$TMP/nested" 6144
    inner 2048 1M outer -t ext2
    inner $((6144 + 64)) 1M n1 -t ext2
    inner $((6144 + 4096)) 2M n2 -t ext4 -O ^has_journal
}

# MBR on a disk with 4096-byte sectors: its numbers count those
image_mbr_4096() {
    blank 8M
    table_4k <<END
label: dos
label-id: 0xb1c0ffee
1: start=256, size=512, type=83
2: start=1024, size=512, type=82
END
    inner 2048 2M p1 -t ext2
    swap_at 8192 2M -L swap -U "${GUID}53"
}

# gpt_script: the table that most GPT images have
gpt_script() {
    cat <<END
label: gpt
label-id: ${GUID}00
first-lba: 34
1: start=2048, size=4096, type=$LINUX, uuid=${GUID}01, name="root"
2: start=8192, size=4096, type=$LINUX, uuid=${GUID}02, name="data"
3: start=12288, size=2048, type=$SWAP, uuid=${GUID}03, name="swap", attrs="LegacyBIOSBootable"
END
}

fill_gpt() {
    inner 2048 2M root -t ext4
    inner 8192 2M data -t ext2
    swap_at 12288 1M -p 4096 -L swap -U "${GUID}54"
}

# a plain GPT, sectors of 512 bytes
image_gpt_512() {
    blank 8M
    gpt_script >"$TMP/script"
    table <"$TMP/script"
    sgdisk -c '2:a "quoted" name' "$IMG" >"$TMP/out" 2>&1 || die "sgdisk: $(cat "$TMP/out")"
    fill_gpt
}

# GPT on a disk with 4096-byte sectors
image_gpt_4096() {
    blank 8M
    table_4k <<END
label: gpt
label-id: ${GUID}00
1: start=256, size=512, type=$LINUX, uuid=${GUID}01, name="root"
2: start=1024, size=512, type=$LINUX, uuid=${GUID}02, name="data"
END
    inner 2048 2M root -t ext4
    inner 8192 2M data -t ext2
}

# GPT whose primary header is noise: the backup at the end must serve
image_gpt_broken_primary() {
    image_gpt_512
    pattern /noise 512 | dd of="$IMG" bs=512 seek=1 conv=notrunc status=none
}

# GPT whose primary entries were changed: their checksum is wrong
image_gpt_broken_entries() {
    image_gpt_512
    poke $((2 * 512 + 32)) '\377\377'
}

# GPT whose backup header is noise
image_gpt_broken_backup() {
    image_gpt_512
    pattern /noise 512 | dd of="$IMG" bs=512 seek=16383 conv=notrunc status=none
}

# GPT with both headers gone: only the protective MBR is left
image_gpt_broken_both() {
    image_gpt_broken_primary
    pattern /noise 512 | dd of="$IMG" bs=512 seek=16383 conv=notrunc status=none
}

# a GPT disk cut off inside its second partition
image_gpt_truncated() {
    image_gpt_512
    truncate -s $((10000 * 512)) "$IMG"
}

# a GPT disk that became larger: the backup is not at the end
image_gpt_enlarged() {
    image_gpt_512
    truncate -s 10M "$IMG"
}

# hybrid MBR: the second partition is in both tables
image_gpt_hybrid() {
    image_gpt_512
    sgdisk -h 2 "$IMG" >"$TMP/out" 2>&1 || die "sgdisk: $(cat "$TMP/out")"
}

# entries not in disk order, empty ones between, no gap before a partition
image_gpt_unordered() {
    blank 8M
    table <<END
label: gpt
label-id: ${GUID}00
first-lba: 34
1: start=12288, size=2048, type=$LINUX, uuid=${GUID}01, name="last"
3: start=34, size=2014, type=$LINUX, uuid=${GUID}03, name="first"
7: start=8192, size=4096, type=$LINUX, uuid=${GUID}07, name="middle"
128: start=4096, size=64, type=$LINUX, uuid=${GUID}80, name=""
END
    inner 12288 1M last -t ext2
    inner 34 1000K first -t ext2
    inner 8192 2M middle -t ext4 -O ^has_journal
}

# a table of 16 entries only
image_gpt_short_table() {
    blank 4M
    table <<END
label: gpt
label-id: ${GUID}00
table-length: 16
first-lba: 6
1: start=64, size=2048, type=$LINUX, uuid=${GUID}01, name="early"
END
    inner 64 1M early -t ext2
}

# entries moved away from sector 2
image_gpt_moved_table() {
    image_gpt_512
    sgdisk --move-main-table=512 "$IMG" >"$TMP/out" 2>&1 || die "sgdisk: $(cat "$TMP/out")"
}

# no partition table: an ext2 whose boot sector ends in 55 AA and holds code
image_ext2_boot_sector() {
    mkext 2M -t ext2 -b 1024 -N 32
    put / hello 3000
    flush_queue
    poke 0 '\353\076\220boot code\000'
    poke 510 '\125\252'
}

# swap on a whole disk, pages of 4 KiB
image_swap_disk() {
    blank 1M
    mkswap -q -p 4096 -L "whole disk" -U "${GUID}55" "$IMG" 2>/dev/null
}

# swap made for pages of 64 KiB
image_swap_64k() {
    blank 2M
    mkswap -q -p 65536 -L big-pages -U "${GUID}56" "$IMG" 2>/dev/null
}

# nothing at all: an empty disk
image_blank() {
    blank 1M
}
