/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing result files.  Signals that end the program wait while several files appear together. */
#include "cli/output.h"

#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

int output_file(const char *path, const struct text *text, const struct outfile_options *options)
{
	struct outfile file;
	struct err err;
	int status;

	if (text->short_of_memory)
		status = err_nomem(&err);
	else if (outfile_open(&file, path, options, &err) != 0)
		status = -1;
	else if (outfile_write(&file, text->at, text->n, &err) == 0)
		status = outfile_commit(&file, &err);
	else {
		outfile_abandon(&file);
		status = -1;
	}
	return status == 0 ? 0 : fail(path, &err);
}

/* --- directories --- */

struct staged {
	struct outfile files[OUTPUT_FILES_MAX];
	size_t n;
};

static int stage(struct outfile *file, const char *path, const struct output *output,
		 const struct outfile_options *options, struct err *err)
{
	struct text name = {0};
	int status;

	text_printf(&name, "%s/%s", path, output->name);
	if (name.short_of_memory || output->text.short_of_memory)
		status = err_nomem(err);
	else
		status = outfile_open(file, name.at, options, err);
	if (status == 0 && (status = outfile_write(file, output->text.at, output->text.n, err)) != 0)
		outfile_abandon(file);
	text_free(&name);
	return status == 0 ? 0 : err_prefix(err, "%s: ", output->name);
}

/* All are written before the first gets its name. */
static int place_all(struct staged *staged, const char *path, const struct output *files, size_t n,
		     const struct outfile_options *options, struct err *err)
{
	for (; staged->n < n; staged->n++)
		if (stage(&staged->files[staged->n], path, &files[staged->n], options, err) != 0)
			return -1;
	for (size_t i = 0; i < n; i++)
		if (outfile_place(&staged->files[i], err) != 0)
			return err_prefix(err, "%s: ", files[i].name);
	return 0;
}

static int write_directory(const char *path, const struct output *files, size_t n,
			   const struct outfile_options *options, struct err *err)
{
	struct staged staged = {.n = 0};
	bool made = mkdir(path, 0777) == 0;
	int status;

	if (!made && errno != EEXIST)
		return err_set(err, "cannot create: %s", strerror(errno));
	status = place_all(&staged, path, files, n, options, err);
	for (size_t i = 0; i < staged.n; i++)
		if (status != 0)
			outfile_abandon(&staged.files[i]);
		else if (outfile_settle(&staged.files[i], err) != 0)
			status = err_prefix(err, "%s: ", files[i].name);
	if (status != 0 && made)
		rmdir(path);
	return status;
}

int output_directory(const char *path, const struct output *files, size_t n,
		     const struct outfile_options *options)
{
	sigset_t before, held;
	struct err err;
	int status;

	sigfillset(&held);
	sigdelset(&held, SIGBUS);
	sigprocmask(SIG_BLOCK, &held, &before);
	status = write_directory(path, files, n, options, &err);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status == 0 ? 0 : fail(path, &err);
}
