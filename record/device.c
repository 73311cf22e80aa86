/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A block device of this host, by the kernel's own tracepoints (Documentation/trace/ftrace.rst,
   include/trace/events/block.h) in a tracefs instance of our own, which nobody else's tracing sees.  A device
   with a request queue tells of requests, another (device-mapper, md, zram) only of bios.

   Where tracefs is not mounted it is for as long as the recording takes. */
#include "record/record.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <tracefs.h>
#include <unistd.h>

#define BUFFER_KB "8192"

struct device {
	struct tracefs_instance *instance;
	char *mounted; /* where we have mounted tracefs, or NULL */
	int pipe, log;
	bool requests; /* it has a request queue */
	unsigned major, minor;
};

/* Where the kernel tells of the device in sysfs. */
static bool sysfs_has(const struct device *device, const char *what)
{
	char path[96];

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/%s", device->major, device->minor, what);
	return access(path, F_OK) == 0;
}

/* Requests carry the whole disk's number and addresses. */
static int refuse_partition(const struct device *device, const char *path, struct err *err)
{
	char link[96], real[PATH_MAX], *slash;

	snprintf(link, sizeof(link), "/sys/dev/block/%u:%u/..", device->major, device->minor);
	slash = realpath(link, real) ? strrchr(real, '/') : NULL;
	return err_set(err, "%s: is a partition; record the disk that it is on%s%s", path,
		       slash ? ", /dev/" : "", slash ? slash + 1 : "");
}

static int identify(struct device *device, const char *path, struct err *err)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return err_set(err, "%s: %s", path, strerror(errno));
	if (!S_ISBLK(st.st_mode))
		return err_set(err, "%s: is not a block device (for an image file take --nbd)", path);
	device->major = major(st.st_rdev);
	device->minor = minor(st.st_rdev);
	if (sysfs_has(device, "partition"))
		return refuse_partition(device, path, err);
	device->requests = sysfs_has(device, "mq");
	return 0;
}

/* Makes sure that libtracefs has a tracefs, without leaving one mounted. */
static int find_tracefs(struct record *record, struct device *device, struct err *err)
{
	const char *where;
	char *dir;

	tracefs_set_loglevel(TEP_LOG_NONE);
	if (tracefs_tracing_dir_is_mounted(false, &where) > 0)
		return 0;
	dir = scratch_file(&record->scratch, "tracing", err);
	if (dir == NULL)
		return -1;
	if (mkdir(dir, 0700) != 0 || mount("tracefs", dir, "tracefs", 0, NULL) != 0) {
		err_set(err, "cannot mount tracefs: %s%s", strerror(errno),
			errno == EPERM ? "; --device must be run as root" : "");
		rmdir(dir);
		free(dir);
		return -1;
	}
	device->mounted = dir;
	return tracefs_set_tracing_dir(dir) == 0 ? 0 : err_nomem(err);
}

static int cannot_trace(const char *what, struct err *err)
{
	int reason = errno;

	return err_set(err, "cannot %s: %s%s", what, strerror(reason),
		       reason == EPERM || reason == EACCES
			   ? "; --device must be run as root, on a kernel that allows tracing"
			   : "");
}

static int make_instance(struct device *device, struct err *err)
{
	char name[32];

	snprintf(name, sizeof(name), "blkmap-%ld", (long)getpid());
	device->instance = tracefs_instance_create(name);
	if (device->instance == NULL)
		return cannot_trace("make a tracefs instance", err);
	if (tracefs_instance_file_write(device->instance, "buffer_size_kb", BUFFER_KB) < 0)
		return cannot_trace("set the size of the trace buffer", err);
	/* The default clock is another on each processor. */
	if (tracefs_instance_file_write(device->instance, "trace_clock", "mono") < 0)
		return cannot_trace("set the clock of the trace", err);
	return 0;
}

static int enable_events(const struct device *device, struct err *err)
{
	static const char *const requests[] = {"block_rq_issue", "block_rq_complete", "block_rq_requeue"};
	static const char *const bios[] = {"block_bio_queue", "block_bio_complete"};
	const char *const *events = device->requests ? requests : bios;
	size_t n = device->requests ? 3 : 2;
	char filter[32];

	/* The kernel's dev_t, which is not the C library's. */
	snprintf(filter, sizeof(filter), "dev == %u", device->major << 20 | device->minor);
	for (size_t i = 0; i < n; i++)
		if (tracefs_event_file_write(device->instance, "block", events[i], "filter", filter) < 0 ||
		    tracefs_event_enable(device->instance, "block", events[i]) != 0)
			return cannot_trace("enable the kernel's block events", err);
	return 0;
}

static int open_files(const struct record *record, struct device *device, struct err *err)
{
	device->log = open(record->log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (device->log < 0)
		return err_set(err, "%s: cannot create: %s", record->log, strerror(errno));
	device->pipe =
	    tracefs_instance_file_open(device->instance, "trace_pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return device->pipe >= 0 ? 0 : cannot_trace("read the trace", err);
}

/* Has the kernel write what waits in the device's own cache, without a flush, which would be ours. */
static void write_back(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	sync_file_range(fd, 0, 0,
			SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
	close(fd);
}

static int copy_before(const struct record *record, struct err *err)
{
	const struct record_options *options = record->options;

	/* What was written before the command is not the command's. */
	write_back(options->target);
	if (options->before == NULL || record_copy(record, options->target, options->before, err) == 0)
		return 0;
	return err_prefix(err, "--before: ");
}

static int device_start(struct record *record, struct err *err)
{
	struct device *device = record->state = calloc(1, sizeof(*device));
	const char *path = record->options->target;

	if (device == NULL)
		return err_nomem(err);
	device->pipe = device->log = -1;
	record->log = scratch_file(&record->scratch, "ftrace.txt", err);
	if (record->log == NULL || identify(device, path, err) != 0)
		return -1;
	if (disks_add(&record->disks, path, NULL, disk_image_sectors(path, true), err) != 0)
		return -1;
	if (find_tracefs(record, device, err) != 0 || make_instance(device, err) != 0 ||
	    open_files(record, device, err) != 0 || copy_before(record, err) != 0)
		return -1;
	return enable_events(device, err);
}

/* Moves what the kernel has by now into the log; its buffers are finite. */
static int drain(const struct record *record, const struct device *device, struct err *err)
{
	char buf[16384];
	ssize_t got;

	while ((got = read(device->pipe, buf, sizeof(buf))) > 0) {
		for (ssize_t at = 0, wrote; at < got; at += wrote) {
			wrote = write(device->log, buf + at, (size_t)(got - at));
			if (wrote < 0)
				return err_set(err, "%s: cannot write: %s", record->log, strerror(errno));
		}
	}
	if (got == 0 || errno == EAGAIN || errno == EINTR)
		return 0;
	return cannot_trace("read the trace", err);
}

static int device_tick(struct record *record, struct err *err)
{
	return drain(record, record->state, err);
}

/* Gives back to the kernel what we took. */
static void take_down(struct device *device)
{
	if (device->pipe >= 0)
		close(device->pipe);
	if (device->log >= 0)
		close(device->log);
	if (device->instance != NULL) {
		tracefs_event_disable(device->instance, "block", NULL);
		tracefs_instance_destroy(device->instance);
		tracefs_instance_free(device->instance);
	}
	if (device->mounted != NULL) {
		tracefs_set_tracing_dir(NULL);
		umount2(device->mounted, MNT_DETACH);
		rmdir(device->mounted);
	}
	free(device->mounted);
	free(device);
}

/* A log without an event is no ftrace text; a disk that nothing touched has an empty trace. */
static int keep_if_empty(struct record *record, struct err *err)
{
	struct stat st;
	FILE *file;

	if (stat(record->log, &st) != 0 || st.st_size > 0)
		return 0;
	file = fopen(record->log, "we");
	if (file == NULL)
		return err_set(err, "%s: cannot create: %s", record->log, strerror(errno));
	fprintf(file, "S %" PRIu64 "\n", record->disks.at[0].sectors ? record->disks.at[0].sectors : 1);
	fclose(file);
	record->log_format = "qtr";
	return 0;
}

static int device_stop(struct record *record, struct err *err)
{
	struct device *device = record->state;
	int rc = 0;

	if (device == NULL)
		return 0;
	record->state = NULL;
	if (device->pipe >= 0) {
		/* What the command wrote and the kernel has not yet is. */
		write_back(record->options->target);
		tracefs_trace_off(device->instance);
		rc = drain(record, device, err);
	}
	take_down(device);
	return rc == 0 && record->log != NULL ? keep_if_empty(record, err) : rc;
}

const struct recorder recorder_device = {
    .name = "device",
    .log_format = "ftrace",
    .start = device_start,
    .tick = device_tick,
    .stop = device_stop,
};
