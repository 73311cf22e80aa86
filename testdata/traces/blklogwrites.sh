#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: blklogwrites.sh [-o DIR]
#
# Logs in the format of dm-log-writes made by QEMU's blklogwrites driver (no
# marks: it cannot make them; dm-log-writes.sh has them).

set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

log_writes() { # NAME LOG-SECTOR-SIZE
    copy_of_base "$1.after.img"
    io_commands "$1.after.img" >commands
    truncate -s 0 "$1.bin"
    # QEMU aborts on a write that is not of whole log sectors.
    if [ "$2" -gt 512 ]; then
        sed -i '/ 512$/d; /^read .* 1024$/d' commands
    fi
    qemu_io -d unmap --image-opts "driver=blklogwrites,log-sector-size=$2,file.driver=file,file.discard=unmap,file.filename=$1.after.img,log.driver=file,log.filename=$1.bin" \
        <commands
    xz -9e -T1 -c "$1.bin" >"$out/$1.bin.xz"
    publish_image "$1.after.img"
}

begin "$@"
need qemu-io qemu-utils
need debugfs e2fsprogs
log_writes blklogwrites 512
log_writes blklogwrites-4k 4096
