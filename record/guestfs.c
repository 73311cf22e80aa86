/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any program of libguestfs, unmodified (guestfs(3) "QEMU WRAPPERS"): LIBGUESTFS_HV leads to our shim
   (record/shim.h), which runs the real QEMU with trace events on.  libvirt would run QEMU as somebody
   else and without our directory, so the backend becomes "direct" unless the user has chosen one. */
#include "record/record.h"

#include "record/program.h"
#include "record/qemu_log.h"
#include "record/shim.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/utsname.h>
#include <unistd.h>

#define END_NAPS 500 /* of 20 ms */
#define KILL_NAPS 100

/* The QEMU that libguestfs would take, to be freed; NULL with an error. */
static char *default_qemu(const char *path, struct err *err)
{
	static const char *const others[] = {"/usr/libexec/qemu-kvm", "qemu-kvm"};
	char name[64 + sizeof(((struct utsname *)NULL)->machine)], *found;
	struct utsname host;
	const char *machine;

	uname(&host);
	machine = host.machine;
	if (strlen(machine) == 4 && machine[0] == 'i' && strcmp(machine + 2, "86") == 0)
		machine = "i386";
	else if (strcmp(machine, "ppc64le") == 0)
		machine = "ppc64";
	else if (strncmp(machine, "arm", 3) == 0)
		machine = "arm";
	snprintf(name, sizeof(name), "qemu-system-%s", machine);
	found = program_find(name, path);
	for (size_t i = 0; found == NULL && i < sizeof(others) / sizeof(others[0]); i++)
		found = program_find(others[i], path);
	if (found == NULL)
		program_missing(name, ENOENT, err);
	return found;
}

static char *real_qemu(const struct record_options *options, struct err *err)
{
	char *found, *absolute;

	if (options->hv == NULL || *options->hv == '\0')
		return default_qemu(options->path, err);
	found = program_find(options->hv, options->path);
	if (found == NULL) {
		program_missing(options->hv, ENOENT, err);
		err_prefix(err, "LIBGUESTFS_HV: ");
		return NULL;
	}
	absolute = path_absolute(found);
	free(found);
	if (absolute == NULL)
		err_nomem(err);
	return absolute;
}

static int write_settings(const struct record *record, struct err *err)
{
	const struct record_options *options = record->options;
	char *qemu = real_qemu(options, err);
	char *before = options->before ? path_absolute(options->before) : NULL;
	int rc = -1;

	if (qemu != NULL && options->before != NULL && before == NULL)
		err_nomem(err);
	else if (qemu != NULL)
		rc = shim_settings_write(record->scratch.path, qemu, options->drive, before, options->force,
					 err);
	free(qemu);
	free(before);
	return rc;
}

static int guestfs_start(struct record *record, struct err *err)
{
	const struct record_options *options = record->options;
	char *shim = scratch_file(&record->scratch, SHIM_NAME, err);

	if (shim == NULL)
		return -1;
	if (symlink(options->self, shim) != 0) {
		err_set(err, "%s: cannot create: %s", shim, strerror(errno));
		free(shim);
		return -1;
	}
	if (child_setenv(&record->child, "LIBGUESTFS_HV", shim, err) != 0)
		return -1;
	if (options->backend == NULL &&
	    child_setenv(&record->child, "LIBGUESTFS_BACKEND", strdup("direct"), err) != 0)
		return -1;
	return write_settings(record, err);
}

static int is_log(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 4 && strcmp(entry->d_name + len - 4, ".log") == 0;
}

/* Asks the QEMUs, whose process numbers are in the names of their logs, to end. */
static void kill_qemus(const char *directory, int signo)
{
	struct dirent **logs;
	int n = scandir(directory, &logs, is_log, NULL);

	for (int i = 0; i < n; i++) {
		const char *pid = strchr(logs[i]->d_name, '.');

		if (pid != NULL && atol(pid + 1) > 1)
			kill((pid_t)atol(pid + 1), signo);
		free(logs[i]);
	}
	if (n >= 0)
		free(logs);
}

/* Waits for the lock that every QEMU holds; false when some did not let go of it. */
static bool wait_unlocked(int fd, int naps)
{
	for (int i = 0; i < naps; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		nap();
	}
	return false;
}

/* libguestfs may leave it to a process of its own to end QEMU, somewhat later than the command ends. */
static int wait_for_qemus(struct record *record, struct err *err)
{
	char *path = scratch_file(&record->scratch, SHIM_LOCK, err);
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	bool ended = fd < 0 || wait_unlocked(fd, record->child.stopped ? KILL_NAPS : END_NAPS);

	free(path);
	if (!ended && record->child.stopped) {
		kill_qemus(record->scratch.path, SIGTERM);
		ended = wait_unlocked(fd, KILL_NAPS);
		if (!ended)
			kill_qemus(record->scratch.path, SIGKILL);
		ended = ended || wait_unlocked(fd, KILL_NAPS);
	}
	if (fd >= 0)
		close(fd);
	return ended ? 0
		     : record_note(record, err, "QEMU still runs; what it does from now on is not traced");
}

static int append_log(FILE *to, const char *directory, const char *name, struct err *err)
{
	char path[4096];
	int rc;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	rc = qemu_log_append(to, path, err);
	unlink(path);
	return rc;
}

/* All QEMUs' logs, one after the other, become one. */
static int join_logs(struct record *record, struct err *err)
{
	struct dirent **logs;
	int n = scandir(record->scratch.path, &logs, is_log, alphasort), rc = 0;
	FILE *to;

	record->log = scratch_file(&record->scratch, "qemu.txt", err);
	to = record->log ? fopen(record->log, "we") : NULL;
	if (to == NULL && record->log != NULL)
		err_set(err, "%s: cannot create: %s", record->log, strerror(errno));
	for (int i = 0; i < n; i++) {
		if (to != NULL && rc == 0)
			rc = append_log(to, record->scratch.path, logs[i]->d_name, err);
		free(logs[i]);
	}
	if (n >= 0)
		free(logs);
	if (to == NULL)
		return -1;
	if (fclose(to) != 0)
		rc = err_set(err, "%s: cannot write: %s", record->log, strerror(errno));
	return rc;
}

/* What went wrong in a shim: -1 when something did. */
static int shim_failed(const struct record *record, struct err *err)
{
	char *path = scratch_file(&record->scratch, SHIM_ERROR, err), text[400];
	FILE *file;
	size_t len;

	if (path == NULL)
		return -1;
	file = fopen(path, "re");
	free(path);
	if (file == NULL)
		return 0;
	len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	fclose(file);
	return err_set(err, "%s", text);
}

/* With one drive, its copy loses the number that the shim gave it. */
static int name_copy(const struct record *record, struct err *err)
{
	const char *before = record->options->before;
	char *numbered;
	int rc;

	if (before == NULL || record->disks.n != 1)
		return 0;
	numbered = path_numbered(before, record->disks.at[0].number);
	if (numbered == NULL)
		return err_nomem(err);
	if (disks_spare(&record->disks, before, err) != 0) {
		free(numbered);
		return err_prefix(err, "--before: ");
	}
	rc = rename(numbered, before);
	if (rc != 0)
		err_set(err, "--before: %s: cannot create: %s", before, strerror(errno));
	free(numbered);
	return rc;
}

static int guestfs_stop(struct record *record, struct err *err)
{
	/* The command has not run, or not come as far as QEMU. */
	if (record->child.status < 0)
		return 0;
	if (wait_for_qemus(record, err) != 0 || shim_failed(record, err) != 0 ||
	    shim_drives_read(record->scratch.path, &record->disks, err) != 0)
		return -1;
	if (record->disks.n == 0)
		return err_set(err, "%s ran no QEMU with a disk, so there is nothing to trace",
			       record->options->command[0]);
	if (join_logs(record, err) != 0 || disks_pick(&record->disks, record->options->drive, err) != 0)
		return -1;
	return name_copy(record, err);
}

const struct recorder recorder_guestfs = {
    .name = "libguestfs",
    .log_format = "qemu",
    .start = guestfs_start,
    .stop = guestfs_stop,
};
