/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks are opened before, since they may lie behind servers; what is wrong with one is told when it is asked for. */
#include "cli/confine.h"

#include "base/openfile.h"
#include "cli/sandbox.h"
#include "layout/disk/image.h"
#include "layout/saved/saved.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPENED_MAX (COMMON_WITH_MAX + 2)

static struct confined {
	bool entered;
	struct opened {
		const char *path;
		struct image *image; /* NULL where it could not be opened, or has been taken */
		struct err err;
	} opened[OPENED_MAX];
	size_t nopened;
} confined;

int confine_opened(const char *path, struct image **image, struct err *err)
{
	for (size_t i = 0; i < confined.nopened; i++) {
		struct opened *opened = &confined.opened[i];

		if (opened->path == NULL || strcmp(opened->path, path) != 0)
			continue;
		opened->path = NULL;
		*image = opened->image;
		*err = opened->err;
		return *image != NULL ? 1 : -1;
	}
	return 0;
}

static void open_before(const char *path, const struct common *common)
{
	struct image_options options = common->map.image;
	struct opened *opened;

	if (path == NULL || confined.nopened == OPENED_MAX)
		return;
	opened = &confined.opened[confined.nopened++];
	opened->path = path;
	options.opened = NULL;
	if (image_open(&opened->image, path, &options, &opened->err) != 0)
		opened->image = NULL;
}

static void open_disks(const struct common *common, const char *disk)
{
	if (disk != NULL && !saved_is(disk))
		open_before(disk, common);
	for (size_t i = 0; i < common->map.nwith && disk != NULL; i++)
		open_before(common->with[i], common);
	open_before(common->of, common);
}

/* --- what may be opened inside --- */

static bool is_a(const char *path, mode_t type)
{
	struct stat st;

	return (strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &st) : stat(path, &st)) == 0 &&
	       (st.st_mode & S_IFMT) == type;
}

static void allow_folder(struct sandbox *sandbox, const char *path, enum sandbox_use use)
{
	const char *slash = strrchr(path, '/');
	char *folder =
	    slash == NULL ? strdup(".") : strndup(path, slash == path ? 1 : (size_t)(slash - path));

	if (folder != NULL)
		sandbox_allow(sandbox, folder, use);
	free(folder);
}

/* A name may stand for the files that blktrace writes, one a processor. */
static void allow_blktrace(struct sandbox *sandbox, const char *path)
{
	const char *end = strstr(path, ".blktrace");
	char pattern[4096];
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%.*s.blktrace.*", end ? (int)(end - path) : (int)strlen(path),
		 path);
	if (glob(pattern, 0, NULL, &found) != 0)
		return;
	allow_folder(sandbox, path, SANDBOX_LIST);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		file_keep(found.gl_pathv[i], FILE_TRACE);
		sandbox_allow(sandbox, found.gl_pathv[i], SANDBOX_READ);
	}
	globfree(&found);
}

static bool is_piped(const char *path)
{
	return !is_a(path, S_IFREG) && !is_a(path, S_IFBLK);
}

static void allow_inputs(struct sandbox *sandbox, const struct common *common, const char *const *files,
			 size_t nfiles, const char *disk)
{
	const char *tmpdir = common->trace.tmpdir;

	for (size_t i = 0; i < nfiles; i++) {
		if (strcmp(files[i], "-") != 0 && is_a(files[i], S_IFREG))
			file_keep(files[i], FILE_TRACE);
		sandbox_allow(sandbox, files[i], SANDBOX_READ);
		allow_blktrace(sandbox, files[i]);
		if (!is_piped(files[i]))
			continue;
		sandbox->closed = false;
		sandbox_allow(sandbox, tmpdir && *tmpdir == '/' ? tmpdir : "/tmp", SANDBOX_KEEP);
	}
	if (disk != NULL && is_a(disk, S_IFREG))
		file_keep(disk, FILE_DISK);
	if (disk != NULL)
		sandbox_allow(sandbox, disk, SANDBOX_READ);
	if (common->read_later != NULL && is_a(common->read_later, S_IFREG))
		file_keep(common->read_later, FILE_TEXT);
	if (common->read_later != NULL)
		sandbox_allow(sandbox, common->read_later, SANDBOX_READ);
	sandbox_allow(sandbox, "/sys/devices/system/cpu", SANDBOX_READ);
}

static void allow_output(struct sandbox *sandbox, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *target = outfile_resolve(path);
	char *folder = slash != NULL ? strndup(path, (size_t)(slash - path)) : NULL;

	if (is_a(path, S_IFSOCK))
		sandbox->sockets = true;
	if (is_a(path, S_IFREG) || is_a(path, S_IFCHR) || is_a(path, S_IFIFO) || is_a(path, S_IFSOCK))
		sandbox_allow(sandbox, path, SANDBOX_WRITE);
	/* The folder of a report may have to be made. */
	if (folder != NULL && *folder != '\0' && access(folder, F_OK) != 0)
		allow_folder(sandbox, folder, SANDBOX_MAKE);
	else if (target != NULL && !is_a(path, S_IFCHR) && !is_a(path, S_IFIFO) && !is_a(path, S_IFSOCK))
		allow_folder(sandbox, target, SANDBOX_REPLACE);
	free(target);
	free(folder);
}

/* What pango and fontconfig read. */
static void allow_fonts(struct sandbox *sandbox)
{
	static const char *const folders[] = {
	    "/etc/fonts",
	    "/usr/share/fonts",
	    "/usr/local/share/fonts",
	    "/usr/share/fontconfig",
	    "/usr/X11R6/lib/X11/fonts",
	    "/var/cache/fontconfig",
	    "/usr/share/locale",
	};
	static const char *const at_home[] = {".fonts", ".fonts.conf", ".config/fontconfig",
					      ".cache/fontconfig", ".local/share/fonts"};
	const char *home = getenv("HOME");
	char path[4096];

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		sandbox_allow(sandbox, folders[i], SANDBOX_READ);
	for (size_t i = 0; home != NULL && i < sizeof(at_home) / sizeof(at_home[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", home, at_home[i]);
		sandbox_allow(sandbox, path, SANDBOX_READ);
	}
}

static void allow_outputs(struct sandbox *sandbox, const struct common *common)
{
	const char *tmpdir = common->output.tmpdir;

	if (common->paints || common->outputs.nnames > 0)
		allow_fonts(sandbox);
	if (common->outputs.nnames == 0)
		return;
	for (size_t i = 0; i < common->outputs.nnames; i++)
		allow_output(sandbox, common->outputs.names[i]);
	sandbox_allow(sandbox, tmpdir && *tmpdir == '/' ? tmpdir : "/tmp", SANDBOX_KEEP);
}

/* --- entering --- */

/* BLKMAP_DEBUG_SANDBOX: "abi=N" and "try", for tests. */
static bool heed_debugging(struct sandbox *sandbox)
{
	const char *words = getenv("BLKMAP_DEBUG_SANDBOX"), *abi = words ? strstr(words, "abi=") : NULL;

	if (abi != NULL)
		sandbox->abi_most = atoi(abi + 4);
	return words != NULL && strstr(words, "try") != NULL;
}

static void say(const struct sandbox *sandbox)
{
	struct err text;

	if (sandbox->abi > 0)
		err_set(&text, "sandbox: Landlock version %d, %s, %s", sandbox->abi,
			sandbox->calls ? "seccomp" : "no seccomp",
			sandbox->caps ? "no capabilities" : "capabilities to reach the files that are named");
	else
		err_set(&text, "sandbox: no Landlock, %s, %s", sandbox->calls ? "seccomp" : "no seccomp",
			sandbox->caps ? "no capabilities" : "capabilities to reach the files that are named");
	fail(NULL, &text);
}

/* While sysfs can still be asked what a device lies in. */
static int spare_inputs(const struct common *common, const char *const *files, size_t nfiles,
			const char *disk)
{
	int status = outputs_spare(&common->outputs, disk);

	for (size_t i = 0; i < nfiles && status == 0; i++)
		status = outputs_spare(&common->outputs, files[i]);
	for (size_t i = 0; i < common->map.nwith && status == 0; i++)
		status = outputs_spare(&common->outputs, common->with[i]);
	return status == 0 ? outputs_spare(&common->outputs, common->of) : status;
}

int confine(const struct common *common, const char *const *files, size_t nfiles, const char *disk)
{
	struct sandbox sandbox = SANDBOX_INIT;
	struct err err;
	bool trying;
	int status;

	if (confined.entered)
		return 0;
	confined.entered = true;
	if (spare_inputs(common, files, nfiles, disk) != 0)
		return STATUS_FAILED;
	if (common->no_sandbox) {
		err_set(&err, "sandbox: none");
		return common->verbose ? (fail(NULL, &err), 0) : 0;
	}
	open_disks(common, disk);
	sandbox.closed = common->outputs.nnames == 0 && !common->paints;
	sandbox.alone = common->map.threads <= 1 && sandbox.closed; /* pango has a thread of its own */
	allow_inputs(&sandbox, common, files, nfiles, disk);
	allow_outputs(&sandbox, common);
	trying = heed_debugging(&sandbox);
	status = sandbox_enter(&sandbox, &err) == 0 ? 0 : fail(NULL, &err);
	sandbox_done(&sandbox);
	if (status == 0 && common->verbose)
		say(&sandbox);
	return status == 0 && trying ? (sandbox_try_out() == 0 ? 0 : STATUS_FAILED) : status;
}

int confine_any(const struct common *common, const char *const *files, size_t nfiles)
{
	if (confined.entered)
		return 0;
	for (size_t i = 0; i < nfiles && !common->no_sandbox; i++)
		for (unsigned twice = 0; twice < 2; twice++)
			if (strcmp(files[i], "-") != 0 && !saved_is(files[i]))
				open_before(files[i], common);
	for (size_t i = 0; i < common->map.nwith && nfiles > 0; i++)
		open_before(common->with[i], common);
	return confine(common, files, nfiles, NULL);
}
