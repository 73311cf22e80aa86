/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which device is meant by what people type.  In this order, and the first that fits any device decides:
   - the name itself;
   - it without "/dev/", and the last part of a path ("disk.img" for /var/disk.img);
   - the device mapper's form of a volume, with hyphens doubled ("mapper/my--vg-root" for my-vg/root), and
   with a hyphen for the slash ("VG-LV");
   - a volume's name alone, an array's as the kernel writes it ("md0");
   - the kernel's names of partitions and disks ("sda2", "nvme0n1p2", "mmcblk0p2" for part2; "sda" for disk);
   - a bare number, for a partition. */
#ifndef BASE_DEVICE_NAME_H
#define BASE_DEVICE_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* The index of the one that is meant; -1 when it is none; -2 when it may be several: the first two of them
   are in `meant`. */
long device_name_find(const char *typed, const char *const *names, size_t n, size_t meant[2]);

/* Whether it is the kernel's name of a disk or a partition ("sda", "nvme0n1p2"): how much of it is the disk's
   ("sda", "nvme0n1"), and the partition's number, 0 for the disk. */
bool device_name_node(const char *name, size_t *disk, unsigned *partition);

#endif
