# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# Journals with something in them: dirty, wrapped, checksummed, external, fast.
# A dirty one is a copy of the disk made while the file system was mounted.

# busy COUNT: that many transactions, each making, changing or removing things
busy() {
    mkdir -p "$MNT/busy"
    n=0
    while [ $n -lt "$1" ]; do
        fill "/busy/f$n" $((n % 7 * 700))
        [ $((n % 5)) -ne 4 ] || rm "$MNT/busy/f$((n - 3))"
        [ $((n % 6)) -ne 5 ] || mkdir "$MNT/busy/d$n"
        sync "$MNT/busy"
        n=$((n + 1))
    done
}

# dirty OPTIONS FUNCTION ARG...: run it mounted; the image is the disk before
# it was unmounted
dirty() {
    opts=$1
    shift
    mounted "$opts" and_snap "$@"
    use_snap
}

and_snap() {
    "$@" && snap
}

# ext3: a dirty journal without checksums, 32-bit tags
image_ext3_dirty() {
    mkext 8M -t ext3 -b 1024 -g 2048 -N 256
    content 1024
    dirty rw busy 8
}

# ext4: a dirty journal as usual today: checksum v3, 64-bit tags, 4 KiB blocks
image_ext4_dirty() {
    mkext 16M -t ext4 -b 4096 -N 256
    content 4096 400 24 20
    dirty rw busy 8
}

# dirty, with 1 KiB blocks: the superblock is logged as a block of its own
image_ext4_dirty_1k() {
    mkext 8M -t ext4 -b 1024 -g 2048 -N 256
    content 1024
    dirty rw busy 8
}

# dirty, 32-bit block numbers with metadata_csum: v3 tags of 16 bytes all the same
image_ext4_dirty_32bit() {
    mkext 8M -t ext4 -O ^64bit -b 1024 -g 2048 -N 256
    content 1024
    dirty rw busy 4
}

# dirty, 64bit without any checksum: tags of 12 bytes
image_ext4_dirty_nocsum() {
    mkext 8M -t ext4 -O ^metadata_csum,uninit_bg -b 1024 -g 2048 -N 256
    content 1024
    dirty rw busy 4
}

# journal_checksum without metadata_csum: checksum v1, in the commit block
image_ext4_journal_v1() {
    mkext 8M -t ext4 -O ^metadata_csum,^64bit,uninit_bg -b 1024 -g 2048 -N 256
    content 1024
    dirty journal_checksum busy 6
}

# journal_async_commit: the commit block does not wait for its transaction
image_ext4_journal_async() {
    mkext 8M -t ext4 -b 1024 -g 2048 -N 256
    content 1024
    dirty data=writeback,journal_async_commit busy 6
}

# checksum v2, which kernels 3.5 to 3.17 wrote: transactions by debugfs
image_ext4_journal_v2() {
    mkext 8M -t ext4 -b 1024 -g 2048 -N 256
    content 1024
    log_blocks "-c -v 2"
}

# checksum v3 with revoke blocks: transactions by debugfs
image_ext4_journal_v3_revoke() {
    mkext 8M -t ext4 -b 1024 -g 2048 -N 256
    content 1024
    log_blocks "-c -v 3"
}

# no checksum, revoke blocks, 32-bit tags: transactions by debugfs
image_ext3_journal_revoke() {
    mkext 8M -t ext3 -b 1024 -g 2048 -N 256
    content 1024
    log_blocks ""
}

# log_blocks JO-OPTIONS: three transactions that log /big, revoke part of it,
# and log it again; the last block begins like a journal block and is escaped
log_blocks() {
    b=$(debugfs -R "bmap /big 0" "$IMG" 2>/dev/null)
    pattern /logged $((20 * BS)) >"$TMP/logged"
    printf '\300\073\071\230escaped' | cat - "$TMP/logged" >"$TMP/escaped"
    queue "jo $1"
    queue "jw -b $b-$((b + 9)) $TMP/logged"
    queue "jw -r $((b + 2)),$((b + 5))-$((b + 7))"
    queue "jw -b $((b + 20)),$((b + 25)) $TMP/escaped"
    queue "jw -r $b $TMP/logged"
    queue "jc"
    flush_queue
}

# 64 KiB blocks with transactions by debugfs
image_ext4_64k_dirty() {
    mkext 132M -t ext4 -J size=64 -b 65536 -N 512
    BS=65536
    put / hello 6
    put / big $((20 * BS))
    flush_queue
    log_blocks "-c -v 3"
}

# unmounted cleanly: the log is empty, but its old transactions can be read
image_ext4_journal_old() {
    mkext 8M -t ext4 -b 1024 -g 2048 -N 256
    content 1024
    mounted rw busy 12
}

# the live part of the log wraps around its end
image_ext4_journal_wrap() {
    mkext 8M -t ext4 -b 1024 -g 2048 -N 256
    content 1024
    dirty rw busy 135
}

# ext3: wrapped, then unmounted: old transactions on both sides of the seam
image_ext3_journal_wrap_old() {
    mkext 8M -t ext3 -b 1024 -g 2048 -N 256
    content 1024
    mounted rw busy 160
}

# data=journal: file data in the log, and a block that had to be escaped
image_ext4_journal_data() {
    mkext 10M -t ext4 -b 1024 -g 2048 -N 256
    content 1024
    dirty data=journal busy_data
}

busy_data() {
    busy 4
    printf '\300\073\071\230\000\000\000\001' >"$MNT/looks-like-a-journal-block"
    pattern /looks-like-a-journal-block 2048 | tail -c +9 >>"$MNT/looks-like-a-journal-block"
    sync -f "$MNT"
}

# directories removed after they were logged: revoke blocks by the kernel
image_ext4_journal_revoke() {
    mkext 8M -t ext4 -b 1024 -g 2048 -N 512
    content 1024
    dirty commit=600 remove_logged
}

remove_logged() {
    mkdir "$MNT/r"
    for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
        mkdir "$MNT/r/d$n"
        fill "/r/d$n/f" 3000
    done
    sync -f "$MNT"
    rm -r "$MNT/r"
    sync -f "$MNT"
    fill /after 100
    sync -f "$MNT"
}

# files deleted while open, when the disk was copied: a chain of orphans
image_ext4_orphans_open() {
    mkext 8M -t ext4 -b 1024 -g 2048 -N 256
    content 1024
    mounted rw delete_open
    use_snap
}

# the same with the log replayed: only the chain of orphans is left
image_ext4_orphans_replayed() {
    image_ext4_orphans_open
    queue "jr"
    flush_queue
}

# the same kept in the orphan file
image_ext4_orphan_file_used() {
    mkext 8M -t ext4 -O orphan_file -b 1024 -g 2048 -N 256
    content 1024
    mounted rw delete_open
    use_snap
}

# delete_open: remove three files that are in use, keep the disk
delete_open() {
    fill /open1 30000
    fill /open2 5000
    mkdir "$MNT/open-dir"
    fill /open-dir/open3 200000
    exec 7<"$MNT/open1" 8<"$MNT/open2" 9<"$MNT/open-dir/open3"
    rm -r "$MNT/open1" "$MNT/open2" "$MNT/open-dir"
    snap
    exec 7<&- 8<&- 9<&-
}

# fast_commit: an area at the end of the journal with every kind of record
image_ext4_fast_commit() {
    mkext 12M -t ext4 -O fast_commit -b 4096 -N 256
    content 4096 400 24 20
    mounted rw fast_busy
    use_snap
}

# fast_commit with 1 KiB blocks and an area of a chosen size
image_ext4_fast_commit_1k() {
    mkext 12M -t ext4 -O fast_commit -J size=2,fast_commit_size=512 -b 1024 -g 2048 -N 256
    content 1024
    mounted rw fast_busy
    use_snap
}

# fast commits behind the last full commit, which a replay takes; behind them, some of an older transaction
image_ext4_fast_commit_live() {
    mkext 12M -t ext4 -O fast_commit -b 4096 -N 256
    content 4096 400 24 20
    mounted rw fast_live
    use_snap
}

# fast_commit, unmounted: old records in the area, none of them valid
image_ext4_fast_commit_old() {
    mkext 12M -t ext4 -O fast_commit -b 1024 -g 2048 -N 256
    content 1024
    mounted rw fast_busy
}

# fast_commit made by mke2fs and never used
image_ext4_fast_commit_empty() {
    mkext 12M -t ext4 -O fast_commit -b 1024 -g 2048 -N 256
    content 1024
}

fast_live() {
    fast_busy # ends with a full commit: the kernel makes no fast one for a new directory
    sync -f "$MNT"
    for n in 1 2 3; do
        fill "/busy/live$n" 700
        sync "$MNT/busy/live$n"
    done
    cp --sparse=always "$IMG" "$TMP/snap"
}

# fast_busy: one full commit, then small changes with an fsync each
fast_busy() {
    busy 3
    sync -f "$MNT"
    n=0
    while [ $n -lt 20 ]; do
        fill "/busy/fc$n" $((n * 500))
        sync "$MNT/busy/fc$n"
        n=$((n + 1))
    done
    ln "$MNT/busy/fc3" "$MNT/busy/fc3-link"
    sync "$MNT/busy/fc3"
    rm "$MNT/busy/fc4"
    truncate -s 100 "$MNT/busy/fc5"
    sync "$MNT/busy/fc5"
    mkdir "$MNT/busy/fc-dir"
    sync "$MNT/busy/fc-dir"
    cp --sparse=always "$IMG" "$TMP/snap" # without a sync: that would commit in full
}

# external journal: the file system (its journal is ext4-extjournal-device)
image_ext4_extjournal() {
    external_pair 4096 16M 8M
    also ext4-extjournal-device "$JOURNAL" # the journal device of ext4-extjournal, dirty
}

# external journal with 1 KiB blocks (its journal: ext4-extjournal-1k-device)
image_ext4_extjournal_1k() {
    external_pair 1024 8M 2M
    also ext4-extjournal-1k-device "$JOURNAL" # the journal device of ext4-extjournal-1k, dirty
}

# external_pair BLOCKSIZE SIZE JOURNALSIZE: make both on loop devices, work on
# them, copy both while they are mounted
external_pair() {
    JOURNAL=$TMP/journal.img
    truncate -s "$3" "$JOURNAL"
    mke2fs -q -F -O journal_dev -b "$1" -U b1c0ffee-0000-4000-8000-0000000000ad \
        "$JOURNAL" >/dev/null 2>&1 || return
    loop=$(losetup --show -f "$JOURNAL") || return
    mkext "$2" -t ext4 -J device="$loop" -b "$1" -N 256
    content "$1" 400 24 20
    mounted "rw,journal_path=$loop" busy_pair
    use_snap
    losetup -d "$loop"
    mv "$TMP/journal-snap" "$JOURNAL"
    debug "ssv journal_dev 0"
}

busy_pair() {
    busy 10
    snap
    cp --sparse=always "$JOURNAL" "$TMP/journal-snap"
}
