/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every layout driver there is; each is at the end of its own file. */
#ifndef LAYOUT_DRIVERS_H
#define LAYOUT_DRIVERS_H

#include "layout/driver.h"

extern const struct layout_driver driver_md;
extern const struct layout_driver driver_gpt;
extern const struct layout_driver driver_lvm;
extern const struct layout_driver driver_ext;
extern const struct layout_driver driver_xfs;
extern const struct layout_driver driver_fat;
extern const struct layout_driver driver_mbr;
extern const struct layout_driver driver_foreign;
extern const struct layout_driver driver_tail;
extern const struct layout_driver driver_snapshot;
extern const struct layout_driver driver_luks;
extern const struct layout_driver driver_luks_second;
extern const struct layout_driver driver_swap;
extern const struct layout_driver driver_blkid;
extern const struct layout_driver driver_ext_backup;
extern const struct layout_driver driver_xfs_backup;

#endif
