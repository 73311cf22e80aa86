#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: compressed.sh [-o DIR]
#
# nbdkit-qemu-io.log, which nbdkit.sh makes, in each compression.

set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

begin "$@"
need zstd zstd
need bzip2 bzip2
name=nbdkit-qemu-io.log
gzip -9 -n -c "$here/$name" >"$out/compressed.log.gz"
bzip2 -9 -c "$here/$name" >"$out/compressed.log.bz2"
zstd -q -19 -c "$here/$name" >"$out/compressed.log.zst"
xz -9e -T1 -c "$here/$name" >"$out/compressed.log.xz"
