/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The layout drivers, in the order in which they look at a space: what carries checksums before what
   has only a magic number, and the MBR, whose mark boot sectors of file systems carry too, last. */
#include "layout/drivers.h"

const struct layout_driver *const layout_drivers[] = {
	&driver_gpt, &driver_lvm, &driver_ext, &driver_mbr, &driver_blkid, &driver_ext_backup, NULL,
};
