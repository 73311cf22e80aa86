#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# usage: rebuild-2010.sh ext2 FILE   the disk of the .qtr traces of 2010 on ext2 in a partition
#        rebuild-2010.sh lvm FILE    the disk of those on ext4 in a volume
#        rebuild-2010.sh pv FILE     its PV alone, made by LVM2; needs root and a loop device
#
# Both are made with the tools themselves, without device-mapper: LVM2 writes its metadata to a loop
# device, and the file system goes into the image at the place that the metadata gives the volume.
# What LVM2 wrote is kept in pv-2010.img.xz, so that `lvm` needs neither root nor a loop device.
# The layout was found from the traces: the sectors that they write are where these disks have the
# superblock, the bitmaps, the root directory, the journal and /hello.
set -eu

PATH=$PATH:/usr/sbin:/sbin
export PATH E2FSPROGS_FAKE_TIME=1293840000 MKE2FS_CONFIG=/dev/null LC_ALL=C
uuid=20100000-0000-4000-8000-000000000000

die()
{
	echo "rebuild-2010.sh: $1" >&2
	exit 2
}

# Runs debugfs commands from standard input on the file system at byte $2 of $1.
run_debugfs()
{
	debugfs -w -f - "$1?offset=$2" >"$work/log" 2>&1 || { cat "$work/log" >&2; die "debugfs failed"; }
}

make_fs()
{
	mke2fs -q -F "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; die "mke2fs failed"; }
}

make_ext2()
{
	offset=$((64 * 512))
	truncate -s $((20480 * 512)) "$1"
	echo '64,20352,L' | sfdisk -q --no-reread --no-tell-kernel -X dos "$1" >/dev/null
	make_fs -t ext2 -b 1024 -I 128 -i 4096 -U "$uuid" -E "offset=$offset,hash_seed=$uuid" "$1" 10176
	printf 'hello\n' >"$work/hello"
	echo "write $work/hello hello" | run_debugfs "$1" "$offset"
	old=$(debugfs -R 'blocks hello' "$1?offset=$offset" 2>/dev/null | tr -d ' \n')
	[ -n "$old" ] || die "hello has no block"
	printf 'sif hello block[0] 5633\nfreeb %s\nsetb 5633\n' "$old" | run_debugfs "$1" "$offset"
}

# The LVM tools on one device only, away from the machine's own configuration and device-mapper.
run_lvm()
{
	LVM_SYSTEM_DIR=$work/lvm lvm "$@" --driverloaded n >"$work/log" 2>&1 || { cat "$work/log" >&2; die "lvm $1 failed"; }
}

configure_lvm()
{
	mkdir "$work/lvm"
	cat >"$work/lvm/lvm.conf" <<-END
	devices {
		use_devicesfile = 0
		filter = [ "a|^$loop\$|", "r|.*|" ]
		obtain_device_list_from_udev = 0
		external_device_info_source = "none"
	}
	global {
		locking_dir = "$work/lvm"
		use_lvmpolld = 0
	}
	backup {
		backup = 0
		archive = 0
	}
	END
}

make_pv()
{
	truncate -s 40M "$1"
	loop=$(losetup -f --show "$1" 2>/dev/null) || die "no loop device"
	configure_lvm
	run_lvm pvcreate --metadatasize 128k --dataalignment 64k "$loop"
	run_lvm vgcreate VG "$loop"
	run_lvm lvcreate -an -Zn -Wn -L 32M -n LV VG
	sync
	losetup -d "$loop"
	loop=
}

make_lvm()
{
	offset=$((384 * 512))
	xz -dc "$here/pv-2010.img.xz" >"$1"
	truncate -s 40M "$1"
	make_fs -t ext4 -b 4096 -I 256 -N 4096 -U "$uuid" -O "^metadata_csum,^64bit,uninit_bg,flex_bg,has_journal,extent" \
		-E "offset=$offset,hash_seed=$uuid" "$1" 8192
	printf 'hello\n' >"$work/hello"
	echo "write $work/hello hello" | run_debugfs "$1" "$offset"
}

clean()
{
	[ -z "$loop" ] || losetup -d "$loop"
	rm -rf "$work"
}

[ $# -eq 2 ] || die "usage: rebuild-2010.sh ext2|lvm|pv FILE"
here=$(cd "$(dirname "$0")" && pwd)
loop=
work=$(mktemp -d)
trap clean EXIT
rm -f "$2"
case $1 in
ext2) make_ext2 "$2" ;;
lvm) make_lvm "$2" ;;
pv) make_pv "$2" ;;
*) die "ext2, lvm or pv?" ;;
esac
