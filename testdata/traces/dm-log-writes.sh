#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: dm-log-writes.sh [-t TOOLS.img] [-o DIR]
#
# The log of the kernel's dm-log-writes target with marks, in a virtual machine
# of libguestfs. dmsetup and the module come from TOOLS.img, which tools-disk.sh
# makes (it is made if not given).

set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=guest.sh
. "$(dirname "$0")/guest.sh"

# The first disk is the logged one.
write_guest_script() {
    cat >inside <<'END'
modprobe dm-log-writes
size=$(blockdev --getsz /dev/sda)
dmsetup create log --table "0 $size log-writes /dev/sda /dev/vdb"
dmsetup mknodes log

mark() {
    dmsetup message log 0 mark "$1"
}

mke2fs -q -t ext4 -b 1024 -E lazy_itable_init=0 /dev/mapper/log
mark mkfs
mkdir -p /tmp/mnt
mount -o noatime /dev/mapper/log /tmp/mnt
mark mounted
echo hello >/tmp/mnt/hello
mkdir /tmp/mnt/dir
head -c 50000 /dev/zero | tr '\0' x >/tmp/mnt/dir/x
sync
mark files-written
rm /tmp/mnt/hello
sync
fstrim /tmp/mnt
mark trimmed
umount /tmp/mnt
dmsetup remove log
END
}

commands() {
    cat <<END
add-drive dm-log-writes.after.img format:raw discard:enable
add-drive $tools format:raw readonly:true iface:virtio
add-drive dm-log-writes.bin format:raw iface:virtio
run
$(check_order)
debug-upload guest /tmp/guest 0755
debug-upload inside /tmp/inside 0755
-debug sh "/tmp/guest"
debug sh "cat /tmp/log" | cat >log
END
}

tools_option "$@"
shift "$used"
begin "$@"
need_guest
make_tools host-kernel
set_up_libguestfs
truncate -s 8M dm-log-writes.after.img
truncate -s 32M dm-log-writes.bin
write_chroot_script
write_guest_script
run_guestfish commands
check_log
xz -9e -T1 -c dm-log-writes.bin >"$out/dm-log-writes.bin.xz"
publish_image dm-log-writes.after.img
