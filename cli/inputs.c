/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files are told apart by device and inode, devices by their number, so that links and other paths to the
   same thing do not matter.  What a loop device or one made of others lies in is told by sysfs. */
#include "cli/inputs.h"

#include "base/vec.h"
#include "cli/cli.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define HEAD_BYTES 4096
#define HOLDERS_DEPTH 8 /* of devices in devices */

static bool is_same(const struct stat *a, const struct stat *b)
{
	if (S_ISBLK(a->st_mode) && S_ISBLK(b->st_mode))
		return a->st_rdev == b->st_rdev;
	return S_ISREG(a->st_mode) && S_ISREG(b->st_mode) && a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* --- what is there --- */

/* The first bytes of a file; -1 where it cannot be read. */
static ssize_t read_head(const char *path, char *head)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd >= 0 ? pread(fd, head, HEAD_BYTES, 0) : -1;

	if (fd >= 0)
		close(fd);
	return n;
}

static int check_old(const char *path, const struct stat *st, bool only_new)
{
	char head[HEAD_BYTES];
	struct err err;
	ssize_t n;

	if (!S_ISREG(st->st_mode) || st->st_size == 0)
		return 0;
	n = only_new ? -1 : read_head(path, head);
	if (n >= 0 && output_is_ours(head, (size_t)n))
		return 0;
	if (only_new)
		err_set(&err, "is there already; --force replaces it");
	else if (n < 0)
		err_set(&err, "cannot tell whether blkmap has written it: %s; --force replaces it",
			strerror(errno));
	else
		err_set(&err, "is a file that blkmap has not written; --force replaces it");
	return fail(path, &err);
}

static int remember(struct outputs *outputs, const char *path)
{
	char **more = realloc(outputs->names, (outputs->nnames + 1) * sizeof(*more));

	if (more == NULL)
		return -1;
	outputs->names = more;
	outputs->names[outputs->nnames] = strdup(path);
	return outputs->names[outputs->nnames] != NULL ? (outputs->nnames++, 0) : -1;
}

static int add(struct outputs *outputs, const char *path, bool only_new)
{
	struct planned planned;
	struct err err;

	if (remember(outputs, path) != 0) {
		err_nomem(&err);
		return fail(path, &err);
	}
	if (strcmp(path, "-") == 0 || stat(path, &planned.was) != 0)
		return 0;
	if (S_ISBLK(planned.was.st_mode)) {
		err_set(&err, "is a block device, which is never written to");
		return fail(path, &err);
	}
	if (!outputs->force && check_old(path, &planned.was, only_new) != 0)
		return STATUS_FAILED;
	planned.name = strdup(path);
	if (planned.name != NULL && VEC_PUSH(outputs, planned) == 0)
		return 0;
	free(planned.name);
	err_nomem(&err);
	return fail(path, &err);
}

int outputs_add(struct outputs *outputs, const char *path)
{
	return add(outputs, path, false);
}

int outputs_add_new(struct outputs *outputs, const char *path)
{
	return add(outputs, path, true);
}

void outputs_done(struct outputs *outputs)
{
	for (size_t i = 0; i < outputs->n; i++)
		free(outputs->at[i].name);
	VEC_FREE(outputs);
	while (outputs->nnames > 0)
		free(outputs->names[--outputs->nnames]);
	free(outputs->names);
	outputs->names = NULL;
}

/* --- what is read --- */

static int clash(const char *output, const char *input)
{
	struct err err;

	err_set(&err, "is what %s would be written over; nothing is written over what is read", output);
	return fail(input, &err);
}

/* Compares one thing that is read with all that is written. */
static int compare(const struct outputs *outputs, const struct stat *st, const char *input)
{
	struct stat out;

	for (size_t i = 0; i < outputs->n; i++)
		if (is_same(&outputs->at[i].was, st))
			return clash(outputs->at[i].name, input);
	if (fstat(STDOUT_FILENO, &out) == 0 && is_same(&out, st))
		return clash("standard output", input);
	return 0;
}

/* The first line of a small file below sysfs. */
static bool read_line(const char *path, char *line, size_t len)
{
	FILE *file = fopen(path, "re");
	bool got = file != NULL && fgets(line, (int)len, file) != NULL;

	if (file != NULL)
		fclose(file);
	if (got)
		line[strcspn(line, "\n")] = '\0';
	return got;
}

static int compare_holders(const struct outputs *outputs, dev_t device, const char *input, int depth);

/* The devices that one is made of, as those of device mapper and md are. */
static int compare_slaves(const struct outputs *outputs, const char *folder, const char *input, int depth)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int status = 0;

	while (dir != NULL && status == 0 && (entry = readdir(dir)) != NULL) {
		char path[700], line[64];
		unsigned major, minor;

		snprintf(path, sizeof(path), "%s/%s/dev", folder, entry->d_name);
		if (entry->d_name[0] != '.' && read_line(path, line, sizeof(line)) &&
		    sscanf(line, "%u:%u", &major, &minor) == 2)
			status = compare_holders(outputs, makedev(major, minor), input, depth + 1);
	}
	if (dir != NULL)
		closedir(dir);
	return status;
}

/* The file behind a loop device, the disk that a partition is of, and what these lie in. */
static int compare_holders(const struct outputs *outputs, dev_t device, const char *input, int depth)
{
	static const char *const files[] = {"loop/backing_file", "../loop/backing_file"};
	char base[64], path[128], line[4200];
	struct stat st = {.st_mode = S_IFBLK, .st_rdev = device};
	int status = compare(outputs, &st, input);

	snprintf(base, sizeof(base), "/sys/dev/block/%u:%u", major(device), minor(device));
	for (size_t i = 0; i < 2 && status == 0; i++) {
		snprintf(path, sizeof(path), "%s/%s", base, files[i]);
		if (read_line(path, line, sizeof(line)) && stat(line, &st) == 0)
			status = S_ISBLK(st.st_mode) && depth < HOLDERS_DEPTH
				     ? compare_holders(outputs, st.st_rdev, input, depth + 1)
				     : compare(outputs, &st, input);
	}
	snprintf(path, sizeof(path), "%s/slaves", base);
	return status == 0 && depth < HOLDERS_DEPTH ? compare_slaves(outputs, path, input, depth) : status;
}

int outputs_spare(const struct outputs *outputs, const char *input)
{
	struct stat st;

	if (input == NULL || (strcmp(input, "-") == 0 ? fstat(STDIN_FILENO, &st) : stat(input, &st)) != 0)
		return 0;
	if (S_ISBLK(st.st_mode))
		return compare_holders(outputs, st.st_rdev, input, 0);
	return compare(outputs, &st, input);
}
