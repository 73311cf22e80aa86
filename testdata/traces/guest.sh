# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Shared by the scripts that trace inside a virtual machine of libguestfs, to
# be sourced after lib.sh. A guest script is uploaded to /tmp/guest of the
# appliance, runs there as root, and leaves what it made in /tmp/r.
#
# shellcheck disable=SC2034,SC2154 # variables shared with lib.sh and the script

need_guest() {
    need guestfish guestfish
    need qemu-system-x86_64 qemu-system-x86
    need base64 coreutils
    need timeout coreutils
}

# Whether a guest really runs under KVM: /dev/kvm may open, and even run a boot
# sector, and yet hang in a kernel. Without a root the kernel panics in seconds,
# which ends QEMU.
kvm_works() {
    [ -r /dev/kvm ] && [ -w /dev/kvm ] || return 1
    for kernel in /boot/vmlinuz-*; do :; done
    timeout -k 1 20 qemu-system-x86_64 -accel kvm -m 512 -nodefaults \
        -display none -no-reboot -kernel "$kernel" -append panic=-1 \
        >/dev/null 2>&1
}

set_up_libguestfs() {
    export LIBGUESTFS_BACKEND=direct
    [ -z "${LIBGUESTFS_BACKEND_SETTINGS:-}" ] || return 0
    kvm_works || export LIBGUESTFS_BACKEND_SETTINGS=force_tcg
}

# Stands in for QEMU: has it log the accesses of every drive to FILE. Calls
# that only ask QEMU what it can do pass untouched.
trace_qemu() { # FILE EVENT...
    log=$1
    shift
    {
        echo '#!/bin/sh'
        echo 'case " $* " in *" -qmp "* | *" -help "* | *" help "*) exec qemu-system-x86_64 "$@" ;; esac'
        printf 'exec qemu-system-x86_64 "$@" -msg timestamp=on'
        printf ' -trace %s' "$@"
        printf ' -D %s/%s\n' "$PWD" "$log"
    } >hv
    chmod +x hv
    export LIBGUESTFS_HV="$PWD/hv"
}

# Leaves the working directory and the place of the appliance out of the log.
strip_qemu_log() { # FILE
    strip_work "$1"
    sed -i -e 's,"/[^"]*/appliance\.d/,"appliance.d/,' -e 's,"/[^"]*/vl\.,"vl.,' "$1"
}

# Disks get their names in the order in which their probes end, so the first
# drive need not be /dev/sda. Prints "in order" if it is, and so on.
write_order_script() {
    cat >order <<'END'
#!/bin/sh
n=0
for letter in a b c d; do
    for link in /dev/disk/by-path/*-scsi-0:0:$n:0; do
        [ ! -e "$link" ] || [ "$(readlink -f "$link")" = "/dev/sd$letter" ] || exit 0
    done
    n=$((n + 1))
done
echo in order
END
}

# guestfish commands after "run", ahead of all that changes a disk.
check_order() {
    cat <<'END'
debug-upload order /tmp/order 0755
debug sh "udevadm settle; /tmp/order" | cat >ordered
!grep -q "in order" ordered
END
}

# Feeds commands to guestfish, again if the disks were not in order.
run_guestfish() { # FUNCTION ARGUMENTS...
    write_order_script
    for try in 1 2 3 4 5 6 7 8; do
        : >ordered
        ! "$@" | guestfish >/dev/null || return 0
        ! grep -q 'in order' ordered || break
        echo "disks were not in order (try $try)" >&2
    done
    fail "guestfish failed"
}

# guestfish commands that bring /tmp/r of the appliance here.
fetch_results() {
    cat <<'END'
debug sh "tar -C /tmp/r -cf - . | gzip | base64" | cat >results
END
}

unpack_results() {
    base64 -d results | tar -xzf -
}

# The disk of tools that some guest scripts run in; see tools-disk.sh.

tools_option() { # [-t TOOLS.img] ...; sets $tools, and $used for shift
    tools=
    used=0
    if [ "${1:-}" = -t ] && [ $# -ge 2 ]; then
        tools=$(cd "$(dirname "$2")" && pwd)/${2##*/}
        used=2
    fi
}

make_tools() { # host-kernel|own-kernel
    [ -z "$tools" ] || return 0
    tools=$PWD/tools.img
    case $1 in
    host-kernel) "$here/tools-disk.sh" "$tools" ;;
    own-kernel) "$here/tools-disk.sh" -k "$tools" ;;
    esac
}

check_log() {
    grep -qx 'all done' log && return 0
    cat log >&2
    fail "the guest script failed"
}

# Runs /tmp/inside in the disk of tools, which is /dev/vda.
write_chroot_script() {
    cat >guest <<'END'
#!/bin/sh
set -eu
mkdir -p /tools /tmp/r
mount -o ro /dev/vda /tools
mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null || :
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null || :
for dir in dev proc sys run tmp; do
    mount --rbind /$dir /tools/$dir
done
mount --bind /tmp /tools/var/tmp
chroot /tools /bin/sh -eu /tmp/inside >/tmp/log 2>&1
echo "all done" >>/tmp/log
END
}
