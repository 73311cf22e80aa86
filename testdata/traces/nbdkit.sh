#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: [NBDKIT=PROGRAM NBDKIT_LIB=DIR] nbdkit.sh [-o DIR]
#
# Logs of nbdkit's log filter with several clients, and its debug output. With
# NBDKIT and NBDKIT_LIB (which has plugins/ and filters/) naming another nbdkit
# only nbdkit-VERSION-qemu-io.log is made; that of Debian 11 was used.

set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

nbdkit=${NBDKIT:-nbdkit}
log_filter=log
file_plugin="file"
if [ -n "${NBDKIT_LIB:-}" ]; then
    log_filter=$NBDKIT_LIB/filters/nbdkit-log-filter.so
    file_plugin=$NBDKIT_LIB/plugins/nbdkit-file-plugin.so
fi

# nbdkit expands $uri in the command; so does the shell that it starts.
# shellcheck disable=SC2016
with_qemu_io='qemu-io -f raw "$uri" <commands >/dev/null'

serve() { # COMMAND NBDKIT-ARGUMENTS...
    command=$1
    shift
    "$nbdkit" -U - "$@" --run "$command"
}

start() { # NAME
    copy_of_base "$1.after.img"
    io_commands "$1.after.img" >commands
    echo map >>commands
}

client_qemu_io() { # NAME
    start "$1"
    serve "$with_qemu_io" --filter="$log_filter" "$file_plugin" "$1.after.img" \
        logfile="$1.log"
    publish "$1.log"
    publish_image "$1.after.img"
}

# Several requests in flight: the lines of requests interleave.
client_nbdcopy_read() {
    copy_of_base disk.img
    # shellcheck disable=SC2016
    serve 'nbdcopy --connections=4 --threads=4 --request-size=65536 "$uri" null:' \
        --filter="$log_filter" "$file_plugin" disk.img logfile=nbdkit-nbdcopy-read.log
    publish nbdkit-nbdcopy-read.log
}

client_nbdcopy_write() {
    copy_of_base disk.img
    truncate -s 16M copy.img
    # shellcheck disable=SC2016
    serve 'nbdcopy --connections=2 --threads=2 disk.img "$uri"' \
        --filter="$log_filter" "$file_plugin" copy.img logfile=nbdkit-nbdcopy-write.log
    cmp disk.img copy.img
    publish nbdkit-nbdcopy-write.log
}

# Every second write or so fails; the failed ones must not count.
client_error() {
    start nbdkit-error
    serve "$with_qemu_io || :" --filter=log --filter=error file \
        nbdkit-error.after.img logfile=nbdkit-error.log \
        error-pwrite=EIO error-pwrite-rate=50% error-trim=ENOSPC \
        error-trim-rate=100% 2>/dev/null
    publish nbdkit-error.log
    publish_image nbdkit-error.after.img
}

client_verbose() {
    start nbdkit-verbose
    serve "$with_qemu_io" -v --filter="$log_filter" "$file_plugin" nbdkit-verbose.after.img \
        logfile=/dev/null 2>nbdkit-verbose.txt
    strip_work nbdkit-verbose.txt
    sed -i 's,/[^ ]*/\(nbdkit[A-Za-z0-9]*/socket\),\1,g' nbdkit-verbose.txt
    publish nbdkit-verbose.txt
    cmp -s nbdkit-verbose.after.img nbdkit-qemu-io.after.img ||
        fail "the same commands gave another image"
}

# The log filter above the partition filter: offsets are those in partition 1.
# The client is debugfs, on a file that is the partition.
client_partition() {
    copy_of_base nbdkit-partition.after.img
    mkdir mnt
    # shellcheck disable=SC2016
    serve 'sh ./on-fuse "$uri"' --filter=log --filter=partition file \
        nbdkit-partition.after.img logfile=nbdkit-partition.log partition=1
    publish nbdkit-partition.log
    publish_image nbdkit-partition.after.img
}

write_on_fuse() {
    cat >on-fuse <<'END'
nbdfuse mnt/part "$1" &
pid=$!
until [ -s mnt/part ]; do sleep 0.1; done
debugfs -w -f - mnt/part <<'COMMANDS' >/dev/null 2>&1
write commands new
mkdir newdir
rm hello
COMMANDS
e2fsck -fn mnt/part >/dev/null
fusermount3 -u mnt
wait $pid
END
}

begin "$@"
need "$nbdkit" nbdkit
need qemu-io qemu-utils
need debugfs e2fsprogs
if [ -n "${NBDKIT:-}" ]; then
    version=$("$nbdkit" --version)
    client_qemu_io "nbdkit-${version##* }-qemu-io"
    exit
fi
need nbdcopy libnbd-bin
need nbdfuse nbdfuse
write_on_fuse
client_qemu_io nbdkit-qemu-io
client_nbdcopy_read
client_nbdcopy_write
client_error
client_verbose
client_partition
