#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: strace.sh [-o DIR]
#
# System calls of e2fsprogs on an image file; the image is made, changed and
# checked in turn.

set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

calls=openat,close,read,write,lseek,pread64,pwrite64,preadv,pwritev,ftruncate
calls=$calls,fallocate,fsync,fdatasync

traced() { # NAME STRACE-OPTIONS... -- COMMAND...
    name=$1
    shift
    strace -f -y -s 0 -e "trace=$calls" -o "$name.txt" "$@" \
        </dev/null >/dev/null 2>&1
    strip_work "$name.txt"
    publish "$name.txt"
}

begin "$@"
need strace strace
need mke2fs e2fsprogs
need dd coreutils
truncate -s 8M disk.img
traced strace-mke2fs mke2fs -q -t ext4 disk.img
cp --sparse=always disk.img strace-mke2fs.after.img
head -c 100000 /dev/zero | tr '\0' z >new
printf '%s\n' 'write new new' 'mkdir dir' 'symlink link new' >commands
traced strace-debugfs -ttt debugfs -w -f commands disk.img
cp --sparse=always disk.img strace-debugfs.after.img
traced strace-e2fsck -r e2fsck -fp disk.img
cp --sparse=always disk.img strace-e2fsck.after.img
# read, write and lseek: only the calls before tell the place. Into /new.
block=$(debugfs -R 'bmap new 5' disk.img 2>/dev/null)
traced strace-dd dd if=disk.img of=disk.img bs=1k skip=1 seek="$block" count=20 \
    conv=notrunc,fsync status=none
cp --sparse=always disk.img strace-dd.after.img
publish_image strace-*.after.img
