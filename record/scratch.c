/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Only files that lie directly in the directory are removed: a file system that could not be
   unmounted from below it stays whole. */
#include "record/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int scratch_make(struct scratch *scratch, const char *tmpdir, struct err *err)
{
	char *path;

	scratch->path = NULL;
	if (tmpdir == NULL || *tmpdir != '/')
		tmpdir = "/tmp";
	if (asprintf(&path, "%s/blkmap-XXXXXX", tmpdir) < 0)
		return err_nomem(err);
	if (mkdtemp(path) == NULL) {
		err_set(err, "cannot make a directory in %s: %s", tmpdir, strerror(errno));
		free(path);
		return -1;
	}
	scratch->path = path;
	return 0;
}

char *scratch_file(const struct scratch *scratch, const char *name, struct err *err)
{
	char *path;

	if (asprintf(&path, "%s/%s", scratch->path, name) >= 0)
		return path;
	err_nomem(err);
	return NULL;
}

void scratch_remove(struct scratch *scratch)
{
	DIR *dir = scratch->path ? opendir(scratch->path) : NULL;
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir != NULL)
		closedir(dir);
	if (scratch->path != NULL)
		rmdir(scratch->path);
	free(scratch->path);
	scratch->path = NULL;
}
