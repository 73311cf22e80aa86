/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of disks, and names for what is kept of each. */
#include "record/disk.h"

#include "base/size.h"
#include "base/vec.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int disks_add(struct disks *disks, const char *image, const char *device, uint64_t sectors, struct err *err)
{
	struct disk disk = {.number = (unsigned)disks->n + 1, .sectors = sectors};

	disk.image = strdup(image);
	disk.device = device ? strdup(device) : NULL;
	if (disk.image != NULL && (device == NULL || disk.device != NULL) && VEC_PUSH(disks, disk) == 0)
		return 0;
	free(disk.image);
	free(disk.device);
	return err_nomem(err);
}

static void disk_done(struct disk *disk)
{
	free(disk->image);
	free(disk->device);
}

void disks_done(struct disks *disks)
{
	for (size_t i = 0; i < disks->n; i++)
		disk_done(&disks->at[i]);
	VEC_FREE(disks);
}

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool disk_is(const struct disk *disk, const char *drive)
{
	struct err ignored;
	uint64_t number;
	char real[PATH_MAX];

	if (drive == NULL || strcmp(disk->image, drive) == 0 || strcmp(file_name(disk->image), drive) == 0)
		return true;
	if (number_parse(drive, &number, &ignored) == 0)
		return number == disk->number;
	return realpath(drive, real) != NULL && strcmp(real, disk->image) == 0;
}

int disks_pick(struct disks *disks, const char *drive, struct err *err)
{
	char list[256] = "";
	size_t kept = 0;

	for (size_t i = 0; i < disks->n; i++) {
		size_t used = strlen(list);

		snprintf(list + used, sizeof(list) - used, "%s%u (%s)", used ? ", " : "", disks->at[i].number,
			 disks->at[i].image);
		if (disk_is(&disks->at[i], drive))
			disks->at[kept++] = disks->at[i];
		else
			disk_done(&disks->at[i]);
	}
	disks->n = kept;
	if (kept > 0 || drive == NULL)
		return 0;
	return err_set(err, "--drive: there was no drive '%.100s', only %s", drive, *list ? list : "none");
}

char *path_numbered(const char *path, unsigned number)
{
	const char *base = file_name(path), *point = strrchr(base, '.');
	char *name;

	if (point == NULL || point == base)
		point = path + strlen(path);
	if (asprintf(&name, "%.*s.%u%s", (int)(point - path), path, number, point) < 0)
		return NULL;
	return name;
}

char *path_absolute(const char *path)
{
	char *here, *name;

	if (*path == '/')
		return strdup(path);
	here = getcwd(NULL, 0);
	if (here == NULL || asprintf(&name, "%s/%s", strcmp(here, "/") ? here : "", path) < 0)
		name = NULL;
	free(here);
	return name;
}
