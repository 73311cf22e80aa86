/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The trace events are those that trace/formats/qemu.c reads: blk_co_preadv and blk_co_pwritev are what the
   guest asked of a drive, bdrv_open_common and blk_root_attach say which drive that is. */
#include "record/shim.h"

#include "base/size.h"
#include "base/text.h"
#include "record/program.h"
#include "record/qemu_args.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define FILE_MAX_BYTES (1u << 20)

static int join(char *path, size_t size, const char *directory, const char *name, struct err *err)
{
	if ((size_t)snprintf(path, size, "%s/%s", directory, name) < size)
		return 0;
	return err_set(err, "%s: the name is too long", directory);
}

/* A whole small file, NUL-terminated, to be freed; an absent one is empty. */
static char *read_all(const char *directory, const char *name, size_t *len, struct err *err)
{
	char path[4096], *bytes = calloc(1, FILE_MAX_BYTES + 1);
	FILE *file;

	*len = 0;
	if (bytes == NULL)
		err_nomem(err);
	else if (join(path, sizeof(path), directory, name, err) == 0) {
		file = fopen(path, "re");
		if (file != NULL)
			*len = fread(bytes, 1, FILE_MAX_BYTES, file);
		if (file != NULL)
			fclose(file);
		return bytes;
	}
	free(bytes);
	return NULL;
}

/* Writes or appends a small file at once. */
static int write_all(const char *directory, const char *name, int flags, const struct text *text,
		     struct err *err)
{
	char path[4096];
	int fd;
	bool whole;

	if (text->short_of_memory)
		return err_nomem(err);
	if (join(path, sizeof(path), directory, name, err) != 0)
		return -1;
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
	if (fd < 0)
		return err_set(err, "%s: cannot create: %s", path, strerror(errno));
	whole = write(fd, text->at, text->n) == (ssize_t)text->n;
	close(fd);
	return whole ? 0 : err_set(err, "%s: cannot write: %s", path, strerror(errno));
}

static void add_field(struct text *text, const char *field)
{
	text_add(text, field ? field : "", field ? strlen(field) + 1 : 1);
}

int shim_settings_write(const char *directory, const char *qemu, const char *drive, const char *before,
			bool force, struct err *err)
{
	struct text text = {0};
	int rc;

	add_field(&text, qemu);
	add_field(&text, drive);
	add_field(&text, before);
	add_field(&text, force ? "1" : "0");
	rc = write_all(directory, "settings", O_TRUNC, &text, err);
	text_free(&text);
	return rc;
}

static void settings_done(struct shim_settings *settings)
{
	free(settings->qemu);
	free(settings->drive);
	free(settings->before);
	free(settings->force);
}

/* The next field of a file, or NULL behind its last. */
static const char *next_field(const char **at, const char *end)
{
	const char *field = *at;

	if (field >= end)
		return NULL;
	*at = field + strlen(field) + 1;
	return field;
}

static int settings_read(const char *directory, struct shim_settings *settings, struct err *err)
{
	char **fields[] = {&settings->qemu, &settings->drive, &settings->before, &settings->force};
	size_t len;
	char *bytes = read_all(directory, "settings", &len, err);
	const char *at = bytes;

	*settings = (struct shim_settings){NULL, NULL, NULL, NULL};
	if (bytes == NULL)
		return -1;
	for (int i = 0; i < 4; i++) {
		const char *field = next_field(&at, bytes + len);

		*fields[i] = strdup(field ? field : "");
	}
	free(bytes);
	if (settings->qemu && settings->drive && settings->before && settings->force)
		return *settings->qemu ? 0
				       : err_set(err, "%s: no recording has its settings there", directory);
	settings_done(settings);
	return err_nomem(err);
}

int shim_drives_read(const char *directory, struct disks *disks, struct err *err)
{
	size_t len;
	char *bytes = read_all(directory, "drives", &len, err);
	const char *at = bytes, *sectors, *device, *image;
	int rc = bytes ? 0 : -1;

	while (rc == 0 && (sectors = next_field(&at, bytes + len)) != NULL) {
		uint64_t n = 0;

		device = next_field(&at, bytes + len);
		image = next_field(&at, bytes + len);
		if (image == NULL || number_parse(sectors, &n, err) != 0)
			break;
		rc = disks_add(disks, image, device, n, err);
	}
	free(bytes);
	return rc;
}

/* libguestfs lays a temporary qcow2 image over a drive that is only read: the user's is below. */
static char *users_image(const char *file)
{
	const char *slash = strrchr(file, '/');
	char *below = NULL;

	if (slash != NULL && strncmp(slash, "/overlay", 8) == 0 && strstr(file, "/libguestfs") != NULL)
		below = disk_image_backing(file);
	return below && *below == '/' ? below : (free(below), strdup(file));
}

static bool is_known(const struct disks *disks, const char *device)
{
	for (size_t i = 0; i < disks->n; i++)
		if (strcmp(disks->at[i].device, device) == 0)
			return true;
	return false;
}

static int copy_before(const struct shim_settings *settings, const struct disks *disks,
		       const struct disk *disk, struct err *err)
{
	char *to;
	int rc;

	if (*settings->before == '\0' || !disk_is(disk, *settings->drive ? settings->drive : NULL))
		return 0;
	to = path_numbered(settings->before, disk->number);
	rc = to ? disks_spare(disks, to, err) : err_nomem(err);
	if (rc == 0)
		rc = disk_image_copy(disk->image, to, &(struct disk_copy){.force = *settings->force == '1'},
				     err);
	free(to);
	return rc == 0 ? 0 : err_prefix(err, "--before: ");
}

/* Takes a drive into the list that is not there yet. */
static int take_drive(const char *directory, const struct shim_settings *settings, struct disks *disks,
		      const char *file, bool raw, struct err *err)
{
	char *image = users_image(file);
	uint64_t sectors = disk_image_sectors(file, raw);
	struct text text = {0};
	int rc;

	if (image == NULL)
		return err_nomem(err);
	rc = disks_add(disks, image, file, sectors, err);
	free(image);
	if (rc != 0)
		return -1;
	text_u64(&text, sectors);
	text_add(&text, "", 1);
	add_field(&text, file);
	add_field(&text, disks->at[disks->n - 1].image);
	rc = write_all(directory, "drives", O_APPEND, &text, err);
	text_free(&text);
	return rc == 0 ? copy_before(settings, disks, &disks->at[disks->n - 1], err) : -1;
}

/* Locks a file; the lock goes with the last copy of the descriptor, which is returned, or -1. */
static int lock(const char *directory, const char *name, int operation, int flags, struct err *err)
{
	char path[4096];
	int fd;

	if (join(path, sizeof(path), directory, name, err) != 0)
		return -1;
	fd = open(path, O_RDWR | O_CREAT | flags, 0600);
	if (fd >= 0 && flock(fd, operation) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return err_set(err, "%s: cannot lock: %s", path, strerror(errno));
}

/* The file of a drive; of one that is only read it is the qcow2 image over it. */
static char *drive_file(const char *drive)
{
	char *file = qemu_option(drive, "file");

	if (file == NULL)
		file = qemu_option(drive, "file.file.filename");
	return file ? file : qemu_option(drive, "file.filename");
}

static int take_drives(const char *directory, const struct shim_settings *settings, char *const *argv,
		       struct err *err)
{
	struct disks disks = {0};
	const char *drive;
	int at = 1, fd = lock(directory, "drives.lock", LOCK_EX, O_CLOEXEC, err);
	int rc = fd < 0 ? -1 : shim_drives_read(directory, &disks, err);

	while (rc == 0 && (drive = qemu_next_drive(argv, &at)) != NULL) {
		char *file = drive_file(drive), *format = qemu_option(drive, "format");

		if (file != NULL && !is_known(&disks, file))
			rc = take_drive(directory, settings, &disks, file,
					format && strcmp(format, "raw") == 0, err);
		free(file);
		free(format);
	}
	if (fd >= 0)
		close(fd);
	disks_done(&disks);
	return rc;
}

static int become_qemu(const char *directory, const char *qemu, char **argv, struct err *err)
{
	static const char *const events[] = {"-msg",   "timestamp=on",    "-trace", "bdrv_open_common",
					     "-trace", "blk_root_attach", "-trace", "blk_co_preadv",
					     "-trace", "blk_co_pwritev",  "-D"};
	const size_t nevents = sizeof(events) / sizeof(events[0]);
	struct timespec now;
	char log[4096];
	char **args;
	size_t n = 0;

	while (argv[n] != NULL)
		n++;
	args = calloc(n + nevents + 2, sizeof(*args));
	if (args == NULL)
		return err_nomem(err);
	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(log, sizeof(log), "%s/%012" PRId64 "%09ld.%ld.log", directory, (int64_t)now.tv_sec,
		 now.tv_nsec, (long)getpid());
	memcpy(args, argv, n * sizeof(*args));
	memcpy(args + n, events, sizeof(events));
	args[n + nevents] = log;
	execvp(qemu, args);
	free(args);
	return program_missing(qemu, errno, err);
}

static int run(const char *directory, const struct shim_settings *settings, char **argv, struct err *err)
{
	if (qemu_is_question(argv)) {
		execvp(settings->qemu, argv);
		return program_missing(settings->qemu, errno, err);
	}
	/* Held until this process ends, whatever program it becomes. */
	if (lock(directory, SHIM_LOCK, LOCK_SH, 0, err) < 0 ||
	    take_drives(directory, settings, argv, err) != 0)
		return -1;
	return become_qemu(directory, settings->qemu, argv, err);
}

int shim_run(char **argv, struct err *err)
{
	struct text text = {0};
	struct shim_settings settings;
	char *directory = strndup(argv[0], (size_t)(strrchr(argv[0], '/') - argv[0]));

	if (directory == NULL)
		return err_nomem(err);
	if (settings_read(directory, &settings, err) == 0) {
		struct err ignored;

		argv[0] = settings.qemu;
		run(directory, &settings, argv, err);
		text_str(&text, err->text);
		write_all(directory, SHIM_ERROR, O_TRUNC, &text, &ignored);
		text_free(&text);
		settings_done(&settings);
	}
	free(directory);
	return -1;
}
