# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# What inodes and directories may hold, one feature to an image.

# no metadata checksums of any kind
image_ext4_nocsum() {
    mkext 8M -t ext4 -O ^has_journal,^metadata_csum,^uninit_bg -b 1024 -g 1024 -N 256
    content 1024
    unwritten
}

# metadata_csum_seed: the UUID was changed after the checksums were made
image_ext4_csum_seed() {
    mkext 8M -t ext4 -O ^has_journal,metadata_csum_seed -b 1024 -g 1024 -N 256
    content 1024
    tune2fs -U b1c0ffee-0000-4000-8000-0000000000ee "$IMG" >/dev/null
}

# 128-byte inodes in an ext4: extents but no room for anything more
image_ext4_inode128() {
    mkext 8M -t ext4 -O ^has_journal,^extra_isize -I 128 -b 1024 -g 1024 -N 256
    content 1024
}

# 1024-byte inodes: one to a block
image_ext4_inode1024() {
    mkext 8M -t ext4 -O ^has_journal -I 1024 -b 1024 -g 1024 -N 256
    content 1024
}

# inodes as large as a 4 KiB block
image_ext4_inode4096() {
    mkext 8M -t ext4 -O ^has_journal -I 4096 -b 4096 -N 128
    content 4096 400 24 100
}

# label, owner of the root, default mount options, a last-mounted path
image_ext4_labelled() {
    mkext 4M -t ext4 -O ^has_journal -E root_owner=1000:1000 -L 'a "label"' \
        -M '/srv/data' -m 20 -e remount-ro -b 1024 -N 128
    content 1024
}

# extent trees two levels deep: 400 extents in blocks of 1 KiB
image_ext4_depth2() {
    mkext 4M -t ext4 -O ^has_journal -b 1024 -N 64
    BS=1024
    put_frag / depth1 40
    put_frag / depth2 800
    put / unwritten 1024
    queue "fallocate /unwritten 10 500"
    i=12
    while [ $i -lt 500 ]; do
        queue "punch /unwritten $i $i"
        i=$((i + 3))
    done
    flush_queue
    tidy
}

# an extent tree of the full five levels, and one of three: split by hand
image_ext4_depth5() {
    mkext 4M -t ext4 -O ^has_journal -b 1024 -N 64
    BS=1024
    put_frag / depth5 30
    put_frag / depth3 30
    flush_queue
    deepen /depth3 2
    deepen /depth5 4
}

# deepen PATH TIMES: split the root of the extent tree, so it grows a level
deepen() {
    queue "extent_open $1"
    n=0
    while [ $n -lt "$2" ]; do
        queue "root_node"
        queue "split_node"
        n=$((n + 1))
    done
    queue "extent_close"
    flush_queue
}

# files at the end of what 32-bit logical block numbers reach, all hole before
image_ext4_far() {
    mkext 4M -t ext4 -O ^has_journal -b 4096 -N 64
    BS=4096
    put_sparse / far $((0xfffffffe * 4096)) 0 $((0xfffffffc * 4))
    put_sparse / over-2g $((3 << 30)) 4 $((2 << 20)) $(((3 << 20) - 4))
    flush_queue
    tidy
}

# inline_data: small files, directories and symbolic links inside the inode
image_ext4_inline_data() {
    mkext 6M -t ext4 -O ^has_journal,inline_data -b 1024 -g 1024 -N 256
    content 1024
    queue "mkdir /inline"
    for n in 1 59 60 61 100 130; do
        put /inline "file$n" "$n"
        queue "symlink /inline/link$n $(pattern /t 200 | tr '\n @' '...' | head -c "$n")"
    done
    queue "mkdir /inline/empty"
    queue "mkdir /inline/small"
    put /inline/small one 1
    put /inline/small two 2000
    flush_queue
    tidy
}

# inline_data with 512-byte inodes: files, a directory, a link with much inside
image_ext4_inline_data_512() {
    mkext 6M -t ext4 -O inline_data -I 512 -b 1024 -g 2048 -N 256
    mounted rw fill_inline
    tidy_keep
}

fill_inline() {
    mkdir "$MNT/dir" "$MNT/nested" "$MNT/nested/dir" || return
    for n in 1 60 200 300 400; do
        fill "/file$n" "$n"
        fill "/dir/file-in-an-inline-directory-$n" "$n"
    done
    ln -s "$(pattern /t 250 | tr '\n @' '...')" "$MNT/link"
    fill /nested/dir/deep 100
}

# ea_inode: attribute values in inodes of their own, without a directory entry
image_ext4_ea_inode() {
    mkext 6M -t ext4 -O ea_inode -b 1024 -g 2048 -N 256
    content 1024
    mounted rw huge_xattrs
    tidy_keep
}

# huge_xattrs: one value of 30 KB, two in one file, one shared by two files
huge_xattrs() {
    for f in huge two same1 same2; do
        fill "/ea-$f" 10
    done
    set_xattr ea-huge user.huge 30000 &&
        set_xattr ea-two user.one 5000 &&
        set_xattr ea-two user.two 9000 &&
        set_xattr ea-same1 user.same 3000 &&
        set_xattr ea-same2 user.same 3000
}

# set_xattr FILE NAME BYTES: a value that names itself
set_xattr() {
    setfattr -n "$2" -v "$(pattern "xattr:$2" "$3" | tr '\n' ' ')" "$MNT/$1"
}

# xattr blocks shared by several inodes, and blocks of directories and links
image_ext4_xattr_shared() {
    mkext 8M -t ext4 -b 1024 -g 2048 -N 256
    content 1024
    mounted rw share_xattrs
    tidy
}

share_xattrs() {
    mkdir "$MNT/shared"
    for n in 1 2 3 4 5 6; do
        fill "/shared/f$n" 2000
        set_xattr "shared/f$n" user.v 600 || return
    done
    set_xattr shared user.v 600 &&
        setfattr -h -n trusted.w -v "$(pattern w 600 | tr '\n' ' ')" \
            "$MNT/special/fast" "$MNT/special/null"
}

# a directory index of two levels: one node block above the leaves
image_ext4_htree2() {
    mkext 12M -t ext4 -O ^has_journal -b 1024 -N 64
    BS=1024
    put / hello 6
    queue "mkdir /many"
    put_many /many /hello 3000 200
    flush_queue
    tidy
}

# large_dir: a directory index of three levels, the topmost put in by hand
image_ext4_large_dir() {
    mkext 8M -t ext4 -O ^has_journal,large_dir,^metadata_csum -b 1024 -N 64
    BS=1024
    put / hello 6
    queue "mkdir /many"
    put_many /many /hello 3000 200
    flush_queue
    tidy
    queue "expand_dir /many"
    flush_queue
    raise_index /many
}

# raise_index DIR: move the entries of the index root to the last block of
# the directory, and let the root point there: one more level
raise_index() {
    last=$(($(debugfs -R "stat $1" "$IMG" 2>/dev/null |
        sed -n '/^User:/s/.*Size: //p') / BS - 1))
    root=$(($(debugfs -R "bmap $1 0" "$IMG" 2>/dev/null) * BS))
    node=$(($(debugfs -R "bmap $1 $last" "$IMG" 2>/dev/null) * BS))
    count=$(od -An -tu2 -j $((root + 34)) -N 2 "$IMG" | tr -d ' ')
    dd if="$IMG" of="$TMP/entries" bs=1 skip=$((root + 36)) \
        count=$((count * 8 - 4)) status=none
    poke $((node + 8)) "$(le 2 $(((BS - 8) / 8)))$(le 2 "$count")"
    dd if="$TMP/entries" of="$IMG" bs=1 seek=$((node + 12)) conv=notrunc status=none
    poke $((root + 30)) '\002'
    poke $((root + 34)) "$(le 2 1)$(le 4 "$last")"
}

# tidy_keep: as tidy, but leave the directories as the kernel made them
tidy_keep() {
    e2fsck -fy "$IMG" >"$TMP/out" 2>&1
    [ $? -le 1 ] || die "e2fsck: $(cat "$TMP/out")"
}

# casefold: a directory tree that ignores case, with and without an index
image_ext4_casefold() {
    mkext 6M -t ext4 -O ^has_journal,casefold -E encoding=utf8-12.1 -b 1024 -g 1024 -N 256
    content 1024
    queue "mkdir /Fold"
    queue "mkdir /Fold/Many"
    queue "sif /Fold flags 0x40080000"
    queue "sif /Fold/Many flags 0x40080000"
    put /Fold MixedCase.TXT 1500
    put_many /Fold/Many /hello 300 30
    flush_queue
    tidy
}

# encrypt: encrypted names, contents and links, made by the kernel
image_ext4_encrypt() {
    mkext 8M -t ext4 -O encrypt,stable_inodes -b 4096 -N 256
    content 4096 400 24 20
    mounted test_dummy_encryption=v2 make_encrypted
    tidy_keep
}

make_encrypted() {
    mkdir "$MNT/enc" "$MNT/enc/sub" "$MNT/enc/many" || return
    fill /enc/secret 10000
    fill /enc/sub/deep 100
    ln -s ../hello "$MNT/enc/link"
    ln -s "$(pattern /t 120 | tr '\n @' '...')" "$MNT/enc/long-link"
    n=0
    while [ $n -lt 200 ]; do
        : >"$MNT/enc/many/name-$n-$(printf '%032d' $n)"
        n=$((n + 1))
    done
}

# encrypt and casefold together: eight bytes of hash follow each name. Made by
# the kernel without casefold; the directory block is then spread by hand
image_ext4_encrypt_casefold() {
    mkext 4M -t ext4 -O encrypt,^metadata_csum,uninit_bg -b 1024 -g 2048 -N 128
    mounted test_dummy_encryption=v2 make_folded
    queue "feature casefold"
    queue "ssv encoding 1"
    queue "sif /both flags 0x40080800"
    flush_queue
    BS=1024
    spread_entries "$(block_at /both 0)"
    tidy_keep
}

make_folded() {
    mkdir "$MNT/both" && fill /both/one 1000 && fill /both/Two 2000 && fill /both/three 3000
}

# spread_entries BYTE: three entries of 24 bytes each, behind "." and "..",
# move apart by 8 bytes, which take the hash
spread_entries() {
    for n in 2 1 0; do
        dd if="$IMG" of="$TMP/entry" bs=1 skip=$(($1 + 24 + n * 24)) count=24 status=none
        dd if="$TMP/entry" of="$IMG" bs=1 seek=$(($1 + 24 + n * 32)) conv=notrunc status=none
        poke $(($1 + 24 + n * 32 + 24)) "$(le 4 0x1000000$n)$(le 4 0x2000000$n)"
        poke $(($1 + 24 + n * 32 + 4)) "$(le 2 $((n == 2 ? BS - 24 - 64 : 32)))"
    done
}

# verity: hash tree and descriptor behind the end of the file
image_ext4_verity() {
    mkext 8M -t ext4 -O ^has_journal,verity -b 4096 -N 64
    content 4096 400 24 20
    put_verity small 5000
    put_verity large 600000
    tidy
}

# put_verity NAME BYTES: lay it out as the kernel does: the tree at the next
# 64 KiB, the descriptor in the block after it, its size in the last 4 bytes
put_verity() {
    f=$TMP/src-$1
    pattern "/$1" "$2" >"$f"
    fsverity digest "$f" --out-merkle-tree="$TMP/tree" \
        --out-descriptor="$TMP/desc" >/dev/null || return
    tree=$((($2 + 65535) / 65536 * 65536))
    desc=$(((tree + $(stat -c %s "$TMP/tree") + 4095) / 4096 * 4096))
    end=$(((desc + $(stat -c %s "$TMP/desc") + 4 + 4095) / 4096 * 4096))
    dd if="$TMP/tree" of="$f" bs=4096 seek=$((tree / 4096)) conv=notrunc status=none
    dd if="$TMP/desc" of="$f" bs=4096 seek=$((desc / 4096)) conv=notrunc status=none
    # shellcheck disable=SC2059 # the escapes are the data
    printf "$(le 4 "$(stat -c %s "$TMP/desc")")" |
        dd of="$f" bs=1 seek=$((end - 4)) conv=notrunc status=none
    queue "write $f $1"
    queue "sif /$1 size $2"
    queue "sif /$1 flags 0x180000"
    flush_queue
}

# quota for users, groups and projects, kept in hidden inodes
image_ext4_quota() {
    mkext 8M -t ext4 -O ^has_journal,quota,project -E quotatype=usrquota:grpquota:prjquota \
        -b 1024 -g 1024 -N 256
    content 1024
    own_files
    tidy
}

# own_files: files of several users, so that the quota trees have entries
own_files() {
    n=0
    while [ $n -lt 40 ]; do
        put /dir "user$n" $((n * 100))
        queue "sif user$n uid $((n * 7919))"
        queue "sif user$n gid $((n * 104729))"
        n=$((n + 1))
    done
    flush_queue
}

# quota for users only, with a journal and 4 KiB blocks
image_ext4_quota_user() {
    mkext 12M -t ext4 -O quota -E quotatype=usrquota -b 4096 -N 256
    content 4096 400 24 20
    own_files
    tidy
}

# orphan_file, empty, and clean
image_ext4_orphan_file() {
    mkext 8M -t ext4 -O orphan_file -E orphan_file_size=32k -b 1024 -g 2048 -N 256
    content 1024
}

# MMP: the block that guards against mounting twice
image_ext4_mmp() {
    mkext 6M -t ext4 -O ^has_journal -b 1024 -g 1024 -N 256
    content 1024
    (cd "$TMP" && tune2fs -O mmp -E mmp_update_interval=1 "$NAME.img") >/dev/null
}

# inodes on the orphan list that still own blocks; no journal involved
image_ext4_orphans() {
    mkext 6M -t ext4 -O ^has_journal -b 1024 -g 1024 -N 256
    content 1024
    put / orphan1 30000
    put_frag / orphan2 20
    put / truncated 40000
    flush_queue
    a=$(inode_of /orphan1) b=$(inode_of /orphan2) c=$(inode_of /truncated)
    queue "unlink /orphan1"
    queue "unlink /orphan2"
    queue "sif <$a> links_count 0"
    queue "sif <$b> links_count 0"
    queue "ssv last_orphan $a"
    queue "sif <$a> dtime $b"
    queue "sif <$b> dtime $c"
    queue "sif <$c> dtime 0"
    flush_queue
}

inode_of() {
    debugfs -R "stat $1" "$IMG" 2>/dev/null | sed -n 's/^Inode: \([0-9]*\).*/\1/p'
}

# deleted inodes that still own their blocks, on no list: space that leaked
image_ext2_leaked() {
    mkext 4M -t ext2 -b 1024 -g 1024 -N 128
    content 1024
    put / leaked 30000
    flush_queue
    a=$(inode_of /leaked)
    queue "unlink /leaked"
    queue "sif <$a> links_count 0"
    flush_queue
}

# shared_blocks: two files own the same blocks; the file system is read-only
image_ext4_shared_blocks() {
    mkext 4M -t ext4 -O ^has_journal -b 1024 -N 64
    BS=1024
    put / filler $((60 * BS))
    put / one $((20 * BS))
    put / two $((20 * BS))
    put / three $((20 * BS))
    flush_queue
    from=$(debugfs -R "bmap /one 0" "$IMG" 2>/dev/null)
    for f in two three; do
        share_extent $f "$from"
    done
    queue "ssv free_blocks_count $(($(field 'Free blocks') + 40))"
    queue "set_bg 0 free_blocks_count $(($(field 'Free blocks') + 40))"
    queue "set_bg 0 checksum calc"
    queue "feature shared_blocks"
    flush_queue
}

# share_extent NAME BLOCK: point its only extent at BLOCK, free what it had
share_extent() {
    old=$(debugfs -R "bmap /$1 0" "$IMG" 2>/dev/null)
    queue "extent_open /$1"
    queue "root_node"
    queue "replace_node 0 20 $2"
    queue "extent_close"
    queue "freeb $old 20"
    flush_queue
}

# hidden and reserved things: attributes, immutable flags, no lost+found
image_ext4_bare() {
    mkext 2M -t ext4 -O ^has_journal,^resize_inode -b 1024 -N 16
    queue "rmdir /lost+found"
    flush_queue
}
