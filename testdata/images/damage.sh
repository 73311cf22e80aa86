# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# Good images with a few bytes changed. Each comment names the change; what is
# not named is sound and must be mapped as ever.

# small_fs FEATURES: an ext4 of 6 groups, 1 KiB blocks, descriptors of 64 bytes
# from block 2 on; with the usual content
small_fs() {
    mkext 6M -t ext4 -O "^has_journal,^resize_inode,^flex_bg${1:-}" -b 1024 -g 1024 -N 240
    content 1024
}

# noise BYTE LENGTH
noise() {
    pattern /noise "$2" | dd of="$IMG" bs=1 seek="$1" conv=notrunc status=none
}

# the descriptor of group 3 is noise (bytes 2048+3*64 to +63); its checksum is wrong
image_damage_descriptor() {
    small_fs
    noise $((2048 + 3 * 64)) 64
}

# the inode table of group 2 is said to lie outside (block 0x00fffff0);
# no checksum tells
image_damage_descriptor_outside() {
    small_fs ,^metadata_csum,^uninit_bg
    poke $((2048 + 2 * 64 + 8)) "$(le 4 0x00fffff0)"
}

# the inode table of group 1 is said to lie where that of group 0 lies
image_damage_descriptor_overlap() {
    small_fs ,^metadata_csum,^uninit_bg
    dd if="$IMG" of="$TMP/table" bs=1 skip=$((2048 + 8)) count=4 status=none
    dd if="$TMP/table" of="$IMG" bs=1 seek=$((2048 + 64 + 8)) conv=notrunc status=none
}

# the extent of /big starts outside, at block 0x7ffffff0
image_damage_wild_extent() {
    small_fs ,^metadata_csum,^uninit_bg
    poke $(($(inode_at /big) + 40 + 12 + 8)) "$(le 4 0x7ffffff0)"
}

# the extent of /hello points into the inode table (the table's first block)
image_damage_extent_in_table() {
    small_fs ,^metadata_csum,^uninit_bg
    dd if="$IMG" of="$TMP/table" bs=1 skip=$((2048 + 8)) count=4 status=none
    dd if="$TMP/table" of="$IMG" bs=1 seek=$(($(inode_at /hello) + 40 + 12 + 8)) \
        conv=notrunc status=none
}

# the extent node of /frag is its own child (made an index that points to itself)
image_damage_extent_loop() {
    small_fs ,^metadata_csum,^uninit_bg
    node=$(leaf_of /frag)
    poke $((node * BS + 2)) '\001\000'
    poke $((node * BS + 6)) '\001\000'
    poke $((node * BS + 16)) "$(le 4 "$node")$(le 4 0)"
    poke $(($(inode_at /frag) + 40 + 6)) '\002\000'
}

# leaf_of PATH: the first block of its extent tree
leaf_of() {
    debugfs -R "stat $1" "$IMG" 2>/dev/null | sed -n 's/.*(ETB[0-9]*):\([0-9]*\).*/\1/p'
}

# an extent header with 65535 entries, in the extent node of /frag
image_damage_extent_header() {
    small_fs ,^metadata_csum,^uninit_bg
    poke $(($(leaf_of /frag) * BS + 2)) '\377\377'
}

# ext2: in the double indirect block of /big, entry 1 is the block itself, entry
# 2 is outside; i_size was raised to reach them
image_damage_wild_indirect() {
    mkext 6M -t ext2 -b 1024 -g 1024 -N 256
    content 1024
    dind=$(debugfs -R 'stat /big' "$IMG" 2>/dev/null |
        sed -n 's/.*(DIND):\([0-9]*\).*/\1/p')
    queue "sif /big size 2000000"
    flush_queue
    poke $((dind * BS + 4)) "$(le 4 "$dind")$(le 4 0xfffffff0)"
}

# the block of the directory /odd is noise
image_damage_directory() {
    small_fs
    noise "$(block_at /odd 0)" 1024
}

# without checksums: the second block of /many is noise, and in the block of
# /odd a rec_len is 1
image_damage_directory_nocsum() {
    small_fs ,^metadata_csum,^uninit_bg
    noise "$(block_at /many 1)" 1024
    poke $(($(block_at /odd 0) + 24 + 4)) '\001\000'
}

# one bit of the superblock's checksum is flipped (byte 1024+0x3fc)
image_damage_superblock_csum() {
    standard_groups
    byte=$(od -An -tu1 -j 2044 -N 1 "$IMG" | tr -d ' ')
    poke 2044 "$(le 1 $((byte ^ 1)))"
}

# the primary superblock is zero (bytes 1024-2047); a backup is at block 8193
image_damage_superblock_gone() {
    standard_groups
    dd if=/dev/zero of="$IMG" bs=1024 seek=1 count=1 conv=notrunc status=none
}

# the first 8 KiB are zero, descriptors too; 2 KiB blocks, backup at block 16384
image_damage_superblock_gone_2k() {
    mkext 34M -t ext4 -O ^has_journal -b 2048 -N 256
    content 2048
    dd if=/dev/zero of="$IMG" bs=4096 count=2 conv=notrunc status=none
}

# standard_groups: an ext4 with groups of the usual 8192 blocks of 1 KiB
standard_groups() {
    mkext 10M -t ext4 -O ^has_journal -b 1024 -N 256
    content 1024
}

# the first 8 KiB are zero; 4 KiB blocks, and the groups are so small that the
# backup is at block 1024, where nobody expects it
image_damage_start_gone() {
    mkext 16M -t ext4 -O ^has_journal -b 4096 -g 1024 -N 256
    content 4096 400 24 20
    dd if=/dev/zero of="$IMG" bs=4096 count=2 conv=notrunc status=none
}

# an unknown INCOMPAT bit: 0x1000, dirdata (superblock +0x60)
image_damage_dirdata() {
    small_fs ,^metadata_csum,^uninit_bg
    set_bit $((1024 + 0x61)) 0x10
}

# an unknown RO_COMPAT bit: 0x80000000 (superblock +0x64); it may be read
image_damage_ro_compat() {
    small_fs ,^metadata_csum,^uninit_bg
    set_bit $((1024 + 0x67)) 0x80
}

# set_bit BYTE MASK
set_bit() {
    byte=$(od -An -tu1 -j "$1" -N 1 "$IMG" | tr -d ' ')
    poke "$1" "$(le 1 $((byte | $2)))"
}

# the descriptor size is 0 while 64bit is set (superblock +0xfe)
image_damage_desc_size() {
    small_fs ,^metadata_csum,^uninit_bg
    poke $((1024 + 0xfe)) '\000\000'
}

# the image ends in the middle of its partition, inside an ext4
image_damage_cut() {
    small_fs
    mv "$IMG" "$TMP/fs"
    blank 8M
    table <<END
label: dos
label-id: 0xb1c0ffee
1: start=2048, size=12288, type=83
END
    paste_at "$TMP/fs" 2048
    truncate -s $(((2048 + 5000) * 512)) "$IMG"
}

# a bare ext4 that ends in the middle
image_damage_cut_bare() {
    small_fs
    truncate -s $((2500 * 1024 + 512)) "$IMG"
}

# the inode of /hello has a wrong checksum (its generation changed)
image_damage_inode_csum() {
    small_fs
    poke $(($(inode_at /hello) + 100)) '\377\377'
}

# the fifth block of group 0's inode table is noise: inodes 17 to 20
image_damage_inode_table() {
    small_fs
    table=$(od -An -tu4 -j $((2048 + 8)) -N 4 "$IMG" | tr -d ' ')
    noise $(((table + 4) * 1024)) 1024
}

# the block bitmap of group 0 is noise
image_damage_bitmap() {
    small_fs
    bitmap=$(od -An -tu4 -j 2048 -N 4 "$IMG" | tr -d ' ')
    noise $((bitmap * 1024)) 1024
}

# the xattr block of /ea-block is said to be block 0x00ffffff
image_damage_xattr() {
    small_fs ,^metadata_csum,^uninit_bg
    poke $(($(inode_at /ea-block) + 104)) "$(le 4 0x00ffffff)"
}

# two files that own the same block, without shared_blocks
image_damage_shared() {
    image_ext4_shared_blocks
    queue "feature -shared_blocks"
    flush_queue
}

# a directory linked below itself, and one that is in two places
image_damage_directory_cycle() {
    small_fs ,^metadata_csum,^uninit_bg
    queue "ln /dir /dir/a/b/cycle"
    queue "ln /dir/a /second-a"
    flush_queue
}

# the journal's superblock is noise
image_damage_journal() {
    image_ext3_dirty
    noise "$(block_at '<8>' 0)" 1024
}

# the journal's log: the descriptor at block 1 has a wrong checksum
image_damage_journal_descriptor() {
    image_ext4_dirty_1k
    noise $(($(block_at '<8>' 1) + 100)) 64
}

# the second EBR links back to the first (its entry 1 at 446+16)
image_damage_ebr_loop() {
    image_mbr_logical
    second=$(ebr_of_second)
    poke $((second * 512 + 446 + 16 + 8)) "$(le 4 0)"
}

# the first EBR links outside the disk
image_damage_ebr_outside() {
    image_mbr_logical
    poke $((6144 * 512 + 446 + 16 + 8)) "$(le 4 0x7fffffff)"
}

# ebr_of_second: the sector of the second EBR
ebr_of_second() {
    echo $((6144 + $(od -An -tu4 -j $((6144 * 512 + 446 + 16 + 8)) -N 4 "$IMG")))
}

# MBR entries that overlap and leave the disk (entry 2: start 3000, entry 4)
image_damage_mbr_overlap() {
    image_mbr_primary
    poke $((446 + 16 + 8)) "$(le 4 3000)"
    poke $((446 + 48 + 12)) "$(le 4 0xffffff)"
}
