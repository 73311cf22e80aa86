# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# The plain file systems: every revision, every block size.

# ext2 with 1 KiB blocks: boot block apart from superblock, indirect blocks
image_ext2_1k() {
    mkext 6M -t ext2 -b 1024 -g 1024 -N 256
    content 1024
}

# ext2 with 2 KiB blocks
image_ext2_2k() {
    mkext 6M -t ext2 -b 2048 -N 256
    content 2048
}

# ext2 with 4 KiB blocks: boot block and superblock share block 0
image_ext2_4k() {
    mkext 8M -t ext2 -b 4096 -N 256
    content 4096
}

# revision 0: 128-byte inodes, no features, a superblock backup in every group
image_ext2_old() {
    mkext 6M -t ext2 -r 0 -b 1024 -g 1024 -N 240 -O none
    content 1024
}

# single, double and triple indirect blocks, each reached through holes
image_ext2_indirect() {
    mkext 2M -t ext2 -b 1024 -N 64
    BS=1024
    put / single $((200 * BS))
    put_sparse / double $((2048 * 1024)) 0 4 268 600 2044
    put_sparse / triple $((140000 * 1024 + 1)) 8 66000 67000 132000 139996
    flush_queue
    tidy
}

# ext3: block-mapped files and a clean journal, 1 KiB blocks
image_ext3_1k() {
    mkext 6M -t ext3 -b 1024 -g 2048 -N 256
    content 1024
}

# ext3 with 4 KiB blocks
image_ext3_4k() {
    mkext 12M -t ext3 -b 4096 -N 256
    content 4096
}

# ext4 as mke2fs of e2fsprogs 1.47 makes it, 4 KiB blocks
image_ext4_default_4k() {
    mkext 16M -t ext4 -b 4096
    content 4096
    unwritten
}

# ext4 with 1 KiB blocks, many groups
image_ext4_1k() {
    mkext 12M -t ext4 -b 1024 -g 2048
    content 1024
    unwritten
}

# ext4 with 2 KiB blocks
image_ext4_2k() {
    mkext 12M -t ext4 -b 2048
    content 2048
    unwritten
}

# ext4 with 8 KiB blocks, no journal
image_ext4_8k() {
    mkext 12M -t ext4 -O ^has_journal -b 8192
    content 8192 400 100 100
    unwritten
}

# ext4 with the largest blocks, 64 KiB, where rec_len is encoded
image_ext4_64k() {
    mkext 32M -t ext4 -O ^has_journal -b 65536 -N 512
    content 65536 700 250 20
    unwritten
}

# ext4 with 64 KiB blocks and a journal
image_ext4_64k_journal() {
    mkext 132M -t ext4 -J size=64 -b 65536 -N 512
    content 65536 300 250 20
}

# ext4 without a journal
image_ext4_nojournal() {
    mkext 8M -t ext4 -O ^has_journal -b 4096
    content 4096
}

# ext4 that kept block-mapped files from its days as ext3
image_ext4_blockmapped() {
    mkext 12M -t ext3 -b 4096 -N 256
    content 4096
    tune2fs -O extent,uninit_bg,dir_index,huge_file,dir_nlink "$IMG" >/dev/null
    put_frag / frag-extents 40
    put / plain-extents $((30 * BS))
    unwritten
}
