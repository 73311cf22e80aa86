#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: qemu-io.sh [-o DIR]
#
# QEMU's trace log from programs that run no guest: qemu-io, qemu-nbd, qemu-img
# and the monitor of a QEMU without a machine (which can print the time).

set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

write_events() {
    cat >events <<'END'
bdrv_open_common
blk_root_attach
blk_co_preadv
blk_co_pwritev
END
    cat events - >all-events <<'END'
bdrv_co_preadv_part
bdrv_co_pwritev_part
bdrv_co_pwrite_zeroes
END
}

start() { # NAME
    copy_of_base "$1.after.img"
    io_commands "$1.after.img" >commands
}

trace_qemu_io() {
    start qemu-io
    qemu_io -d unmap -f raw -T events=events,file=qemu-io.log \
        qemu-io.after.img <commands
    publish qemu-io.log
    publish_image qemu-io.after.img
}

# Without -f: QEMU reads the file first, to find out which format it has.
trace_probe() {
    copy_of_base probed.img
    printf 'read 0 4k\nwrite 1M 4k\n' >probe-commands
    qemu_io -T events=events,file=qemu-probe.log probed.img <probe-commands
    publish qemu-probe.log
}

# On qcow2, with the events of every node of the graph: each access shows up
# several times, and those of the "file" node are not places of the disk.
trace_qcow2() {
    start qemu-qcow2
    qemu-img convert -f raw -O qcow2 qemu-qcow2.after.img disk.qcow2
    qemu_io -d unmap -f qcow2 -T events=all-events,file=qemu-qcow2.log \
        disk.qcow2 <commands
    qemu-img convert -f qcow2 -O raw disk.qcow2 qemu-qcow2.after.img
    publish qemu-qcow2.log
    publish_image qemu-qcow2.after.img
}

# The server's trace; each request that arrives is one event.
trace_qemu_nbd() {
    start qemu-nbd
    qemu-nbd -f raw --discard=unmap -k "$work/socket" --pid-file=pid \
        -T events=events,file=qemu-nbd.log qemu-nbd.after.img &
    server=$!
    wait_until test -s pid
    qemu_io -f raw 'nbd+unix:///?socket=socket' <commands
    wait "$server"
    publish qemu-nbd.log
    publish_image qemu-nbd.after.img
}

# qemu-img convert reads one drive and writes another.
trace_qemu_img() {
    copy_of_base base.img
    qemu-img --trace events=events,file=qemu-img.log convert -f raw -O raw \
        base.img copy.img
    cmp base.img copy.img
    publish qemu-img.log
}

# Two drives in one log, with the time.
trace_monitor() {
    start qemu-monitor
    cp --sparse=always qemu-monitor.after.img other.img
    {
        sed 's/.*/qemu-io disk "&"/' commands
        echo 'qemu-io other "read 0 1M"'
        echo 'qemu-io other "write -P 0x66 8M 4k"'
        echo quit
    } | qemu-system-x86_64 -M none -nodefaults -display none -monitor stdio \
        -drive if=none,id=disk,format=raw,discard=unmap,file=qemu-monitor.after.img \
        -drive if=none,id=other,format=raw,file=other.img \
        -msg timestamp=on -trace events=events -D qemu-monitor.log >/dev/null
    publish qemu-monitor.log
    publish_image qemu-monitor.after.img
}

begin "$@"
need qemu-io qemu-utils
need qemu-system-x86_64 qemu-system-x86
need debugfs e2fsprogs
write_events
trace_qemu_io
trace_probe
trace_qcow2
trace_qemu_nbd
trace_qemu_img
trace_monitor
