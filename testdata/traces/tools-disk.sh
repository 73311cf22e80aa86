#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: tools-disk.sh [-k] FILE
#
# Makes FILE, an ext4 image of a small Debian 12 with tracing tools and the
# modules of the kernel that libguestfs boots. The scripts that trace inside a
# virtual machine attach it read-only and chroot into it, so that nothing on the
# host is traced.
#
# -k: of Debian 13 with its biosnoop and with its kernel, which is put beside it
# as FILE.vmlinuz and FILE.modules/. (biosnoop of Debian 12 fails on the kernel
# of Debian 12, which has no blk_account_io_start to attach to.)
#
# Needs root, a network, debootstrap, and about 3 GB in the directory of FILE.

set -eu

mirror=http://deb.debian.org/debian
security=http://deb.debian.org/debian-security

# The newest kernel that has both an image and its modules, as supermin picks.
host_kernel() {
    for image in /boot/vmlinuz-*; do
        [ -d "/lib/modules/${image#/boot/vmlinuz-}" ] || continue
        echo "${image#/boot/vmlinuz-}"
    done | sort -V | tail -n 1
}

in_root() {
    DEBIAN_FRONTEND=noninteractive LC_ALL=C chroot "$root" "$@"
}

make_root() { # SUITE PACKAGE...
    suite=$1
    shift
    debootstrap --variant=minbase "$suite" "$root" "$mirror"
    cat >"$root/etc/apt/sources.list" <<END
deb $mirror $suite main
deb $mirror $suite-updates main
deb $security $suite-security main
END
    in_root apt-get -q update
    in_root apt-get -q install -y --no-install-recommends e2fsprogs "$@"
    in_root apt-get clean
    rm -rf "$root/var/lib/apt/lists" "$root/usr/share/doc" "$root/usr/share/man"
}

with_host_kernel() {
    make_root bookworm blktrace trace-cmd linux-perf perf-tools-unstable \
        bpftrace dmsetup lvm2 kmod
    version=$(host_kernel)
    mkdir -p "$root/lib/modules"
    cp -a "/lib/modules/$version" "$root/lib/modules/"
}

with_own_kernel() {
    make_root trixie bpfcc-tools libbpf-tools linux-image-cloud-amd64 \
        linux-headers-cloud-amd64
    cp "$root"/boot/vmlinuz-* "$file.vmlinuz"
    rm -rf "$file.modules"
    mkdir "$file.modules"
    cp -a "$root"/lib/modules/*-cloud-amd64 "$file.modules/"
}

usage() {
    sed -n 's/^# usage: /usage: /p' "$0" >&2
    exit 2
}

own_kernel=
if [ "${1:-}" = -k ]; then
    own_kernel=yes
    shift
fi
[ $# -eq 1 ] || usage
file=$1
root=$file.root
trap 'rm -rf "$root"' EXIT
trap 'exit 1' HUP INT TERM
if [ -n "$own_kernel" ]; then
    with_own_kernel
else
    with_host_kernel
fi
rm -f "$file"
truncate -s 2560M "$file"
mke2fs -q -t ext4 -O ^has_journal -d "$root" "$file"
