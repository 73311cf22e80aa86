#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: guest-tools.sh [-t TOOLS.img] [-o DIR]
#
# One piece of work on a disk with a partition and an LVM volume in a virtual
# machine, traced at once by blktrace, trace-cmd, perf and bpftrace; blkparse
# with several formats. Before that, iosnoop on a mke2fs. The tools come from
# TOOLS.img, which tools-disk.sh makes (it is made if not given).

set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=guest.sh
. "$(dirname "$0")/guest.sh"

write_guest_script() {
    cat >inside <<'END'
PATH=/usr/sbin:/usr/bin:/sbin:/bin
HOME=/tmp
export PATH HOME
cd /tmp/r
dev=$((8 << 20))
filter="dev == $dev"

# A shell has what it starts in the background ignore the interrupt.
start() { # NAME COMMAND...
    name=$1
    shift
    setsid env --default-signal=INT "$@" </dev/null >"/tmp/r/$name" \
        2>"/tmp/$name.err" &
    echo $! >"/tmp/$name.pid"
}

# As Ctrl-C does, to the whole group.
stop() { # NAME
    pid=$(cat "/tmp/$1.pid")
    kill -INT "-$pid" || return 0
    tries=300
    while [ -d "/proc/$pid" ] && ! grep -q 'State:.Z' "/proc/$pid/status" 2>/dev/null; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || break
        sleep 0.2
    done
}

wait_for() { # COMMAND...
    tries=300
    until "$@" 2>/dev/null; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || exit 1
        sleep 1
    done
}

make_volume() {
    pvcreate -q /dev/sda2
    vgcreate -q VG /dev/sda2
    lvcreate -q -an -Zn -Wn -n LV -l 100%FREE VG
}

start_all() {
    start blktrace.out blktrace -d /dev/sda -d /dev/VG/LV -D /tmp/r -o - -b 512 -n 16
    mv /tmp/r/blktrace.out /tmp/r/guest-blktrace.bin
    start trace-cmd.out trace-cmd record -q -o /tmp/trace.dat \
        -e block:block_rq_issue -f "$filter" \
        -e block:block_rq_complete -f "$filter" \
        -e block:block_bio_remap
    start perf.out perf record -q -a -o /tmp/perf.data \
        -e block:block_rq_issue --filter "$filter" \
        -e block:block_rq_complete --filter "$filter"
    start guest-bpftrace.txt bpftrace -B none -e "t:block:block_rq_issue /args->dev == $dev/"'
        { printf("%llu %d,%d %s %llu %u %s\n", nsecs, args->dev >> 20,
            args->dev & 0xfffff, args->rwbs, args->sector,
            args->nr_sector, comm) }'
    wait_for grep -q Attaching guest-bpftrace.txt
    wait_for test -s /tmp/perf.data
    wait_for test -e /sys/kernel/debug/block/sda/trace0
    sleep 20
}

stop_all() {
    sleep 2
    for name in guest-bpftrace.txt perf.out trace-cmd.out blktrace.out; do
        stop "$name"
    done
    rm -f perf.out trace-cmd.out
}

# iosnoop takes all events from the buffer that trace-cmd reads too: its turn
# comes first.
trace_iosnoop() {
    start guest-iosnoop.txt iosnoop-perf -s -t
    wait_for grep -q LATms guest-iosnoop.txt
    sleep 5
    mke2fs -q -t ext4 -b 1024 -E lazy_itable_init=0 /dev/sda1
    sync
    sleep 2
    stop guest-iosnoop.txt
}

files() { # DIR
    yes 'in the guest' | head -c 200000 >"$1/text"
    mkdir "$1/dir"
    for n in 1 2 3 4 5; do
        echo "$n" >"$1/dir/file$n"
    done
    sync
    rm "$1/text"
}

traced_work() {
    mke2fs -q -t ext4 -b 1024 -E lazy_itable_init=0 /dev/sda1
    mke2fs -q -t ext4 -b 4096 -E lazy_itable_init=0 /dev/VG/LV
    mkdir -p /tmp/a /tmp/b
    mount -o noatime /dev/sda1 /tmp/a
    mount -o noatime /dev/VG/LV /tmp/b
    files /tmp/a
    files /tmp/b
    sync
    fstrim /tmp/a
    umount /tmp/a
    umount /tmp/b
}

texts() {
    blkparse -i - <guest-blktrace.bin -d guest-merged.bin >guest-blkparse.txt
    blkparse -i - <guest-blktrace.bin -a issue -a complete -t -q >guest-blkparse-t.txt
    blkparse -i - <guest-blktrace.bin -q -a issue -a complete \
        -f '%D %2c %8s %5T.%9t %5p %2a %3d %S %n %N %C\n' >guest-blkparse-f1.txt
    blkparse -i - <guest-blktrace.bin -q -a issue \
        -f '%T.%t,%M:%m,%d,%S,%N,"%C"\n' >guest-blkparse-f2.txt
    blkparse -i - <guest-blktrace.bin -q -a complete \
        -f '%5T.%9t %p %a %d %S %n %e\n' >guest-blkparse-f3.txt
    trace-cmd report -i /tmp/trace.dat >guest-trace-cmd.txt 2>/tmp/report.err
    trace-cmd report -i /tmp/trace.dat -t -l -N >guest-trace-cmd-l.txt 2>/tmp/report.err
    perf script -i /tmp/perf.data >guest-perf.txt 2>/tmp/script.err
    perf script -i /tmp/perf.data -F comm,tid,cpu,time,event,trace --ns \
        >guest-perf-ns.txt 2>/tmp/script.err
}

make_volume
trace_iosnoop
lvchange -q -ay VG/LV
start_all
traced_work
stop_all
lvchange -q -an VG/LV
texts
END
}

commands() {
    cat <<END
set-smp 2
set-memsize 2048
add-drive guest-tools.after.img format:raw discard:enable
add-drive $tools format:raw readonly:true iface:virtio
run
$(check_order)
debug-upload guest /tmp/guest 0755
debug-upload inside /tmp/inside 0755
-debug sh "/tmp/guest"
debug sh "cat /tmp/*.err /tmp/log" | cat >log
$(fetch_results)
END
}

tools_option "$@"
shift "$used"
begin "$@"
need_guest
need sfdisk fdisk
make_tools host-kernel
set_up_libguestfs
truncate -s 32M guest-tools.after.img
printf 'label: dos\n2048,16384,L\n18432,,8e\n' | sfdisk -q guest-tools.after.img
write_chroot_script
write_guest_script
run_guestfish commands
check_log
unpack_results
publish guest-*.txt guest-*.bin
publish_image guest-tools.after.img
