#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: [FIO=PROGRAM] fio.sh [-o DIR]
#
# I/O logs that fio writes. fio from 3.31 writes version 3, older ones version
# 2: FIO names such a one (fio 3.25 of Debian 11 was used).

set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

fio=${FIO:-fio}

run_fio() { # ARGUMENTS
    "$fio" --output=/dev/null --ioengine=sync --randrepeat=1 \
        --buffer_pattern=0x66 --bsrange=512-16k --blockalign=512 "$@"
}

# In the blocks of one file, so that the file system stays whole.
mixed_io() { # VERSION
    copy_of_base "fio-v$1.after.img"
    run_fio --name=mixed --filename="fio-v$1.after.img" --rw=randrw \
        --offset="$(offset_of "fio-v$1.after.img" /dir/big)" --size=1m \
        --io_size=512k --fsync=16 --write_iolog="fio-v$1.iolog"
    sed -i "s/fio-v$1\.after\.img/disk.img/" "fio-v$1.iolog"
    publish "fio-v$1.iolog"
    publish_image "fio-v$1.after.img"
}

# Two files in one log: two jobs cannot share a log, one job with two files can.
two_files() { # VERSION
    truncate -s 1M one.img two.img
    run_fio --name=two --filename=one.img:two.img --rw=write --size=2m \
        --io_size=256k --write_iolog="fio-v$1-two-files.iolog"
    publish "fio-v$1-two-files.iolog"
}

# Trims need a block device.
trims() { # VERSION
    copy_of_base "fio-v$1-trim.after.img"
    loop=$(losetup -f --show "fio-v$1-trim.after.img")
    run_fio --name=trim --filename="$loop" --rw=trimwrite --bsrange=4k-64k \
        --offset="$(offset_of "fio-v$1-trim.after.img" /dir/big)" --size=1m \
        --io_size=256k --write_iolog="fio-v$1-trim.iolog"
    losetup -d "$loop"
    loop=
    sed -i 's,/dev/loop[0-9]*,/dev/loop0,' "fio-v$1-trim.iolog"
    publish "fio-v$1-trim.iolog"
    publish_image "fio-v$1-trim.after.img"
}

undo() {
    [ -z "$loop" ] || losetup -d "$loop"
}

begin "$@"
loop=
need "$fio" fio
need losetup mount
need debugfs e2fsprogs
need_root
version=3
case $("$fio" --version) in
fio-[12].* | fio-3.[0-9] | fio-3.[12][0-9] | fio-3.30) version=2 ;;
esac
mixed_io "$version"
two_files "$version"
trims "$version"
