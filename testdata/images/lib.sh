# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2154 # OUT, TMP and NAME come from make.sh
# What every family of images shares: a scratch file, its content, mounting,
# packing. Sourced by make.sh, which sets OUT (results) and TMP (scratch).

UUID=b1c0ffee-0000-4000-8000-000000000001
SEED=b1c0ffee-0000-4000-8000-00000000005e
# what "-t ext4" means in e2fsprogs 1.47, spelt out to be the same everywhere
EXT4_FEATURES=has_journal,extent,huge_file,flex_bg,metadata_csum,64bit,dir_nlink
EXT4_FEATURES=$EXT4_FEATURES,extra_isize,ext_attr,dir_index,sparse_super
EXT4_FEATURES=$EXT4_FEATURES,large_file,resize_inode,filetype
EPOCH=1262304000 # 2010-01-01: every time stamp that a tool lets us choose
export E2FSPROGS_FAKE_TIME=$EPOCH E2FSCK_TIME=$EPOCH SOURCE_DATE_EPOCH=$EPOCH
export LC_ALL=C TZ=UTC
export MKE2FS_SKIP_CHECK_MSG=1 MKE2FS_SKIP_PROGRESS=1

# every default of mke2fs that this system might set otherwise
export MKE2FS_CONFIG="$TMP/mke2fs.conf"
cat >"$MKE2FS_CONFIG" <<END
[defaults]
    base_features = sparse_super,large_file,filetype,resize_inode,dir_index,ext_attr
    blocksize = 1024
    inode_size = 128
    inode_ratio = 4096
    lazy_itable_init = 0
    lazy_journal_init = 0
[fs_types]
    ext2 = {
        inode_ratio = 4096
    }
    ext3 = {
        features = has_journal
    }
    ext4 = {
        inode_size = 256
        features = $EXT4_FEATURES
    }
    small = {
        inode_ratio = 4096
    }
    floppy = {
        inode_ratio = 4096
    }
END

die() {
    echo "make.sh: ${NAME:-}: $*" >&2
    exit 2
}

# blank SIZE: an empty sparse image for the current NAME
blank() {
    IMG=$TMP/$NAME.img
    rm -f "$IMG"
    truncate -s "$1" "$IMG"
}

# mkext SIZE MKE2FS-OPTION...: an empty file system with fixed identity
mkext() {
    blank "$1"
    shift
    format "$@"
}

# format MKE2FS-OPTION...: the same on an image that is there already
format() {
    extended=hash_seed=$SEED
    previous=
    for option; do
        shift
        if [ "$previous" = -E ]; then
            option=$option,$extended
            extended=
        fi
        set -- "$@" "$option"
        previous=$option
    done
    [ -z "$extended" ] || set -- -E "$extended" "$@"
    mke2fs -q -F -U "$UUID" "$@" "$IMG" >"$TMP/err" 2>&1 ||
        die "mke2fs $*: $(cat "$TMP/err")"
}

# field NAME: one value of the superblock, as dumpe2fs prints it
field() {
    dumpe2fs -h "$IMG" 2>/dev/null | sed -n "s/^$1: *//p"
}

# pattern PATH BYTES [FIRST]: each 512-byte sector says whose it is and which
# one, counted from FIRST
pattern() {
    awk -v p="$1" -v n="$2" -v first="${3:-0}" 'BEGIN {
        dots = sprintf("%512s", ""); gsub(/ /, ".", dots)
        for (i = 0; i * 512 < n; i++) {
            s = sprintf("@%s %07.0f\n", p, first + i)
            s = s substr(dots, 1, 511 - length(s)) "\n"
            printf "%s", (i * 512 + 512 > n ? substr(s, 1, n - i * 512) : s)
        }
    }'
}

# queue COMMAND...: a line for the next debugfs run
queue() {
    printf '%s\n' "$*" >>"$TMP/queue"
}

# flush_queue: run the queued debugfs commands; any message is a failure
flush_queue() {
    debugfs -w -f "$TMP/queue" "$IMG" >"$TMP/out" 2>"$TMP/err"
    rm -f "$TMP/queue"
    quiet_debugfs "with $(wc -l <"$TMP/out") lines"
}

# quiet_debugfs WHAT: debugfs tells of failures only by what it prints
quiet_debugfs() {
    if grep -v -e '^debugfs [0-9]' -e '^$' "$TMP/err" | head -n 5 >"$TMP/bad" &&
        [ -s "$TMP/bad" ]; then
        die "debugfs $1: $(cat "$TMP/bad")"
    fi
}

# debug COMMAND: one debugfs command now (names may hold any byte)
debug() {
    debugfs -w -R "$1" "$IMG" >"$TMP/out" 2>"$TMP/err"
    quiet_debugfs "$1"
}

# put DIR NAME BYTES: queue a file that is full of its own path
put() {
    src=$TMP/src$(printf '%s' "$1/$2" | tr / _)
    pattern "${1%/}/$2" "$3" >"$src"
    queue "cd $1"
    queue "write $src $2"
}

# put_sparse DIR NAME BYTES AT...: BYTES long, 4 KiB of data at each AT (KiB)
put_sparse() {
    src=$TMP/src$(printf '%s' "$1/$2" | tr / _)
    truncate -s "$3" "$src"
    queue "cd $1"
    queue "write $src $2"
    path=${1%/}/$2
    shift 3
    for at in "$@"; do
        pattern "$path" 4096 $((at * 2)) |
            dd of="$src" bs=1024 seek="$at" conv=notrunc status=none
    done
}

# put_frag DIR NAME BLOCKS: every second block is a hole, so one extent each
put_frag() {
    put "$1" "$2" $(($3 * BS))
    i=1
    while [ $i -lt "$3" ]; do
        queue "punch ${1%/}/$2 $i $i"
        i=$((i + 2))
    done
}

# put_many DIR FILE COUNT WIDTH: COUNT hard links with names WIDTH bytes long
# (debugfs does not count links; tidy does)
put_many() {
    need=$(($3 * ($4 + 12) * 5 / 4 / BS + 3))
    while [ $need -gt 0 ]; do
        queue "expand_dir $1"
        need=$((need - 1))
    done
    awk -v d="$1" -v f="$2" -v n="$3" -v w="$4" 'BEGIN {
        for (i = 0; i < n; i++) {
            s = sprintf("%06d-", i)
            while (length(s) < w) s = s substr("abcdefghijklmnop", 1, w - length(s))
            print "ln " f " " d "/" s
        }
    }' >>"$TMP/queue"
}

# odd_names FILE: links in /odd whose names hold every kind of awkward byte
odd_names() {
    debug "mkdir odd"
    debug "expand_dir odd"
    long=$(awk 'BEGIN { while (i++ < 255) printf "%c", 96 + i % 26 + 1 }')
    nl='
'
    for name in "line${nl}break" 'quo""te' "apo'strophe" 'back\slash' \
        "$(printf '\033[31mred\033[0m')" "$(printf 'bad\377\376utf8')" \
        "$(printf 'rtl\342\200\256gpj.exe')" "$(printf 'tab\tcr\rbell\007')" \
        "$(printf '\001\177')" ' spaces  ' '-dash' 'per%cent%s' 'semi;colon' \
        "$(printf '\346\227\245\346\234\254')" '<12>' '*' '...' "$long"; do
        debug "ln \"$1\" \"odd/$name\""
    done
}

# special_files: everything in a directory that is neither file nor directory
special_files() {
    queue "mkdir /special"
    queue "cd /special"
    queue "mknod null c 1 3"
    queue "mknod disk b 8 17"
    queue "mknod fifo p"
    queue "symlink /special/fast ../hello"
    queue "symlink /special/slow $(pattern /target/ 200 | tr '\n @' '...')"
}

# sized_files: lengths around the borders of a block and of the direct blocks
sized_files() {
    put / hello 6
    put /dir empty 0
    put /dir one 1
    put /dir block-1 $((BS - 1))
    put /dir block "$BS"
    put /dir block+1 $((BS + 1))
    put /dir direct $((12 * BS))
    put /dir direct+1 $((12 * BS + 1))
    put /dir/a/b/c deep $((3 * BS + 100))
}

# xattrs: in the inode where there is room, and in a block of their own
xattrs() {
    put / ea-small 100
    put / ea-block 100
    queue "ea_set /ea-small user.small value"
    pattern /ea-block:user.big 700 >"$TMP/ea"
    queue "ea_set -f $TMP/ea /ea-block user.big"
}

# content BLOCKSIZE [NAMES WIDTH [BIG]]: the tree that every ext image holds;
# NAMES links make /many big enough for an index, BIG blocks fill /big
content() {
    BS=$1
    queue "mkdir /dir"
    queue "mkdir /dir/a"
    queue "mkdir /dir/a/b"
    queue "mkdir /dir/a/b/c"
    queue "mkdir /many"
    sized_files
    put / gone $((5 * BS))
    put / big $((${4:-300} * BS))
    put_sparse / sparse $((4000 * 1024 + 77)) 64 640 3996
    put_frag / frag 40
    put_many /many /hello "${2:-400}" "${3:-24}"
    special_files
    xattrs
    queue "ln /hello /dir/a/hello-again"
    queue "rm /gone"
    flush_queue
    odd_names /dir/one
    tidy
}

# unwritten: files with allocated blocks that were never written (extents only)
unwritten() {
    put_sparse / prealloc $((64 * BS)) 0
    queue "fallocate /prealloc 16 31"
    put / tail $((2 * BS))
    queue "fallocate /tail 2 9"
    flush_queue
    tidy
}

# tidy: correct link counts, index the large directories, leave it clean
tidy() {
    e2fsck -fyD "$IMG" >"$TMP/out" 2>&1
    [ $? -le 1 ] || die "e2fsck: $(cat "$TMP/out")"
}

# mounted OPTIONS FUNCTION ARG...: run it in the mounted image (as $MNT)
mounted() {
    MNT=/mnt
    mount -o "loop,$1" "$IMG" "$MNT" || die "mount -o $1"
    shift
    ("$@") || {
        umount "$MNT"
        die "$1 failed"
    }
    umount "$MNT"
}

# fill FILE BYTES: like put, in the mounted file system
fill() {
    pattern "$1" "$2" >"$MNT$1"
}

# snap: keep the disk as it is now, file system still mounted
snap() {
    sync -f "$MNT"
    cp --sparse=always "$IMG" "$TMP/snap"
}

# use_snap: the kept disk becomes the image
use_snap() {
    mv "$TMP/snap" "$IMG"
}

# poke OFFSET OCTAL-ESCAPES: change bytes of the image
poke() {
    # shellcheck disable=SC2059 # the escapes are the data
    printf "$2" | dd of="$IMG" bs=1 seek="$1" conv=notrunc status=none
}

# le WIDTH VALUE: VALUE as WIDTH little-endian bytes, as octal escapes
le() {
    i=0 v=$2
    while [ $i -lt "$1" ]; do
        printf '\\%03o' $((v & 255))
        v=$((v >> 8)) i=$((i + 1))
    done
}

# block_at PATH INDEX: the byte where that block of the file lies
block_at() {
    echo $(($(debugfs -R "bmap $1 $2" "$IMG" 2>/dev/null) * BS))
}

# inode_at PATH: the byte where its inode lies
inode_at() {
    debugfs -R "imap $1" "$IMG" 2>/dev/null | sed -n 's/.*block \([0-9]*\), offset /\1 /p' |
        while read -r block offset; do echo $((block * BS + offset)); done
}

# paste_at FILE SECTOR: copy a file into the image
paste_at() {
    dd if="$1" of="$IMG" bs=512 seek="$2" conv=notrunc,sparse status=none
}

# also NAME FILE: a second image made along with this one
also() {
    xz -6 -T1 --check=crc32 -c "$2" >"$OUT/$1.img.xz"
}

# pack: the image, compressed, into OUT
pack() {
    xz -6 -T1 --check=crc32 -c "$IMG" >"$OUT/$NAME.img.xz"
    rm -f "$IMG" "$TMP"/src*
}
