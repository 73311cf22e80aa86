#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Stands in for QEMU (LIBGUESTFS_HV=this script): runs the real one and, where
# QTRACE_LOG names a file, has it log every block access of every drive there.
# libguestfs also runs QEMU to ask what it can do; those calls pass untouched,
# as a second QEMU would empty the log of the first.

set -eu

qemu=${QTRACE_QEMU:-qemu-system-x86_64}
log=${QTRACE_LOG:-}

for arg; do
    case $arg in
    -qmp | -help | --help | -version | --version | help | *,help | '?' | *',?') log= ;;
    esac
done

[ -n "$log" ] || exec "$qemu" "$@"
exec "$qemu" "$@" -msg timestamp=on \
    -trace bdrv_open_common -trace blk_root_attach \
    -trace blk_co_preadv -trace blk_co_pwritev -D "$log"
