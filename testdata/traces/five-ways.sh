#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: five-ways.sh [-o DIR]
#
# One run of libguestfs on one disk, traced five ways at once: by blktrace and
# ftrace inside the appliance (blkparse makes the text there), by QEMU, and by
# nbdkit, which serves the disk. The mark reads of "debug qtrace" (sectors 2,
# 21, 15, 2 and 2, 15, 21, 2) bound what all five saw. Needs no root.

set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=guest.sh
. "$(dirname "$0")/guest.sh"

server=

undo() {
    [ -z "$server" ] || kill "$server"
}

start_nbdkit() {
    nbdkit -f -P nbdkit.pid -U nbd.sock --filter=log file five-ways.after.img \
        logfile=five-ways-nbdkit.log &
    server=$!
    wait_until test -s nbdkit.pid
}

stop_nbdkit() {
    kill "$server"
    wait "$server" || :
    server=
}

write_guest_script() {
    cat >guest <<'END'
#!/bin/sh
set -eu

instance=/sys/kernel/tracing/instances/five-ways

start_ftrace() {
    mkdir "$instance"
    echo 8192 >"$instance/buffer_size_kb"
    for event in block_bio_queue block_rq_issue block_rq_complete; do
        echo "dev == $((8 << 20))" >"$instance/events/block/$event/filter"
        echo 1 >"$instance/events/block/$event/enable"
    done
}

start_blktrace() {
    setsid /tmp/blktrace -d /dev/sda -D /tmp/r -o five-ways -b 512 -n 16 \
        </dev/null >/tmp/blktrace.out 2>&1 &
    echo $! >/tmp/blktrace.pid
    until [ -e /sys/kernel/debug/block/sda/trace0 ]; do sleep 0.1; done
    sleep 1
}

stop() {
    pid=$(cat /tmp/blktrace.pid)
    kill -INT "$pid"
    while [ -d "/proc/$pid" ]; do sleep 0.1; done
    echo 0 >"$instance/tracing_on"
    cat "$instance/trace" >/tmp/r/five-ways-ftrace.txt
    cd /tmp/r
    /tmp/blkparse -i five-ways >five-ways-blkparse.txt
}

case $1 in
start)
    mkdir -p /tmp/r
    mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null || :
    mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null || :
    start_ftrace
    start_blktrace
    ;;
stop) stop ;;
esac
END
}

# What is traced: all that the five can hold. The kernel must not clear inode
# tables at a moment of its own, hence noinit_itable.
traced_work() {
    cat <<END
debug qtrace "/dev/sda on"
part-add /dev/sda p 32768 -1
mkfs ext4 /dev/sda2 blocksize:1024
mount-options noinit_itable,noatime /dev/sda2 /
mkdir /new
write /new/hello "hello"
fill 97 300000 /new/filled
sync
umount /
mount-options noatime /dev/sda1 /
cat /hello
checksum md5 /dir/big
cp /dir/sub/small8 /copy
rm /dir/sub/small3
sync
fstrim /
umount /
e2fsck-f /dev/sda1
zero-device /dev/sda2
sync
drop-caches 3
debug qtrace "/dev/sda off"
END
}

commands() {
    cat <<END
set-smp 2
add-drive "" format:raw protocol:nbd server:unix:$work/nbd.sock discard:enable
run
$(check_order)
debug-upload $(command -v blktrace) /tmp/blktrace 0755
debug-upload $(command -v blkparse) /tmp/blkparse 0755
debug-upload guest /tmp/guest 0755
debug sh "/tmp/guest start"
$(traced_work)
debug sh "/tmp/guest stop"
$(fetch_results)
END
}

begin "$@"
need_guest
need nbdkit nbdkit
need blktrace blktrace
need debugfs e2fsprogs
copy_of_base five-ways.after.img
truncate -s 32M five-ways.after.img
cp --sparse=always five-ways.after.img five-ways.before.img
write_guest_script
set_up_libguestfs
trace_qemu five-ways-qemu.log blk_co_preadv blk_co_pwritev bdrv_open_common \
    blk_root_attach
start_nbdkit
run_guestfish commands
stop_nbdkit
unpack_results
strip_qemu_log five-ways-qemu.log
rm -f "$out"/five-ways.blktrace.*
publish five-ways.blktrace.* five-ways-blkparse.txt five-ways-ftrace.txt \
    five-ways-qemu.log five-ways-nbdkit.log
publish_image five-ways.before.img five-ways.after.img
