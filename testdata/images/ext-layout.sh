# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# Where the metadata lies: groups, backups, descriptors, bitmaps, tables, clusters.

# sparse_super2 with two backup groups
image_ext4_sparse_super2() {
    mkext 8M -t ext4 -O ^has_journal,sparse_super2,^resize_inode -b 1024 -g 1024 -N 256
    content 1024
    unwritten
}

# sparse_super2 with one backup group
image_ext4_sparse_super2_one() {
    mkext 6M -t ext4 -O ^has_journal,sparse_super2,^resize_inode -E num_backup_sb=1 -b 1024 -g 1024 -N 256
    content 1024
}

# sparse_super2 with no backup at all
image_ext4_sparse_super2_none() {
    mkext 6M -t ext4 -O ^has_journal,sparse_super2,^resize_inode -E num_backup_sb=0 -b 1024 -g 1024 -N 256
    content 1024
}

# no flex_bg: bitmaps and inode table in every group
image_ext4_noflex() {
    mkext 8M -t ext4 -O ^has_journal,^flex_bg -b 1024 -g 1024 -N 256
    content 1024
    unwritten
}

# flex_bg of 2 groups
image_ext4_flex2() {
    mkext 8M -t ext4 -O ^has_journal -G 2 -b 1024 -g 1024 -N 256
    content 1024
}

# flex_bg of 4 groups, the last flexible group not full
image_ext4_flex4() {
    mkext 14M -t ext4 -O ^has_journal -G 4 -b 1024 -g 1024 -N 512
    content 1024
}

# flex_bg of 64 groups: one packs the whole file system
image_ext4_flex64() {
    mkext 20M -t ext4 -O ^has_journal -G 64 -b 1024 -g 512 -N 640
    content 1024
}

# packed_meta_blocks: all metadata at the front, journal included
image_ext4_packed() {
    mkext 12M -t ext4 -E packed_meta_blocks=1 -b 1024 -g 1024 -N 512
    content 1024
}

# meta_bg with 32-byte descriptors: 32 groups to a meta-group, the last partial
image_ext4_meta_bg() {
    mkext 20M -t ext4 -O ^has_journal,meta_bg,^resize_inode,^64bit -b 1024 -g 256 -N 1280
    content 1024
    unwritten
}

# meta_bg with 64-byte descriptors: 16 groups to a meta-group
image_ext4_meta_bg_64bit() {
    mkext 20M -t ext4 -O ^has_journal,meta_bg,^resize_inode -b 1024 -g 256 -N 1280
    content 1024
}

# meta_bg without flex_bg: descriptors, bitmaps and table side by side
image_ext4_meta_bg_noflex() {
    mkext 12M -t ext4 -O ^has_journal,meta_bg,^resize_inode,^flex_bg -b 1024 -g 256 -N 768
    content 1024
}

# meta_bg from the third descriptor block on (s_first_meta_bg 2), as a kernel
# leaves it that grew the file system beyond its reserved descriptors; by hand
image_ext4_meta_bg_late() {
    mkext 20M -t ext4 -O ^has_journal,^resize_inode -G 128 -b 1024 -g 256 -N 1280
    content 1024
    for place in 2:8193 2:8449 2:12033 3:12289 3:12546 3:16129 4:16385 4:16641 4:20225; do
        dd if="$IMG" of="$TMP/descriptors" bs=1024 skip=$((2 + ${place%:*})) count=1 status=none
        dd if="$TMP/descriptors" of="$IMG" bs=1024 seek="${place#*:}" conv=notrunc status=none
    done
    queue "feature meta_bg"
    queue "ssv first_meta_bg 2"
    flush_queue
    tidy
}

# meta_bg on ext2 with a superblock backup in every group
image_ext2_meta_bg() {
    mkext 12M -t ext2 -O meta_bg,^resize_inode,^sparse_super -b 1024 -g 256 -N 768
    content 1024
}

# without 64bit: 32-byte descriptors in an ext4
image_ext4_32bit() {
    mkext 8M -t ext4 -O ^has_journal,^64bit -b 1024 -g 1024 -N 256
    content 1024
}

# 64bit with 128-byte descriptors
image_ext4_desc128() {
    mkext 8M -t ext4 -O ^has_journal -E desc_size=128 -b 1024 -g 1024 -N 256
    content 1024
}

# bigalloc: 4 KiB clusters of 1 KiB blocks
image_ext4_bigalloc_4k() {
    mkext 12M -t ext4 -O ^has_journal,bigalloc,^resize_inode -C 4096 -b 1024 -N 256
    content 1024
    unwritten
}

# bigalloc: 16 KiB clusters of 1 KiB blocks, several groups
image_ext4_bigalloc_16k() {
    mkext 24M -t ext4 -O ^has_journal,bigalloc,^resize_inode -C 16384 -b 1024 -g 8192 -N 256
    content 1024
    unwritten
}

# bigalloc: 64 KiB clusters of 4 KiB blocks, with a journal
image_ext4_bigalloc_64k() {
    mkext 40M -t ext4 -O bigalloc,^resize_inode -C 65536 -b 4096 -N 256
    content 4096 400 24 100
    unwritten
}

# uninit_bg and lazy tables: groups whose bitmaps and tables were never written
image_ext4_lazy() {
    mkext 12M -t ext4 -O ^has_journal,^metadata_csum,uninit_bg -E lazy_itable_init=1,nodiscard -b 1024 -g 1024 -N 3072
    content 1024
}

# metadata_csum and lazy tables: tables not zeroed in any group
image_ext4_lazy_csum() {
    mkext 12M -t ext4 -E lazy_itable_init=1,lazy_journal_init=1,nodiscard -b 1024 -g 1024 -N 3072
    content 1024
}

# lazy tables over old noise: what is not initialised holds garbage
image_ext4_lazy_noise() {
    blank 8M
    pattern /noise $((8 << 20)) | dd of="$IMG" conv=notrunc bs=1M iflag=fullblock status=none
    format -t ext4 -O ^has_journal -E lazy_itable_init=1,nodiscard \
        -b 1024 -g 1024 -N 2048
    content 1024
}

# no sparse_super, no resize_inode: descriptors in every group, none reserved
image_ext4_nosparse() {
    mkext 8M -t ext4 -O ^has_journal,^sparse_super,^resize_inode -b 1024 -g 1024 -N 256
    content 1024
}

# reserved descriptor blocks for growth to 256 times the size
image_ext4_resize_large() {
    mkext 8M -t ext4 -O ^has_journal -E resize=2097152 -b 1024 -g 1024 -N 256
    content 1024
}

# few reserved descriptor blocks
image_ext4_resize_small() {
    mkext 8M -t ext4 -O ^has_journal -E resize=65536 -b 1024 -g 1024 -N 256
    content 1024
}

# grown by resize2fs: part of the reserved descriptor blocks is in use
image_ext4_grown() {
    mkext 6M -t ext4 -O ^has_journal -b 1024 -g 1024 -N 256
    content 1024
    truncate -s 28M "$IMG"
    resize "$IMG"
    tidy
}

# shrunk by resize2fs: metadata and data moved out of the cut-off groups
image_ext4_shrunk() {
    mkext 24M -t ext4 -O ^has_journal -b 1024 -g 1024 -N 768
    content 1024
    resize "$IMG" 9M
    truncate -s 9M "$IMG"
    tidy
}

# converted from 32 to 64 bit by resize2fs -b: descriptors doubled and moved
image_ext4_converted_64bit() {
    mkext 20M -t ext4 -O ^has_journal,^64bit -b 1024 -g 512 -N 640
    content 1024
    resize -b "$IMG"
    tidy
}

# a file system smaller than its device, and a last group of a few blocks
image_ext4_short_tail() {
    mkext 8251K -t ext4 -O ^has_journal -b 1024 -g 1024 -N 256
    content 1024
    truncate -s 10M "$IMG"
}

# RAID stride and stripe width: bitmaps and tables staggered
image_ext4_stripe() {
    mkext 12M -t ext4 -O ^has_journal,^flex_bg -E stride=16,stripe_width=64 -b 1024 -g 1024 -N 768
    content 1024
}

# bad blocks in the middle of data and in an inode-table neighbourhood
image_ext4_badblocks() {
    printf '%s\n' 1500 1501 1777 3000 3001 3002 5005 >"$TMP/bad-list"
    mkext 6M -t ext4 -O ^has_journal -l "$TMP/bad-list" -b 1024 -g 1024 -N 256
    content 1024
}

# ext2 with a list of bad blocks long enough for an indirect block
image_ext2_badblocks() {
    seq 2000 3 2090 >"$TMP/bad-list"
    mkext 4M -t ext2 -l "$TMP/bad-list" -b 1024 -N 128
    content 1024
}

# resize RESIZE2FS-ARGUMENT...
resize() {
    resize2fs -f "$@" >"$TMP/err" 2>&1 || die "resize2fs: $(cat "$TMP/err")"
}
