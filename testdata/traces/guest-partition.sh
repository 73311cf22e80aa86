#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: guest-partition.sh [-o DIR]
#
# A file written to ext4 on a partition and one to ext4 on an LVM volume, in a virtual machine of libguestfs. blktrace
# traces the partition alone, and then the volume alone; ftrace has the bio, remap and request events of both: what
# sectors do these name? The appliance needs nothing but blktrace, which is put into it.

set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=guest.sh
. "$(dirname "$0")/guest.sh"

write_guest_script() {
    cat >inside <<'END'
#!/bin/sh
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
mkdir -p /tmp/r /tmp/a /tmp/b
mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null || :
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null || :
t=/sys/kernel/tracing
cd /tmp/r
pvcreate -q /dev/sda2
vgcreate -q VG /dev/sda2
lvcreate -q -y -Wn -n LV -l 100%FREE VG
mke2fs -q -t ext4 -b 1024 -E lazy_itable_init=0 /dev/sda1
mke2fs -q -t ext4 -b 4096 -E lazy_itable_init=0 /dev/VG/LV
mount -o noatime /dev/sda1 /tmp/a
mount -o noatime /dev/VG/LV /tmp/b
sync

# traced DEVICE FILE COMMAND...: what the command does to the device
traced() {
    device=$1 file=$2
    shift 2
    /tmp/blktrace -d "$device" -o - -b 64 -n 4 >"$file" 2>/tmp/blktrace.err &
    pid=$!
    sleep 5
    "$@"
    sync
    sleep 2
    kill -INT "$pid"
    wait "$pid" || :
}

write_one() {
    head -c 20000 /dev/zero | tr '\0' x >/tmp/a/one
}

write_two() {
    head -c 20000 /dev/zero | tr '\0' y >/tmp/b/two
}

echo 0 >$t/tracing_on
for event in block_bio_queue block_bio_remap block_rq_issue block_rq_complete; do
    echo 1 >$t/events/block/$event/enable
done
echo >$t/trace
echo 1 >$t/tracing_on
traced /dev/sda1 guest-partition.bin write_one
traced /dev/VG/LV guest-volume.bin write_two
echo 0 >$t/tracing_on
cat $t/trace >guest-partition-ftrace.txt
umount /tmp/a /tmp/b
vgchange -q -an VG
sync
echo "all done"
END
}

commands() {
    cat <<END
set-memsize 1024
add-drive guest-partition.after.img format:raw
run
debug-upload blktrace /tmp/blktrace 0755
debug-upload inside /tmp/inside 0755
debug sh "/tmp/inside 2>&1" | cat >log
$(fetch_results)
END
}

begin "$@"
need_guest
need sfdisk fdisk
need blktrace blktrace
set_up_libguestfs
cp "$(command -v blktrace)" blktrace
truncate -s 32M guest-partition.after.img
printf 'label: dos\n2048,16384,L\n18432,,8e\n' | sfdisk -q guest-partition.after.img
write_guest_script
: >ordered
commands | guestfish >/dev/null || { cat log >&2; fail "guestfish failed"; }
grep -qx 'all done' log || { cat log >&2; fail "the guest script failed"; }
unpack_results
publish guest-partition.bin guest-volume.bin guest-partition-ftrace.txt
publish_image guest-partition.after.img
