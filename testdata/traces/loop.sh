#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: loop.sh [-o DIR]
#
# One piece of work on a loop device of this host (partition table, ext4, files,
# trim), traced at once by ftrace, perf and bpftrace. Two ftrace instances: one
# with all block events, one with issue and complete alone. Needs root; the
# tracefs mount is private to the script.

set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

[ -n "${BLKMAP_UNSHARED:-}" ] ||
    BLKMAP_UNSHARED=1 exec unshare -m --propagation private "$0" "$@"

tracing=/sys/kernel/tracing
loop=
pids=

undo() {
    # shellcheck disable=SC2086 # a list
    [ -z "$pids" ] || kill $pids 2>/dev/null || :
    umount mnt 2>/dev/null || :
    [ -z "$loop" ] || detach_loop
    for instance in "$tracing/instances/blkmap-"*"-$$"; do
        [ ! -d "$instance" ] || rmdir "$instance"
    done
}

# dev_t as the kernel has it in trace events: major << 20 | minor.
kernel_dev() { # DEVICE
    stat -c '%t %T' "$1" | {
        read -r major minor
        echo $((0x$major << 20 | 0x$minor))
    }
}

# ftrace

instance() { # NAME
    echo "$tracing/instances/blkmap-$1-$$"
}

start_ftrace() { # NAME EVENT...
    dir=$(instance "$1")
    mkdir "$dir"
    echo 4096 >"$dir/buffer_size_kb"
    shift
    for event; do
        echo "$filter" >"$dir/events/block/$event/filter" 2>/dev/null || continue
        echo 1 >"$dir/events/block/$event/enable"
    done
}

save_ftrace() { # NAME FILE
    dir=$(instance "$1")
    echo 0 >"$dir/tracing_on"
    cat "$dir/trace" >"$2"
    rmdir "$dir"
    publish "$2"
}

# perf

start_perf() {
    perf record -q -a -o perf.data \
        -e block:block_bio_queue --filter "$filter" \
        -e block:block_rq_issue --filter "$filter" \
        -e block:block_rq_complete --filter "$filter" \
        sleep 1000 2>perf.err &
    perf_pid=$!
    pids="$pids $perf_pid"
    wait_until test -s perf.data
    sleep 2
}

stop_perf() {
    kill -INT "$perf_pid"
    wait "$perf_pid" || :
    perf script -i perf.data >loop-perf.txt 2>/dev/null
    publish loop-perf.txt
}

# bpftrace; newer ones write args.dev where 0.17 wants args->dev

start_bpftrace() {
    bpftrace -B none -e "t:block:block_rq_issue /args->dev == $dev/"'
        { printf("%llu %d,%d %s %llu %u %s\n", nsecs, args->dev >> 20,
            args->dev & 0xfffff, args->rwbs, args->sector,
            args->nr_sector, comm) }' >loop-bpftrace.txt 2>bpftrace.err &
    bpftrace_pid=$!
    pids="$pids $bpftrace_pid"
    wait_until grep -q Attaching loop-bpftrace.txt
    sleep 2
}

stop_bpftrace() {
    kill -INT "$bpftrace_pid"
    wait "$bpftrace_pid" || :
    publish loop-bpftrace.txt
}

# The work.

new_files() {
    yes 'block map' | head -c 300000 >mnt/text
    mkdir mnt/dir
    for n in 1 2 3 4 5; do
        echo "$n" >"mnt/dir/file$n"
    done
    dd if=/dev/zero of=mnt/direct bs=64k count=4 oflag=direct status=none
}

work_on_loop() {
    mke2fs -q -t ext4 -b 1024 -E lazy_itable_init=0 "${loop}p1"
    mount -o noatime "${loop}p1" mnt
    new_files
    sync -f mnt/text
    rm mnt/text
    sync -f mnt/dir
    fstrim mnt
    umount mnt
    mount -o ro "${loop}p1" mnt
    cat mnt/dir/* >/dev/null
    umount mnt
}

detach_loop() {
    partx -d "$loop" || :
    losetup -d "$loop"
    loop=
}

attach_loop() {
    truncate -s 16M loop.after.img
    printf 'label: dos\n2048,,L\n' | sfdisk -q loop.after.img
    cp --sparse=always loop.after.img loop.before.img
    loop=$(losetup -P -f --show loop.after.img)
    # not by the kernel, which may know no partition tables
    [ -b "${loop}p1" ] || partx -a "$loop"
    dev=$(kernel_dev "$loop")
    filter="dev == $dev || dev == $(kernel_dev "${loop}p1")"
    mkdir mnt
}

begin "$@"
need_root
need perf linux-perf
need bpftrace bpftrace
need sfdisk fdisk
need partx util-linux
need mke2fs e2fsprogs
mount -t tracefs tracefs "$tracing"
attach_loop
udevadm settle 2>/dev/null || :
start_perf
start_bpftrace
# shellcheck disable=SC2046 # a list
start_ftrace all $(cd "$tracing/events/block" && ls -d block_*)
start_ftrace issue block_rq_issue block_rq_complete
work_on_loop
save_ftrace all loop-ftrace-all.txt
save_ftrace issue loop-ftrace.txt
stop_bpftrace
stop_perf
pids=
detach_loop
publish_image loop.before.img loop.after.img
