/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of device nodes: the kernel's Documentation/admin-guide/devices.txt and block/genhd.c (disk_name: a
   "p" before the partition's number where the disk's name ends in a digit); the device mapper's: lvm2's
   libdm_build_dm_name (hyphens of a volume group's and a volume's name are doubled, one stands between
   them). */
#include "base/device_name.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_SIZE 512

typedef bool fits(const char *typed, const char *name);

static bool is_itself(const char *typed, const char *name)
{
	return strcmp(typed, name) == 0;
}

static const char *without_dev(const char *name)
{
	return strncmp(name, "/dev/", 5) == 0 ? name + 5 : name;
}

static const char *last_part(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash != NULL ? slash + 1 : name;
}

static bool is_path(const char *typed, const char *name)
{
	if (strcmp(without_dev(typed), without_dev(name)) == 0)
		return true;
	return name[0] == '/' && strchr(without_dev(typed), '/') == NULL &&
	       strcmp(without_dev(typed), last_part(name)) == 0;
}

static bool is_volume(const char *name)
{
	return name[0] != '/' && strchr(name, '/') != NULL && strncmp(name, "md/", 3) != 0 &&
	       strncmp(name, "disk", 4) != 0;
}

/* "my-vg/root" as the device mapper writes it. */
static bool mapper_form(const char *name, char form[NAME_SIZE])
{
	size_t n = 0;

	for (; *name != '\0' && n + 2 < NAME_SIZE; name++) {
		form[n++] = *name == '/' ? '-' : *name;
		if (*name == '-')
			form[n++] = '-';
	}
	form[n] = '\0';
	return *name == '\0';
}

static const char *without_mapper(const char *typed)
{
	typed = without_dev(typed);
	return strncmp(typed, "mapper/", 7) == 0 ? typed + 7 : typed;
}

static bool is_mapped(const char *typed, const char *name)
{
	char form[NAME_SIZE];

	return is_volume(name) && mapper_form(name, form) && strcmp(without_mapper(typed), form) == 0;
}

/* "VG-LV", with the hyphens of both as they are; not below /dev/mapper, where a single one has one
   meaning. */
static bool is_hyphened(const char *typed, const char *name)
{
	char form[NAME_SIZE], *slash;

	if (!is_volume(name) || strchr(typed, '/') != NULL)
		return false;
	snprintf(form, sizeof(form), "%s", name);
	slash = strchr(form, '/'); /* not in what is left of a long name */
	if (slash == NULL)
		return false;
	*slash = '-';
	return strcmp(typed, form) == 0;
}

/* Both at a time: "a-b-c" may be either's. */
static bool is_volume_form(const char *typed, const char *name)
{
	return is_mapped(typed, name) || is_hyphened(typed, name);
}

static bool is_last_of_volume(const char *typed, const char *name)
{
	if (strncmp(name, "md/", 3) == 0) {
		typed = without_dev(typed);
		return strncmp(typed, "md", 2) == 0 && strcmp(typed + 2, name + 3) == 0;
	}
	return is_volume(name) && strcmp(typed, last_part(name)) == 0;
}

static size_t digits_at_end(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && isdigit((unsigned char)text[len - 1 - n]))
		n++;
	return n;
}

/* Disks whose names end in a letter: sda, vdb, xvda, hda. */
static bool is_lettered(const char *name, size_t len)
{
	static const char *const stems[] = {"sd", "hd", "vd", "xvd", "ubd"};

	for (size_t i = 0; i < sizeof(stems) / sizeof(stems[0]); i++) {
		size_t stem = strlen(stems[i]);

		if (len <= stem || strncmp(name, stems[i], stem) != 0)
			continue;
		while (stem < len && islower((unsigned char)name[stem]))
			stem++;
		if (stem == len)
			return true;
	}
	return false;
}

/* Disks whose names end in a digit: nvme0n1, mmcblk0, loop7, nbd0, md0. */
static bool is_numbered(const char *name, size_t len)
{
	static const char *const stems[] = {"nvme", "mmcblk", "loop", "nbd", "pmem",
					    "zd",   "md",     "rbd",  "ram", "dm-"};
	size_t digits = digits_at_end(name, len);

	for (size_t i = 0; digits > 0 && i < sizeof(stems) / sizeof(stems[0]); i++) {
		size_t stem = strlen(stems[i]);

		if (strncmp(name, stems[i], stem) != 0)
			continue;
		if (i > 0 && len == stem + digits)
			return true;
		/* nvme0n1 */
		if (i == 0 && len > stem + digits + 1 && name[len - digits - 1] == 'n' &&
		    digits_at_end(name, len - digits - 1) == len - digits - 1 - stem)
			return true;
	}
	return false;
}

/* The number of the partition that a node's name means, 0 for the whole disk, -1 for neither. */
static long node_partition(const char *typed)
{
	const char *node = without_mapper(typed);
	size_t len = strlen(node), digits = digits_at_end(node, len), stem = len - digits;

	if (is_lettered(node, len) || is_numbered(node, len))
		return 0;
	if (digits == 0 || digits > 5 || node[stem] == '0')
		return -1;
	if (is_lettered(node, stem) || (stem > 1 && node[stem - 1] == 'p' && is_numbered(node, stem - 1)))
		return strtol(node + stem, NULL, 10);
	return -1;
}

static bool is_node(const char *typed, const char *name)
{
	long number = node_partition(typed);
	char form[32];

	if (number < 0)
		return false;
	if (number == 0)
		return strcmp(name, "disk") == 0;
	snprintf(form, sizeof(form), "part%ld", number);
	return strcmp(name, form) == 0;
}

static bool is_number(const char *typed, const char *name)
{
	return strncmp(name, "part", 4) == 0 && isdigit((unsigned char)*typed) && *typed != '0' &&
	       strcmp(typed, name + 4) == 0;
}

long device_name_find(const char *typed, const char *const *names, size_t n, size_t meant[2])
{
	static fits *const forms[] = {is_itself,         is_path, is_volume_form,
				      is_last_of_volume, is_node, is_number};

	for (size_t form = 0; form < sizeof(forms) / sizeof(forms[0]); form++) {
		size_t found = 0;

		for (size_t i = 0; i < n && found < 2; i++)
			if (forms[form](typed, names[i]))
				meant[found++] = i;
		if (found > 0)
			return found == 1 ? (long)meant[0] : -2;
	}
	return -1;
}

bool device_name_node(const char *name, size_t *disk, unsigned *partition)
{
	long number = strchr(name, '/') == NULL ? node_partition(name) : -1;

	if (number < 0)
		return false;
	*partition = (unsigned)number;
	*disk = strlen(name);
	if (number == 0)
		return true;
	*disk -= digits_at_end(name, *disk);
	*disk -= is_numbered(name, *disk - 1) && name[*disk - 1] == 'p';
	return true;
}
