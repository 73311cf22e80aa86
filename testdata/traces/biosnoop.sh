#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: biosnoop.sh [-t TOOLS.img] [-o DIR]
#
# Both biosnoop programs, of bcc and of libbpf-tools, in a virtual machine of
# libguestfs with a newer kernel. The tools and the kernel come from TOOLS.img
# and what lies beside it, which tools-disk.sh -k makes (it is made if not
# given).

set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=guest.sh
. "$(dirname "$0")/guest.sh"

write_guest_script() {
    cat >inside <<'END'
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
cd /tmp/r

# A shell has what it starts in the background ignore the interrupt.
start() { # NAME COMMAND...
    name=$1
    shift
    setsid env --default-signal=INT "$@" </dev/null >"$name" 2>"/tmp/$name.err" &
    echo $! >"/tmp/$name.pid"
}

stop() { # NAME
    kill -INT "-$(cat "/tmp/$1.pid")" || cat "/tmp/$1.err"
    sleep 2
}

# bcc compiles when it starts: minutes under emulation
start biosnoop.txt python3 -u /usr/sbin/biosnoop-bpfcc -d sda
start biosnoop-libbpf.txt biosnoop-libbpf -Q -d sda
tries=1000
until [ -s biosnoop.txt ]; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] && ! grep -q Traceback /tmp/biosnoop.txt.err || break
    sleep 1
done
sleep 5
mke2fs -q -t ext4 -b 1024 -E lazy_itable_init=0 /dev/sda
mkdir /tmp/mnt
mount -o noatime /dev/sda /tmp/mnt
echo hello >/tmp/mnt/hello
head -c 50000 /dev/zero | tr '\0' x >/tmp/mnt/x
sync
rm /tmp/mnt/x
fstrim /tmp/mnt
umount /tmp/mnt
sleep 5
stop biosnoop.txt
stop biosnoop-libbpf.txt
END
}

commands() {
    cat <<END
set-smp 2
set-memsize 2048
add-drive biosnoop.after.img format:raw discard:enable
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

# An appliance of its own with that kernel.
use_own_kernel() {
    SUPERMIN_KERNEL=$tools.vmlinuz
    for dir in "$tools.modules"/*; do
        SUPERMIN_MODULES=$dir
    done
    SUPERMIN_KERNEL_VERSION=${SUPERMIN_MODULES##*/}
    LIBGUESTFS_CACHEDIR=$PWD
    export SUPERMIN_KERNEL SUPERMIN_MODULES SUPERMIN_KERNEL_VERSION
    export LIBGUESTFS_CACHEDIR
}

tools_option "$@"
shift "$used"
begin "$@"
need_guest
make_tools own-kernel
set_up_libguestfs
use_own_kernel
truncate -s 8M biosnoop.after.img
write_chroot_script
write_guest_script
run_guestfish commands
check_log
unpack_results
[ -s biosnoop.txt ] || {
    cat log >&2
    fail "biosnoop printed nothing"
}
publish biosnoop.txt biosnoop-libbpf.txt
publish_image biosnoop.after.img
