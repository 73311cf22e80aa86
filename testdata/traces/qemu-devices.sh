#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: qemu-devices.sh [-o DIR]
#
# QEMU's trace log of a small libguestfs run with the events of the emulated
# devices beside blk_co_*: SCSI disk, virtio-blk and IDE disk. The appliance's
# own disk is a SCSI disk, and SCSI events do not say which disk they are of.

set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=guest.sh
. "$(dirname "$0")/guest.sh"

commands() { # INTERFACE
    cat <<END
add-drive $work/disk.img format:raw ${1:+iface:$1}
run
mount-options noatime /dev/sda1 /
cat /hello
write /new "new"
sync
umount /
END
}

trace_device() { # NAME INTERFACE EVENT...
    name=$1
    interface=$2
    shift 2
    copy_of_base disk.img
    trace_qemu "$name.log" blk_co_preadv blk_co_pwritev bdrv_open_common \
        blk_root_attach "$@"
    commands "$interface" | guestfish >/dev/null
    strip_qemu_log "$name.log"
    cp --sparse=always disk.img "$name.after.img"
    publish "$name.log"
    publish_image "$name.after.img"
}

begin "$@"
need_guest
set_up_libguestfs
trace_device qemu-scsi '' scsi_disk_dma_command_READ scsi_disk_dma_command_WRITE
trace_device qemu-virtio-blk virtio virtio_blk_handle_read virtio_blk_handle_write
trace_device qemu-ide ide ide_sector_read ide_sector_write ide_dma_cb
