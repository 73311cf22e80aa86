/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The layout drivers, in the order in which they look at a space: md first, whose members look like what
   they hold when the superblock is at the end; then what carries checksums before what has only a magic
   number; the MBR, whose signature boot sectors of file systems carry too; and then what is only named. */
#include "layout/drivers.h"

const struct layout_driver *const layout_drivers[] = {
    &driver_md,          &driver_tail,  &driver_gpt,
    &driver_foreign,     &driver_luks,  &driver_lvm,
    &driver_ext,         &driver_xfs,   &driver_mbr,
    &driver_fat,         &driver_swap,  &driver_snapshot,
    &driver_luks_second, &driver_blkid, &driver_ext_backup,
    &driver_xfs_backup,  NULL,
};
